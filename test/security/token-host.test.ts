import { createServer, type Server } from 'node:http';
import { ConnectorError } from '@heed/contract';
import { createMeter, createTools, fakeClock, memoryQuota, memoryVault } from '@heed/toolkit';
import { afterEach, describe, expect, it } from 'vitest';
import { connector } from '../../connectors/salesforce/src/index.ts';

// What the vendor's own answers say about where to go next is looked at like anything else from outside.

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

interface Place {
  readonly url: string;
  /** `METHOD path`, with an asterisk where credentials came along. */
  readonly visits: readonly string[];
}

const place = async (answer: (path: string, own: string) => unknown): Promise<Place> => {
  const visits: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    visits.push(`${request.method} ${path.split('?')[0]}${request.headers.authorization === undefined ? '' : ' *'}`);
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer(path, url())));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = (): string => {
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  };
  return { url: url(), visits };
};

const signal = new AbortController().signal;
const sessionAt = (baseUrl: string) => {
  const config = connector.config.parse({
    connector: 'salesforce',
    baseUrl,
    auth: { method: 'client-credentials', clientId: 'c', clientSecret: 's' },
  });
  const clock = fakeClock();
  const tools = createTools({
    connector: 'salesforce',
    account: 'x',
    limits: connector.limits,
    clock,
    random: () => 0.5,
    quota: memoryQuota(clock),
    vault: memoryVault(),
    meter: createMeter(),
  });
  return connector.open({ config, role: 'crm', container: null, basis: null }, tools);
};

const ID = 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA';
const isToken = (path: string): boolean => path.includes('/oauth2/token');

const failureOf = async (work: Promise<unknown>): Promise<ConnectorError> => {
  const error: unknown = await work.then(
    () => 'no error',
    (thrown: unknown) => thrown,
  );
  return error instanceof ConnectorError ? error : expect.fail(`no ConnectorError: ${String(error)}`);
};

describe('the token of Salesforce', () => {
  it('goes to the configured host, whatever instance_url comes with it', async () => {
    const elsewhere = await place(() => ({}));
    const wrong: readonly ((own: string) => unknown)[] = [
      () => elsewhere.url,
      () => 'https://evil.example',
      (own) => `http://canary${own.slice('http://'.length)}@evil.example`,
      (own) => own.replace('127.0.0.1', 'localhost'),
      (own) => own.replace('http:', 'https:'),
      (own) => `${own}.evil.example`,
      () => 'javascript:alert(1)',
      () => 'file:///etc/passwd',
      () => '',
      () => 7,
      () => null,
    ];
    for (const instanceUrl of wrong) {
      const vendor = await place((_, own) => ({ access_token: 't', id: ID, instance_url: instanceUrl(own) }));
      const error = await failureOf(sessionAt(vendor.url).check(signal));
      expect(['config', 'protocol']).toContain(error.kind);
      expect(error.message).not.toContain('canary');
      expect(vendor.visits.filter((visit) => !isToken(visit))).toEqual([]);
    }
    expect(elsewhere.visits).toEqual([]);
  });

  it('is sent to no page that is not one of queries on the same host', async () => {
    const elsewhere = await place(() => ({}));
    const links: readonly ((own: string) => string)[] = [
      () => `${elsewhere.url}/services/data/v66.0/query/01g000000000001-2000`,
      () => `//${elsewhere.url.slice('http://'.length)}/services/data/v66.0/query/01g000000000001-2000`,
      (own) => `${own}/services/oauth2/revoke`,
      () => '/services/data/v66.0/sobjects/Contact/003000000000001',
      () => '/services/data/v66.0/query/../sobjects/Contact/003000000000001',
      () => '/services/data/v66.0/query/01g000000000001-2000/../../limits',
      () => '/services/data/v66.0/query/%2e%2e%2flimits-is-elsewhere',
      () => 'query',
    ];
    const describeAnswer = (name: string) => ({
      name,
      label: name,
      createable: true,
      fields: ['Id', 'Email', 'Name', 'SystemModstamp'].map((field) => ({
        ...{ name: field, label: field, type: 'string', createable: true, updateable: true, nillable: true },
      })),
    });
    for (const link of links) {
      const vendor = await place((path, own) => {
        if (isToken(path)) return { access_token: 't', id: ID, instance_url: own };
        const object = /sobjects\/(\w+)\/describe/.exec(path)?.[1];
        if (object !== undefined) return describeAnswer(object);
        return { totalSize: 9, done: false, nextRecordsUrl: link(own), records: [] };
      });
      const error = await failureOf(sessionAt(vendor.url).describe(signal));
      expect(error.kind).toBe('protocol');
      const asked = new Set(vendor.visits.map((visit) => visit.replace(/^\w+ \/services\/(data\/v[\d.]+\/)?/, '')));
      for (const visit of asked) expect(visit).toMatch(/^(oauth2\/token|sobjects\/\w+\/describe \*|query(All)? \*)$/);
    }
    expect(elsewhere.visits).toEqual([]);
  });
});
