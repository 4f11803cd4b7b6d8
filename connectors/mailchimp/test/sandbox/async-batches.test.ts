// Section 2.4 of the vendor notes and checklist point 8: asynchronous batches, against raw HTTP.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { asyncCalls, download, entriesOf, ids, type Operation, rowsAt } from './async-calls.ts';
import { audienceCalls, call, type Mailchimp, md5, start } from './client.ts';

const ADA = 'ada@example.org';
const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);

const adding = (mailchimp: Mailchimp, email: string, id = email): Operation => ({
  method: 'POST',
  path: `/lists/${mailchimp.audience}/members`,
  body: JSON.stringify({ email_address: email, status: 'subscribed' }),
  operation_id: id,
});

const membersOf = (mailchimp: Mailchimp): number =>
  mailchimp.state().audiences.get(mailchimp.audience)?.members.size ?? -1;

describe('the life of a batch', () => {
  test('"Status pending | preprocessing | started | finalizing | finished", on the clock of the sandbox', async () => {
    const switches = { asyncStartMs: 2_000, asyncOperationMs: 1_000, asyncFinalizeMs: 3_000 };
    const mailchimp = await start({ switches });
    const { submit, look } = asyncCalls(mailchimp);
    const taken = await submit(people(4).map((email) => adding(mailchimp, email)));
    expect(taken).toMatchObject({
      status: 200,
      body: {
        status: 'pending',
        total_operations: 0,
        finished_operations: 0,
        errored_operations: 0,
        submitted_at: '2026-03-04T12:00:00+00:00',
        completed_at: '',
        response_body_url: '',
      },
    });
    const { id } = taken.body;
    const after = async (ms: number) => {
      mailchimp.clock.advance(ms);
      const { body } = await look(id);
      return [body.status, body.total_operations, body.finished_operations, membersOf(mailchimp)];
    };
    expect(await after(0)).toEqual(['pending', 0, 0, 0]);
    expect(await after(1_000)).toEqual(['preprocessing', 4, 0, 0]);
    expect(await after(1_000)).toEqual(['started', 4, 0, 0]);
    expect(await after(2_500)).toEqual(['started', 4, 2, 2]);
    expect(await after(1_500)).toEqual(['finalizing', 4, 4, 4]);
    expect((await look(id)).body.response_body_url).toBe('');
    expect(await after(3_000)).toEqual(['finished', 4, 4, 4]);
    expect((await look(id)).body).toMatchObject({ completed_at: '2026-03-04T12:00:09+00:00', errored_operations: 0 });
  });

  test('what is due is carried out at its time, whoever comes next and however late', async () => {
    const mailchimp = await start({ switches: { asyncOperationMs: 1_000 } });
    await asyncCalls(mailchimp).submit([adding(mailchimp, ADA)]);
    mailchimp.clock.advance(600_000);
    mailchimp.act('person/unsubscribe', { email: ADA }); // would be refused if she were not there yet
    const { body } = await audienceCalls(mailchimp).get(ADA);
    expect([body.timestamp_opt, body.last_changed]).toEqual(['2026-03-04T12:00:03+00:00', '2026-03-04T12:10:00+00:00']);
  });

  test('"only one batch request is run at a time" (spec): the second one waits for the first', async () => {
    const mailchimp = await start({ switches: { asyncStartMs: 1_000, asyncOperationMs: 1_000, asyncFinalizeMs: 0 } });
    const { submit, look } = asyncCalls(mailchimp);
    const first = (await submit(people(10).map((email) => adding(mailchimp, email)))).body.id;
    const second = (await submit([adding(mailchimp, ADA)])).body.id;
    mailchimp.clock.advance(10_000);
    expect([(await look(first)).body.status, (await look(second)).body.status]).toEqual(['started', 'pending']);
    mailchimp.clock.advance(1_000);
    expect([(await look(first)).body.status, (await look(second)).body.status]).toEqual(['finished', 'started']);
  });

  test('"No order guarantee between operations": shuffled, the same for the same seed', async () => {
    const order = async (seed: number): Promise<readonly (string | null)[]> => {
      const mailchimp = await start({ seed });
      const batch = await asyncCalls(mailchimp).finished(people(30).map((email) => adding(mailchimp, email)));
      return ids(await rowsAt(batch.response_body_url));
    };
    const one = await order(7);
    expect(one.toSorted()).toEqual([...people(30)].sort());
    expect(one).not.toEqual(people(30));
    expect(await order(7)).toEqual(one);
    expect(await order(8)).not.toEqual(one);
  });

  test('the list is paged; "Results kept about 7 days", then 404', async () => {
    const mailchimp = await start();
    const { submit, list, look } = asyncCalls(mailchimp);
    const made: string[] = [];
    for (let n = 0; n < 12; n += 1) made.push((await submit([{ method: 'GET', path: '/ping' }])).body.id);
    const first = (await list()).body;
    expect([first.batches.length, first.total_items]).toEqual([10, 12]);
    const rest = (await list('offset=10&fields=batches.id,total_items')).body;
    expect(rest).toEqual({ batches: made.slice(10).map((id) => ({ id })), total_items: 12 });
    mailchimp.switches({ asyncNewestFirst: true });
    expect((await list('count=1&fields=batches.id')).body).toEqual({ batches: [{ id: made.at(-1) }] });
    mailchimp.clock.advance(6.9 * 86_400_000);
    expect((await look(made[0] ?? '')).status).toBe(200);
    mailchimp.clock.advance(0.2 * 86_400_000);
    expect((await look(made[0] ?? '')).status).toBe(404);
    expect((await list()).body.total_items).toBe(0);
  });

  test('DELETE "stops a batch request from running ... results ... will not be available after this call" (spec)', async () => {
    const mailchimp = await start({ switches: { asyncStartMs: 0, asyncOperationMs: 1_000 } });
    const { submit, stop, look } = asyncCalls(mailchimp);
    const { id } = (await submit(people(4).map((email) => adding(mailchimp, email)))).body;
    mailchimp.clock.advance(2_000);
    expect(await stop(id)).toMatchObject({ status: 204, body: '' });
    mailchimp.clock.advance(60_000);
    expect([(await look(id)).status, (await stop(id)).status, membersOf(mailchimp)]).toEqual([404, 404, 2]);
  });

  test('"Max 500 open batches": the next one is a 429 until one has finished', async () => {
    const mailchimp = await start();
    const { submit } = asyncCalls(mailchimp);
    await submit([{ method: 'GET', path: '/ping' }]);
    const { batches } = mailchimp.state();
    for (const [first] = batches; first !== undefined && batches.length < 499; ) {
      batches.push({ ...first, id: `copy${batches.length}`, results: [] });
    }
    expect((await submit([{ method: 'GET', path: '/ping' }])).status).toBe(200);
    expect(await submit([{ method: 'GET', path: '/ping' }])).toMatchObject({
      status: 429,
      body: { title: 'Too Many Requests' },
    });
    mailchimp.clock.advance(3_600_000);
    expect((await submit([{ method: 'GET', path: '/ping' }])).status).toBe(200);
  });

  test('a batch survives a restart in the state file, half done', async () => {
    const stateFile = join(mkdtempSync(join(tmpdir(), 'heed-mailchimp-')), 'state.json');
    const switches = { asyncStartMs: 0, asyncOperationMs: 1_000 };
    const before = await start({ stateFile, switches });
    const { id } = (await asyncCalls(before).submit(people(4).map((email) => adding(before, email)))).body;
    before.clock.advance(2_000);
    expect((await asyncCalls(before).look(id)).body.finished_operations).toBe(2);
    await before.close();
    const after = await start({ stateFile });
    after.clock.advance(60_000);
    const { body } = await asyncCalls(after).look(id);
    expect([body.status, body.finished_operations, membersOf(after)]).toEqual(['finished', 4, 4]);
    expect(await rowsAt(body.response_body_url)).toHaveLength(4);
  });
});

