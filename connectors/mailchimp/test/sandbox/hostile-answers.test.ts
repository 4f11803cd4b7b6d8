// The faults of single calls: each kind does what the sandbox's README says, and nothing else.
import { describe, expect, test } from 'vitest';
import { audienceCalls, call, emails, type Mailchimp, md5, start } from './client.ts';

const ADA = 'ada@example.org';
const BOB = 'bob@example.org';
const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);
const items = (given: readonly string[]) => given.map((email_address) => ({ email_address, status: 'subscribed' }));

async function filled(count: number): Promise<Mailchimp> {
  const mailchimp = await start();
  await audienceCalls(mailchimp).batch(items(people(count)));
  return mailchimp;
}

describe('"High volume can be answered by a bare 403": throttling that looks like a refusal', () => {
  test('as a page of the edge and as a problem document', async () => {
    const mailchimp = await start();
    mailchimp.faults([
      { kind: 'html', status: 403, count: 1 },
      { kind: 'throttle', status: 403, count: 1 },
    ]);
    const page = await call(mailchimp, 'GET', '/ping');
    expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    const problem = await call(mailchimp, 'GET', '/ping');
    expect(problem.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(problem.headers.get('retry-after')).toBeNull();
    expect(problem).toMatchObject({ status: 403, body: { title: 'Forbidden', detail: /^Request Blocked/ } });
    expect((await call(mailchimp, 'GET', '/ping')).status).toBe(200);
  });
});

describe('the synchronous batch: always 200', () => {
  test('batch-fewer-rows: all are written, every other is not spoken of; the totals tell the truth', async () => {
    const mailchimp = await start();
    const { batch, scan } = audienceCalls(mailchimp);
    mailchimp.faults([{ kind: 'batch-fewer-rows', count: 1 }]);
    const { body } = await batch([...items(people(4)), { email_address: 'bad' }, { email_address: 'worse' }]);
    expect([body.new_members.length, body.total_created, body.errors.length, body.error_count]).toEqual([2, 4, 1, 2]);
    expect((await scan()).body.total_items).toBe(4);
  });

  test('batch-reordered-rows: not in the order of the request', async () => {
    const mailchimp = await start();
    mailchimp.faults([{ kind: 'batch-reordered-rows', count: 1 }]);
    const { body } = await audienceCalls(mailchimp).batch(items(people(3)));
    expect(body.new_members.map((one: { email_address: string }) => one.email_address)).toEqual(people(3).toReversed());
  });
});

describe('what an administrator does between two calls of ours', () => {
  test('audience-deleted: before the second page; later it is gone for good', async () => {
    const mailchimp = await filled(3);
    const { scan, get } = audienceCalls(mailchimp);
    mailchimp.faults([{ kind: 'audience-deleted', route: 'GET /3.0/lists/*/members', after: 1 }]);
    expect((await scan('count=2')).status).toBe(200);
    expect((await scan('count=2&offset=2')).status).toBe(404);
    mailchimp.faults([]);
    expect((await get('p0@example.org')).body.title).toBe('Resource Not Found');
    expect((await call(mailchimp, 'GET', '/lists')).body.total_items).toBe(0);
  });

  test('the same as an act, and as DELETE /lists/{id}', async () => {
    const mailchimp = await start();
    mailchimp.act('admin/delete-audience');
    expect((await audienceCalls(mailchimp).scan()).status).toBe(404);
    const other = await start();
    expect((await audienceCalls(other).raw('DELETE', '')).status).toBe(204);
    expect((await audienceCalls(other).raw('DELETE', '')).status).toBe(404);
  });

  test('merge-field-vanished: its values are gone, and a write of it is silently ignored', async () => {
    const mailchimp = await start();
    const { add, patch, get, raw } = audienceCalls(mailchimp);
    await add(ADA, { merge_fields: { FNAME: 'Ada', COMPANY: 'Engines' } });
    mailchimp.faults([{ kind: 'merge-field-vanished', route: 'PATCH /**', details: { tag: 'COMPANY' }, count: 1 }]);
    expect((await get(ADA)).body.merge_fields.COMPANY).toBe('Engines');
    const answer = await patch(ADA, { merge_fields: { COMPANY: 'Looms', FNAME: 'A.' } });
    expect([answer.status, answer.body.merge_fields.FNAME, answer.body.merge_fields.COMPANY]).toEqual([
      200,
      'A.',
      undefined,
    ]);
    const { merge_fields } = (await raw('GET', '/merge-fields?count=1000')).body;
    expect(merge_fields.map((one: { tag: string }) => one.tag)).not.toContain('COMPANY');
  });

  test('merge-field-retyped: the same tag takes numbers only from now on', async () => {
    const mailchimp = await start();
    const { add, patch, raw } = audienceCalls(mailchimp);
    await add(ADA, { merge_fields: { TITLE: 'Countess' } });
    mailchimp.faults([{ kind: 'merge-field-retyped', route: 'PATCH /**', details: { tag: 'TITLE' } }]);
    const answer = await patch(ADA, { merge_fields: { TITLE: 'Countess' } });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'TITLE', message: 'Please enter a number' }] },
    });
    const { merge_fields } = (await raw('GET', '/merge-fields?count=1000')).body;
    expect(merge_fields.filter((one: { tag: string }) => one.tag === 'TITLE')).toMatchObject([
      { type: 'number', merge_id: 8 },
    ]);
    mailchimp.act('admin/merge-field', { tag: 'FNAME', type: 'date' });
    mailchimp.act('admin/merge-field', { tag: 'LNAME' });
    const tags = (await raw('GET', '/merge-fields?count=1000')).body.merge_fields;
    expect(tags.map((one: { tag: string; type: string }) => `${one.tag} ${one.type}`)).toContain('FNAME date');
    expect(tags.map((one: { tag: string }) => one.tag)).not.toContain('LNAME');
    expect(() => mailchimp.act('admin/merge-field', { tag: 'NOSUCH' })).toThrow();
  });
});

