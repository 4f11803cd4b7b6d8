import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectorError } from '@heed/contract';
import { createMeter, createTools, memoryQuota, memoryVault } from '@heed/toolkit';
import { afterEach, describe, expect, test } from 'vitest';
import { refusalOfRow } from '../src/failure.ts';
import { connector } from '../src/index.ts';
import { send } from '../src/sdk.ts';
import { columns, never, testClock } from './kit.ts';

/** A server that answers as it likes: what no orderly stand-in does. */
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});
const serve = async (answer: RequestListener): Promise<string> => {
  server = createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

const ask = (origin: string, signal: AbortSignal = never) =>
  send(
    { origin, apiVersion: '66.0', accessToken: 'secret-token' },
    { name: 'query', method: 'GET', path: '/query?q=x' },
    signal,
  );

describe('the SDK, and the defects it is kept from', () => {
  test('a body that is cut off is an error and not the end of the process', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"done":');
      setImmediate(() => response.destroy());
    });
    await expect(ask(origin)).rejects.toMatchObject({
      name: 'ConnectorError',
      kind: 'unavailable',
      details: { mayHaveApplied: true },
    });
  });

  test('a body that stalls ends with the signal', async () => {
    const stop = new AbortController();
    const origin = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"done":', () => stop.abort());
    });
    await expect(ask(origin, stop.signal)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([420, 429, 500, 503])('%i is answered, not repeated', async (status) => {
    let requests = 0;
    const origin = await serve((_request, response) => {
      requests += 1;
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>busy</html>');
    });
    expect((await ask(origin)).status).toBe(status);
    expect(requests).toBe(1);
  });

  test('a redirect is refused: the token stays', async () => {
    let elsewhere = 0;
    const origin = await serve((request, response) => {
      if (request.url === '/elsewhere') elsewhere += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(ask(origin)).rejects.toMatchObject({ kind: 'protocol' });
    expect(elsewhere).toBe(0);
  });

  test('proxies of the environment are not asked', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"a":1}'),
    );
    process.env.http_proxy = 'http://127.0.0.1:1';
    try {
      expect((await ask(origin)).body).toEqual({ a: 1 });
    } finally {
      delete process.env.http_proxy;
    }
  });

  test('nobody listens: surely not applied', async () => {
    const origin = await serve(() => {});
    server?.close();
    await once(server as Server, 'close');
    await expect(ask(origin)).rejects.toMatchObject({ kind: 'unavailable', details: { mayHaveApplied: false } });
  });
});

const session = (origin: string) => {
  const config = connector.config.parse({
    baseUrl: origin,
    auth: { method: 'client-credentials', clientId: 'i', clientSecret: 'hush' },
  });
  const clock = testClock(() => Date.UTC(2026, 10, 21));
  const tools = createTools({
    connector: 'salesforce',
    account: connector.account(config),
    limits: connector.limits,
    clock,
    random: () => 0.5,
    quota: memoryQuota(clock),
    vault: memoryVault(),
    meter: createMeter(),
  });
  return connector.open({ config, role: 'crm', container: null, basis: null }, tools);
};

const field = (name: string, type = 'string') => ({
  name,
  label: name,
  type,
  createable: true,
  updateable: true,
  nillable: true,
});
const shape = {
  name: 'Contact',
  label: 'Contact',
  createable: true,
  fields: [
    field('Id', 'id'),
    field('Email', 'email'),
    field('SystemModstamp', 'datetime'),
    field('IsDeleted', 'boolean'),
  ],
};

/** Signs in and describes; the rest answers what the test says. */
const org = (
  answers: (path: string, origin: string) => { readonly status?: number; readonly body: string },
  instance?: string,
) => {
  const paths: string[] = [];
  const started = serve((request, response) => {
    const path = request.url ?? '';
    paths.push(path);
    const origin = `http://${request.headers.host}`;
    const token = {
      access_token: '00D000000000001!secret.token',
      instance_url: instance ?? origin,
      id: 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA',
    };
    const { status = 200, body } = path.endsWith('/token')
      ? { body: JSON.stringify(token) }
      : path.endsWith('/describe')
        ? { body: JSON.stringify(shape) }
        : answers(path, origin);
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(body);
  });
  return started.then((origin) => ({ origin, paths }));
};