describe('operations', () => {
  test('are answered by the very handlers of a direct call, errors too', async () => {
    const mailchimp = await start();
    const list = `/lists/${mailchimp.audience}`;
    const { add, get } = audienceCalls(mailchimp);
    await add(ADA);
    mailchimp.act('person/unsubscribe', { email: ADA });
    const direct = await get(ADA);
    const batch = await asyncCalls(mailchimp).finished([
      { method: 'GET', path: `${list}/members/${md5(ADA)}`, operation_id: 'get' },
      { method: 'PATCH', path: `${list}/members/${md5(ADA)}`, body: '{"status":"subscribed"}', operation_id: 'back' },
      { method: 'GET', path: `${list}/members`, params: { count: 0 }, operation_id: 'none' },
      { method: 'GET', path: `${list.slice(1)}/members?fields=total_items`, operation_id: 'query' },
      { method: 'POST', path: `${list}/members`, body: '{"email_address"', operation_id: 'broken' },
      { method: 'DELETE', path: '/ping', operation_id: 'method' },
      { method: 'GET', path: '/nowhere', operation_id: 'nowhere' },
      { method: 'POST', path: '/batches', body: '{"operations":[]}', operation_id: 'nested' },
      { method: 'POST', path: `${list}/members/${md5(ADA)}/tags`, body: '{"tags":[]}' },
    ]);
    const rows = await rowsAt(batch.response_body_url);
    const told = Object.fromEntries(
      rows.map(({ operation_id, status_code, response }) => [operation_id, [status_code, response]]),
    );
    const title = (id: string) => [told[id]?.[0], JSON.parse(String(told[id]?.[1])).title];
    expect(JSON.parse(String(told.get?.[1]))).toEqual(direct.body);
    expect(title('back')).toEqual([400, 'Member In Compliance State']);
    expect(JSON.parse(String(told.none?.[1]))).toMatchObject({ members: [], total_items: 1 });
    expect(told.query).toEqual([200, '{"total_items":1}']);
    expect(title('broken')).toEqual([400, 'JSON Parse Error']);
    expect(title('method')).toEqual([405, 'Method Not Allowed']);
    expect(title('nowhere')).toEqual([404, 'Resource Not Found']);
    expect(title('nested')).toEqual([404, 'Resource Not Found']);
    expect(told.null).toEqual([204, '']);
    expect([batch.total_operations, batch.finished_operations, batch.errored_operations]).toEqual([9, 9, 5]);
  });

  test('`params` of a write count or do not, by switch; a query in the path always does', async () => {
    for (const honoured of [true, false]) {
      const mailchimp = await start({ switches: { asyncParamsOnWrites: honoured } });
      const { raw } = audienceCalls(mailchimp);
      await raw('POST', '/merge-fields', { name: 'Needed', tag: 'NEED', type: 'text', required: true });
      const add = (email: string) => ({ ...adding(mailchimp, email), operation_id: email });
      const params = { skip_merge_validation: 'true' };
      const batch = await asyncCalls(mailchimp).finished([
        { ...add('plain@example.org') },
        { ...add('params@example.org'), params },
        { ...add('path@example.org'), path: `/lists/${mailchimp.audience}/members?skip_merge_validation=true` },
      ]);
      const rows = await rowsAt(batch.response_body_url);
      const good = ids(rows.filter((row) => row.status_code === 200)).toSorted();
      expect(good).toEqual(honoured ? ['params@example.org', 'path@example.org'] : ['path@example.org']);
    }
  });

  test('must be what the spec says: method of a list, path, body a string, operation_id a string; a limit by switch', async () => {
    const mailchimp = await start({ switches: { asyncOperationLimit: 2 } });
    const { submit } = asyncCalls(mailchimp);
    const fields = async (operations: readonly unknown[]) => {
      const answer = await submit(operations as readonly Operation[]);
      return [answer.status, ...(answer.body.errors ?? []).map((one: { field: string }) => one.field)];
    };
    expect(await fields([{ method: 'get', path: '/ping' }])).toEqual([400, 'operations.item:0.method']);
    expect(await fields([{ method: 'GET', path: '/ping' }, { method: 'GET' }])).toEqual([
      400,
      'operations.item:1.path',
    ]);
    expect(await fields([{ method: 'POST', path: '/lists', body: {} }])).toEqual([400, 'operations.item:0.body']);
    expect(await fields([{ method: 'GET', path: '/ping', operation_id: 1 }])).toEqual([
      400,
      'operations.item:0.operation_id',
    ]);
    expect(await fields(Array(3).fill({ method: 'GET', path: '/ping' }))).toEqual([400, 'operations']);
    expect((await call(mailchimp, 'POST', '/batches', {})).status).toBe(400);
    expect(await fields(Array(2).fill({ method: 'GET', path: '/ping' }))).toEqual([200]);
  });
});

