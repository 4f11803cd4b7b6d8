import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Client, collectionType, errorOf, open } from './client.ts';

describe('checklist 7, 10: governance and bad days', () => {
  let client: Client;
  afterEach(() => client.account.close());

  const restlet = '/app/site/hosting/restlet.nl?script=customscript_stub_search&deploy=customdeploy_stub_search';

  it('429 CONCURRENCY_LIMIT_EXCEEDED, title "Bad Request", no Retry-After; RESTlets "400 SSS_REQUEST_LIMIT_EXCEEDED"', async () => {
    client = await open({ switches: { othersConcurrency: 5 } });
    const answer = await client.call('GET', 'record/v1/contact');
    expect([answer.status, answer.headers.get('retry-after'), answer.body]).toEqual([
      429,
      null,
      {
        type: expect.any(String),
        title: 'Bad Request',
        status: 429,
        'o:errorDetails': [
          {
            detail: 'Concurrent request limit exceeded. Request blocked.',
            'o:errorCode': 'CONCURRENCY_LIMIT_EXCEEDED',
          },
        ],
      },
    ]);
    expect((await client.call('GET', restlet)).body.error.code).toBe('SSS_REQUEST_LIMIT_EXCEEDED');
    expect((await client.call('GET', restlet)).status).toBe(400);
  });

  it('the limit is of calls at once: five are served, the sixth is refused, until one of them ends', async () => {
    client = await open();
    client.account.faults([{ kind: 'timeout-before', count: 5 }]);
    const giveUp = new AbortController();
    const url = `${client.account.url}/services/rest/record/v1/contact`;
    const headers = { authorization: `Bearer ${client.account.accessToken}` };
    const held = Array.from({ length: 5 }, () => fetch(url, { headers, signal: giveUp.signal }));
    const ended = Promise.allSettled(held);
    await vi.waitFor(() => expect(client.account.stuck.held).toBe(5));
    expect((await client.call('GET', 'record/v1/contact')).status).toBe(429);
    client.account.switches({ accountConcurrency: 15 });
    expect((await client.call('GET', 'record/v1/contact')).status).toBe(200);
    client.account.switches({ accountConcurrency: 5 });
    giveUp.abort();
    await ended;
    await vi.waitFor(() => expect(client.account.stuck.givenUp).toBe(5));
    expect((await client.call('GET', 'record/v1/contact')).status).toBe(200);
  });

  it('governanceLimits: "administrators only"; serverTime', async () => {
    client = await open();
    expect((await client.call('GET', 'system/v1/governanceLimits')).status).toBe(403);
    client.act('admin/permission', { name: 'administrator', granted: true });
    expect((await client.call('GET', 'system/v1/governanceLimits')).body).toEqual({
      accountConcurrencyLimit: 5,
      accountUnallocatedConcurrencyLimit: 5,
      integrationLimitType: 'accountLimit',
    });
    expect((await client.call('GET', 'system/v1/serverTime')).body).toEqual({ serverTime: '2026-03-01T12:00:00Z' });
  });

  it('500 UNEXPECTED_ERROR, an HTML 503, an unknown path, a wrong method, a body that is no JSON', async () => {
    client = await open();
    client.account.faults([{ kind: 'server-error', count: 1 }]);
    const broken = await client.call('GET', 'record/v1/contact');
    expect([broken.status, errorOf(broken)]).toEqual([
      500,
      {
        detail: expect.stringMatching(/^An unexpected error occurred\. Error ID: /),
        'o:errorCode': 'UNEXPECTED_ERROR',
      },
    ]);
    client.account.faults([{ kind: 'html', count: 1 }]);
    const page = await client.call('GET', 'record/v1/contact');
    expect([page.status, page.text.slice(0, 9)]).toEqual([503, '<!DOCTYPE']);
    expect((await client.call('GET', 'nothing/v1')).status).toBe(404);
    expect((await client.call('PUT', 'query/v1/suiteql')).status).toBe(405);
    const headers = { authorization: `Bearer ${client.account.accessToken}`, 'content-type': 'application/json' };
    const noJson = await fetch(`${client.account.url}/services/rest/record/v1/contact`, {
      method: 'POST',
      headers,
      body: '{"lastName":',
    });
    expect(noJson.status).toBe(400);
  });

  it('a hung response ends when the client gives up; what was written before it stays written', async () => {
    client = await open();
    client.account.faults([{ kind: 'timeout-after', count: 1 }]);
    const headers = { authorization: `Bearer ${client.account.accessToken}`, 'content-type': 'application/json' };
    const init = { method: 'POST', headers, body: '{"lastName":"Ash"}', signal: AbortSignal.timeout(100) };
    await expect(fetch(`${client.account.url}/services/rest/record/v1/contact`, init)).rejects.toThrow();
    expect(await client.rows('SELECT lastname FROM contact')).toEqual([{ lastname: 'Ash' }]);
  });

  it('reads that look empty, for SuiteQL and lists', async () => {
    client = await open();
    await client.create('contact', { lastName: 'Ash' });
    client.account.faults([{ kind: 'reads-empty' }]);
    expect((await client.query('SELECT id FROM contact')).body).toMatchObject({ count: 0, totalResults: 0, items: [] });
    expect((await client.call('GET', 'record/v1/contact')).body).toMatchObject({
      count: 0,
      totalResults: 0,
      items: [],
    });
  });

  it('the call log names the records that a call read or wrote', async () => {
    client = await open();
    const id = await client.create('contact', { lastName: 'Ash' });
    await client.call('PATCH', `record/v1/contact/${id}`, { title: 'Boss' });
    await client.rows('SELECT id FROM contact');
    expect(client.account.calls().map(({ method, path, status, touched }) => [method, path, status, touched])).toEqual([
      ['POST', '/services/rest/record/v1/contact', 204, [id]],
      ['PATCH', `/services/rest/record/v1/contact/${id}`, 204, [id]],
      ['POST', '/services/rest/query/v1/suiteql', 200, [id]],
    ]);
  });
});