const byEmail = (origin: string) =>
  session(origin).lookup(
    {
      ...columns({ types: ['Contact'], consent: [] }),
      by: { emails: ['ann@example.org'] },
      evidenceSince: null,
      changedSince: null,
    },
    never,
  );

describe('answers that lead astray', () => {
  test.each([
    ['another host', 'https://evil.example/services/data/v66.0/query/01g000000000001AAA-2000'],
    ['another host, without a scheme', '//evil.example/services/data/v66.0/query/01g000000000001AAA-2000'],
    ['another path', '/services/oauth2/revoke?token=x'],
    ['a path that climbs', '/services/data/v66.0/query/../../../apexrest/x'],
  ])('a next link to %s is not followed', async (_what, nextRecordsUrl) => {
    const { origin, paths } = await org(() => ({
      body: JSON.stringify({ totalSize: 3, done: false, nextRecordsUrl, records: [] }),
    }));
    await expect(byEmail(origin)).rejects.toMatchObject({ kind: 'protocol' });
    expect(paths.filter((path) => !/token$|describe$|\/queryAll\?/.test(path))).toEqual([]);
  });

  test('a token for another host is not used', async () => {
    const { origin, paths } = await org(() => ({ body: '{}' }), 'https://evil.example');
    await expect(byEmail(origin)).rejects.toMatchObject({ kind: 'config' });
    expect(paths).toEqual(['/services/oauth2/token']);
  });

  test.each(['', '{"totalSize":1,"done":false,"records":[]}', 'null', '[]', '"ok"'])(
    'an answer of another form is not understood: %s',
    async (body) => {
      const { origin } = await org(() => ({ body }));
      await expect(byEmail(origin)).rejects.toMatchObject({ kind: 'protocol' });
    },
  );

  test.each([
    ['nope', 'application/json'],
    ['{"totalSize":1,"done":true', 'application/json'],
    ['<html>back soon</html>', 'text/html; charset=utf-8'],
  ])('a success that cannot be read is one that may have been applied, and passes: %s', async (body, type) => {
    const origin = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    await expect(ask(origin)).rejects.toMatchObject({
      kind: 'unavailable',
      details: { code: 'unreadable', mayHaveApplied: true },
    });
  });
});

describe('messages', () => {
  test('tell the code, never an address or a token', async () => {
    const message = 'duplicate: ann@example.org session 00D000000000001!secret.token';
    const { origin } = await org(() => ({
      status: 400,
      body: JSON.stringify([{ errorCode: 'MALFORMED_QUERY', message }]),
    }));
    const error = await byEmail(origin).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConnectorError);
    const shown = `${String(error)} ${JSON.stringify(error)}`;
    expect(shown).toContain('MALFORMED_QUERY');
    expect(shown).not.toMatch(/ann@|secret|hush/);
  });

  test('a hidden column is named', async () => {
    const message = "No such column 'HasOptedOutOfEmail' on entity 'Lead'. If you are ...";
    const { origin } = await org(() => ({
      status: 400,
      body: JSON.stringify([{ errorCode: 'INVALID_FIELD', message }]),
    }));
    await expect(byEmail(origin)).rejects.toMatchObject({
      kind: 'forbidden',
      details: { field: 'HasOptedOutOfEmail' },
    });
  });

  test("a validation rule's text is shown without addresses", () => {
    const refusal = refusalOfRow([
      {
        code: 'FIELD_CUSTOM_VALIDATION_EXCEPTION',
        message: 'Partners need a region (ann@example.org)',
        fields: ['Region__c'],
      },
    ]);
    expect(refusal).toMatchObject({ kind: 'refused', field: 'Region__c' });
    expect(refusal.message).toContain('Partners need a region');
    expect(refusal.message).not.toContain('ann@');
  });

  test('a code that nobody knows is a refusal of that record', () => {
    expect(refusalOfRow([{ code: 'SOMETHING_NEW', message: 'x', fields: [] }])).toMatchObject({
      kind: 'refused',
      code: 'SOMETHING_NEW',
    });
    expect(refusalOfRow([])).toMatchObject({ kind: 'refused', code: 'NO_REASON_GIVEN' });
  });

  test.each([
    [[], 'missing'],
    [['AccountId'], 'invalid'],
  ])('a key that does not exist, with fields %j, is %s', (fields, kind) => {
    expect(refusalOfRow([{ code: 'INVALID_CROSS_REFERENCE_KEY', message: '', fields }]).kind).toBe(kind);
  });
});