describe('reads that are behind or wrong', () => {
  test('read-lag: for n seconds reads show what was there before the write', async () => {
    const mailchimp = await start();
    const { add, patch, get, scan, archive } = audienceCalls(mailchimp);
    await add(ADA);
    mailchimp.clock.advance(60_000);
    const since = 'since_last_changed=2026-03-04T12:00:30Z';
    mailchimp.faults([{ kind: 'read-lag', details: { lagMs: 5_000 }, route: 'PATCH /**' }]);
    expect((await patch(ADA, { status: 'unsubscribed' })).body.status).toBe('unsubscribed');
    expect((await get(ADA)).body.status).toBe('subscribed');
    expect((await scan('status=subscribed')).body.total_items).toBe(1);
    expect((await scan(since)).body.total_items).toBe(0);
    mailchimp.clock.advance(5_000);
    expect((await get(ADA)).body.status).toBe('unsubscribed');
    expect((await scan(since)).body.members[0].status).toBe('unsubscribed');

    mailchimp.faults([{ kind: 'read-lag', details: { lagMs: 5_000 } }]);
    await add(BOB);
    expect((await get(BOB)).status).toBe(404);
    expect((await add(BOB)).body.title).toBe('Member Exists'); // writers see what is there
    expect(emails(await scan())).toEqual([ADA]);
    await archive(ADA);
    expect((await get(ADA)).body.status).toBe('unsubscribed');
    mailchimp.clock.advance(5_000);
    expect([(await get(BOB)).status, (await get(ADA)).body.status]).toEqual([200, 'archived']);
  });

  test('read-lag also after the synchronous batch', async () => {
    const mailchimp = await start();
    const { add, batch, get } = audienceCalls(mailchimp);
    await add(ADA);
    mailchimp.faults([{ kind: 'read-lag' }]);
    await batch([{ email_address: ADA, status: 'unsubscribed' }], { update_existing: true });
    expect((await get(ADA)).body.status).toBe('subscribed');
    mailchimp.clock.advance(60_000);
    expect((await get(ADA)).body.status).toBe('unsubscribed');
  });

  test('reads-empty: 200, no rows, total_items 0, in every collection', async () => {
    const mailchimp = await filled(3);
    const { scan, raw } = audienceCalls(mailchimp);
    mailchimp.faults([{ kind: 'reads-empty' }]);
    expect((await scan()).body).toMatchObject({ members: [], list_id: mailchimp.audience, total_items: 0 });
    expect((await call(mailchimp, 'GET', '/lists?fields=lists.id,total_items')).body).toEqual({
      lists: [],
      total_items: 0,
    });
    expect((await raw('GET', '/merge-fields')).body.merge_fields).toEqual([]);
    expect((await raw('GET', `/members/${md5('p0@example.org')}`)).status).toBe(200);
  });

  test.each([
    ['offset-repeats', { rows: 2 }, ['p0', 'p1', 'p2', 'p1', 'p2', 'p3']],
    ['offset-skips', { rows: 1 }, ['p0', 'p1', 'p2', 'p4', 'p5']],
    ['offset-ignored', {}, ['p0', 'p1', 'p2', 'p0', 'p1', 'p2']],
  ])('%s: a moving set, two pages of three', async (kind, details, expected) => {
    const mailchimp = await filled(6);
    const { scan } = audienceCalls(mailchimp);
    mailchimp.faults([{ kind, details }]);
    const read = [...emails(await scan('count=3')), ...emails(await scan('count=3&offset=3'))];
    expect(read).toEqual(expected.map((name) => `${name}@example.org`));
  });
});