describe('the account itself', () => {
  it('is the same for the same seed, and kept in a state file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'netsuite-'));
    const stateFile = join(folder, 'state.json');
    const first = await open({ stateFile });
    first.act('admin/add-field', { record: 'contact', field: 'custentity_kept', fieldType: 'text' });
    const customer = await first.create('customer', { companyName: 'Acme', email: 'a@example.com' });
    const contact = await first.create('contact', {
      lastName: 'Ash',
      email: 'a@example.com',
      custentity_kept: 'yes',
      externalId: 'x1',
    });
    first.act('person/unsubscribe', { email: 'a@example.com', subscription: '1' });
    first.act('admin/group', { name: 'G', members: [contact] });
    first.act('admin/group', { name: 'D', query: 'SELECT id FROM contact' });
    const location = (
      await first.call(
        'POST',
        'record/v1/contact',
        { items: [{ lastName: 'Late' }] },
        { prefer: 'respond-async', ...collectionType },
      )
    ).headers.get('location');
    const before = [await first.read('contact', contact), first.account.env];
    await first.account.close();

    const second = await open({ stateFile, seed: 99 });
    expect([await second.read('contact', 'eid:x1'), second.account.env]).toEqual(
      JSON.parse(JSON.stringify(before).replaceAll(first.account.url, second.account.url)),
    );
    expect(
      (await second.read('customer', customer, '?expandSubResources=true')).subscriptions.items[0].subscribed,
    ).toBe(false);
    expect(await second.rows('SELECT member FROM entitygroupmember ORDER BY member')).toEqual([
      { member: contact },
      { member: contact },
    ]);
    second.account.clock.advance(60_000);
    expect((await second.call('GET', new URL(location ?? '').pathname)).body.completed).toBe(true);
    expect(await second.create('contact', { lastName: 'Next' })).toBe('106');
    second.account.reset();
    expect(await second.rows('SELECT id FROM contact')).toEqual([]);
    await second.account.close();
    await rm(folder, { recursive: true });
  });

  it('--demo: people in both records, every status, duplicates, companies, a group', async () => {
    const client = await open({ demo: true });
    const rows = (q: string) => client.rows(q);
    const statuses = await rows(
      'SELECT globalsubscriptionstatus AS s, COUNT(*) AS n FROM contact GROUP BY globalsubscriptionstatus ORDER BY s',
    );
    expect(statuses.map(({ s }) => s)).toEqual(['1', '2', '3', '4']);
    const [people] = await rows('SELECT COUNT(*) AS n FROM contact');
    expect(Number(people?.n)).toBeGreaterThan(1500);
    const stages = await rows(
      'SELECT searchstage, isperson, COUNT(*) AS n FROM customer GROUP BY searchstage, isperson ORDER BY searchstage, isperson',
    );
    expect(stages.map(({ searchstage, isperson }) => `${searchstage} ${isperson}`)).toEqual([
      'Customer F',
      'Lead T',
      'Prospect T',
    ]);
    const shared = await rows(
      'SELECT COUNT(*) AS n FROM contact WHERE LOWER(email) IN (SELECT LOWER(email) FROM customer)',
    );
    expect(Number(shared[0]?.n)).toBeGreaterThan(50);
    const [members] = await client.rows('SELECT COUNT(*) AS n FROM entitygroupmember WHERE entitygroup = ?', [
      client.account.group,
    ]);
    expect(Number(members?.n)).toBeGreaterThan(300);
    await client.account.close();
  });
});
