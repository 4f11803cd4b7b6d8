import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, type Client, collectionType, errorOf, idIn, open } from './client.ts';

const asynchronous = { prefer: 'respond-async' };

describe('checklist 8: asynchronous requests', () => {
  let client: Client;
  beforeEach(async () => {
    client = await open();
  });
  afterEach(() => client.account.close());

  const items = (...all: readonly object[]): object => ({ items: all });
  const send = (
    method: string,
    body: unknown,
    headers: Readonly<Record<string, string>> = {},
    path = 'record/v1/contact',
  ): Promise<Answer> => client.call(method, path, body, { ...asynchronous, ...collectionType, ...headers });
  const job = async (answer: Answer): Promise<Answer> =>
    client.call('GET', new URL(answer.headers.get('location') ?? '').pathname);
  const result = (answer: Answer, task: number): Promise<Answer> =>
    client.call('GET', `${new URL(answer.headers.get('location') ?? '').pathname}/task/${task}/result`);
  const finished = async (answer: Answer): Promise<Answer> => {
    await job(answer);
    return job(answer);
  };

  it('"202 + Location: /services/rest/async/v1/job/{id}"; tasks, and "one result per task"', async () => {
    const answer = await send(
      'POST',
      items({ lastName: 'Ash' }, { lastName: 'Birch', isInactive: 'no' }, { lastName: 'Cedar' }),
    );
    const href = `${client.account.url}/services/rest/async/v1/job/1`;
    expect([answer.status, answer.headers.get('location'), answer.text]).toEqual([202, href, '']);
    expect((await job(answer)).body).toEqual({
      links: [{ rel: 'self', href }],
      completed: false,
      id: '1',
      progress: 'pending',
      task: { links: [{ rel: 'self', href: `${href}/task` }] },
    });
    expect((await job(answer)).body).toMatchObject({ completed: true, progress: 'succeeded' });
    const tasks = await client.call('GET', 'async/v1/job/1/task');
    expect(tasks.body).toMatchObject({ count: 3, items: [{ id: '1' }, { id: '2' }, { id: '3' }] });
    expect((await client.call('GET', 'async/v1/job/1/task/2')).body).toMatchObject({
      completed: true,
      progress: 'failed',
      method: 'POST',
    });
    const results = [await result(answer, 1), await result(answer, 2), await result(answer, 3)];
    expect(results.map(({ status }) => status)).toEqual([204, 400, 204]);
    expect(errorOf(results[1] as Answer)['o:errorPath']).toBe('isInactive');
    const ids = [idIn(results[0] as Answer), idIn(results[2] as Answer)];
    expect(await client.rows('SELECT id, lastname FROM contact ORDER BY id')).toEqual([
      { id: ids[0], lastname: 'Ash' },
      { id: ids[1], lastname: 'Cedar' },
    ]);
  });

  it('"PATCH/PUT items carry id or externalId (id wins; PUT external only)"', async () => {
    const one = await client.create('contact', { lastName: 'One', externalId: 'x1' });
    const two = await client.create('contact', { lastName: 'Two', externalId: 'x2' });
    const patched = await send(
      'PATCH',
      items({ id: one, externalId: 'x9', title: 'A' }, { externalId: 'x2', title: 'B' }, { title: 'C' }),
    );
    await finished(patched);
    expect([
      (await result(patched, 1)).status,
      (await result(patched, 2)).status,
      (await result(patched, 3)).status,
    ]).toEqual([204, 204, 404]);
    expect(await client.rows('SELECT id, externalid, title FROM contact ORDER BY id')).toEqual([
      { id: one, externalid: 'x9', title: 'A' },
      { id: two, externalid: 'x2', title: 'B' },
    ]);
    const put = await send(
      'PUT',
      items({ externalId: 'x2', title: 'D' }, { externalId: 'x3', lastName: 'Three' }, { id: one, title: 'E' }),
    );
    await finished(put);
    expect([(await result(put, 1)).status, (await result(put, 2)).status, (await result(put, 3)).status]).toEqual([
      204, 204, 400,
    ]);
    expect(await client.rows('SELECT externalid, title FROM contact ORDER BY id')).toEqual([
      { externalid: 'x9', title: 'A' },
      { externalid: 'x2', title: 'D' },
      { externalid: 'x3' },
    ]);
  });

  it('batch read and batch delete by ids', async () => {
    const id = await client.create('contact', { lastName: 'One', externalId: 'x1' });
    const path = `record/v1/contact?expandRecords=true&ids=eid:x1,999&fields=lastName`;
    const read = await client.call('GET', path, undefined, asynchronous);
    await finished(read);
    expect((await result(read, 1)).body).toMatchObject({ id, lastName: 'One' });
    expect((await result(read, 2)).status).toBe(404);
    const deleted = await client.call('DELETE', `record/v1/contact?ids=${id}`, undefined, asynchronous);
    await finished(deleted);
    expect((await result(deleted, 1)).status).toBe(204);
    expect(await client.rows('SELECT id FROM contact')).toEqual([]);
  });

  it('"max 100 items", and what a collection needs: Prefer, content type, items', async () => {
    const many = Array.from({ length: 101 }, (_none, n) => ({ lastName: `N${n}` }));
    const refused = await send('POST', items(...many));
    expect([refused.status, errorOf(refused)['o:errorCode']]).toEqual([400, 'INVALID_REQUEST']);
    expect((await send('POST', items(...many.slice(1)))).status).toBe(202);
    expect((await client.call('PATCH', 'record/v1/contact', items({ id: '1' }), collectionType)).status).toBe(400);
    expect((await client.call('POST', 'record/v1/contact', items({ lastName: 'x' }), collectionType)).status).toBe(400);
    expect((await send('PATCH', items({ id: '1' }), { 'content-type': 'application/json' })).status).toBe(400);
    expect((await send('POST', items())).status).toBe(400);
    expect((await client.call('DELETE', 'record/v1/contact', undefined, asynchronous)).status).toBe(400);
  });

  it('X-NetSuite-Idempotency-Key: "replay gives 400 IDEMPOTENCY_ERROR with Location of the first job", "ignored when synchronous"', async () => {
    const key = { 'X-NetSuite-Idempotency-Key': '6f1d' };
    const first = await send('POST', items({ lastName: 'Ash' }), key);
    const again = await send('POST', items({ lastName: 'Ash' }), key);
    expect([again.status, errorOf(again)['o:errorCode'], again.headers.get('location')]).toEqual([
      400,
      'IDEMPOTENCY_ERROR',
      first.headers.get('location'),
    ]);
    const once = await client.call('POST', 'record/v1/contact', { lastName: 'Oak' }, key);
    expect(once.status).toBe(204);
  });

  it('validation headers count for the items; one record can be asynchronous too', async () => {
    const headers = { 'X-NetSuite-PropertyNameValidation': 'Error' };
    const strict = await send('POST', items({ lastName: 'Ash', custentity_wrong: 1 }), headers);
    await finished(strict);
    expect((await result(strict, 1)).status).toBe(400);
    const one = await client.call('POST', 'record/v1/contact', { lastName: 'Ash' }, asynchronous);
    await finished(one);
    expect([one.status, (await result(one, 1)).status]).toEqual([202, 204]);
  });

  it('slow jobs: done by looks or by time, task by task, and results come when they are there', async () => {
    client.account.switches({ jobLooks: -1, jobMs: 10_000 });
    const answer = await send('POST', items({ lastName: 'A' }, { lastName: 'B' }));
    for (let look = 0; look < 5; look += 1) expect((await job(answer)).body.completed).toBe(false);
    expect((await result(answer, 1)).status).toBe(404);
    client.account.clock.advance(5000);
    expect((await job(answer)).body).toMatchObject({ completed: false, progress: 'processing' });
    expect([(await result(answer, 1)).status, (await result(answer, 2)).status]).toEqual([204, 404]);
    client.account.switches({ resultTooEarly: 400 });
    expect((await result(answer, 2)).status).toBe(400);
    client.account.clock.advance(5000);
    expect((await job(answer)).body.completed).toBe(true);
    expect((await client.call('GET', 'async/v1/job/99')).status).toBe(404);
  });

  it('faults: mixed failures, stuck and failed jobs, fewer and reordered tasks', async () => {
    client.account.faults([{ kind: 'partial-batch', count: 1, details: { indexes: [0], code: 'USER_ERROR' } }]);
    const partial = await send('POST', items({ lastName: 'A' }, { lastName: 'B' }));
    await finished(partial);
    expect(errorOf(await result(partial, 1))['o:errorCode']).toBe('USER_ERROR');
    expect(await client.rows('SELECT lastname FROM contact')).toEqual([{ lastname: 'B' }]);

    client.account.faults([{ kind: 'job-stuck', count: 1 }]);
    const stuck = await send('POST', items({ lastName: 'C' }, { lastName: 'D' }));
    client.account.clock.advance(86_400_000);
    expect((await finished(stuck)).body).toMatchObject({ completed: false, progress: 'processing' });
    expect([(await result(stuck, 1)).status, (await result(stuck, 2)).status]).toEqual([204, 404]);

    client.account.faults([{ kind: 'job-failed', count: 1, details: { at: 0 } }]);
    const failed = await send('POST', items({ lastName: 'E' }));
    expect((await finished(failed)).body).toMatchObject({ completed: true, progress: 'failed' });

    const tasks = async (): Promise<readonly string[]> =>
      (await client.call('GET', 'async/v1/job/1/task')).body.items.map(({ id }: { id: string }) => id);
    client.account.faults([{ kind: 'fewer-results' }]);
    expect(await tasks()).toEqual(['1']);
    client.account.faults([{ kind: 'reordered-results' }]);
    expect(await tasks()).toEqual(['2', '1']);
  });
});