describe('the archive', () => {
  test('"a gzipped tar holding JSON files, each an array of {status_code, operation_id, response (string)}", at another host', async () => {
    const mailchimp = await start();
    const batch = await asyncCalls(mailchimp).finished(people(600).map((email) => adding(mailchimp, email)));
    const url = new URL(batch.response_body_url);
    expect(url.host).not.toBe(new URL(mailchimp.url).host);
    expect(url.hostname).toBe('127.0.0.1');
    const entries = await entriesOf((await download(url.href)).bytes);
    expect(entries.map(({ header }) => header.type)).toEqual(['directory', 'file', 'file', 'file']);
    const rows = await rowsAt(url.href);
    expect(rows).toHaveLength(600);
    expect(rows.every((row) => row.status_code === 200 && typeof row.response === 'string')).toBe(true);
    expect(JSON.parse(rows[0]?.response ?? '').email_address).toBe(rows[0]?.operation_id);
  });

  test('"The link is short-lived (about 10 minutes): GET the batch again for a fresh one"', async () => {
    const mailchimp = await start();
    const { finished, look } = asyncCalls(mailchimp);
    const { id, response_body_url: old } = await finished([{ method: 'GET', path: '/ping' }]);
    mailchimp.clock.advance(9 * 60_000);
    expect((await download(old)).status).toBe(200);
    mailchimp.clock.advance(61_000);
    const late = await download(old);
    expect([late.status, late.bytes.toString()]).toEqual([403, expect.stringContaining('Request has expired')]);
    const fresh = (await look(id)).body.response_body_url;
    expect(fresh).not.toBe(old);
    expect(await rowsAt(fresh)).toHaveLength(1);
  });

  test('a forged signature, another batch, another method: nothing', async () => {
    const mailchimp = await start();
    const { response_body_url: link } = await asyncCalls(mailchimp).finished([{ method: 'GET', path: '/ping' }]);
    expect((await download(link.replace(/Signature=.*/, 'Signature=x'))).status).toBe(403);
    expect((await download(link.replace(/\/\w+-response/, '/0123456789-response'))).status).toBe(403);
    expect((await fetch(link, { method: 'POST' })).status).toBe(405);
    expect((await download(link.replace(/\?.*/, ''))).status).toBe(403);
  });

  test('"without the API key header": whoever sends credentials there is noted', async () => {
    const mailchimp = await start();
    const { response_body_url: link } = await asyncCalls(mailchimp).finished([{ method: 'GET', path: '/ping' }]);
    expect((await download(link)).status).toBe(200);
    expect(mailchimp.act('results/downloads')).toMatchObject({ leaks: 0, downloads: [{ status: 200, leaked: [] }] });
    const key = mailchimp.accessToken;
    await download(link, { authorization: 'Bearer anything' });
    await download(link, { 'x-note': key });
    await download(`${link}&key=${key}`);
    expect(mailchimp.act('results/downloads')).toMatchObject({
      leaks: 3,
      downloads: [{}, { leaked: ['authorization'] }, { leaked: ['x-note'] }, { leaked: ['url'] }],
    });
    expect(mailchimp.state().downloads.map(({ path }) => path)).not.toContain('?');
  });

  test('the host of the results closes with the sandbox', async () => {
    const mailchimp = await start();
    const { response_body_url: link } = await asyncCalls(mailchimp).finished([{ method: 'GET', path: '/ping' }]);
    expect((await download(link)).status).toBe(200);
    await mailchimp.close();
    await expect(download(link)).rejects.toThrow();
  });
});
