// Checklist point 7 of the vendor notes, against raw HTTP.
import { beforeEach, describe, expect, test } from 'vitest';
import { audienceCalls, type Mailchimp, start } from './client.ts';

const ADA = 'ada@example.org';
const BOB = 'bob@example.org';
let mailchimp: Mailchimp;
let calls: ReturnType<typeof audienceCalls>;

beforeEach(async () => {
  mailchimp = await start();
  calls = audienceCalls(mailchimp);
});

const item = (email_address: string, status: string | undefined = 'subscribed', more: object = {}): object => ({
  email_address,
  status,
  ...more,
});

describe('7. "Batch 500 (501 → 400), always 200, errors[] codes, update_existing, duplicates, sync_tags"', () => {
  test('500 members are taken, 501 are not', async () => {
    const people = Array.from({ length: 501 }, (_, index) => item(`p${index}@example.org`));
    expect((await calls.batch(people)).status).toBe(400);
    expect((await calls.batch(people.slice(0, 500))).body).toMatchObject({ total_created: 500, error_count: 0 });
  });

  test('"Response 200 always": failures are only in errors[], with their codes and fields', async () => {
    await calls.raw('POST', '/merge-fields', { name: 'LTV', tag: 'LTV', type: 'number' });
    await calls.add(BOB);
    const { status, body } = await calls.batch([
      item(ADA, 'subscribed', { merge_fields: { FNAME: 'Ada' } }),
      item(BOB),
      item('nonsense'),
      item('eve@example.org', 'subscribed', { merge_fields: { LTV: 'x' } }),
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      new_members: [{ email_address: ADA, status: 'subscribed', merge_fields: { FNAME: 'Ada' } }],
      updated_members: [],
      errors: [
        { email_address: BOB, error_code: 'ERROR_CONTACT_EXISTS' },
        { email_address: 'nonsense', error_code: 'ERROR_GENERIC', error: 'Please provide a valid email address.' },
        { email_address: 'eve@example.org', field: 'LTV', field_message: 'Please enter a number' },
      ],
      total_created: 1,
      total_updated: 0,
      error_count: 3,
    });
  });

  test('"update_existing:false → existing members become errors"', async () => {
    await calls.add(ADA, { status: 'unsubscribed' });
    expect((await calls.batch([item(ADA)], { update_existing: false })).body.error_count).toBe(1);
    expect((await calls.get(ADA)).body.status).toBe('unsubscribed');
  });

  test('"update_existing:true also overwrites status: an item with subscribed re-subscribes an API-unsubscribed person"', async () => {
    await calls.add(ADA, { status: 'unsubscribed' });
    const { body } = await calls.batch([item(ADA)], { update_existing: true });
    expect(body).toMatchObject({ total_updated: 1, updated_members: [{ status: 'subscribed' }] });
  });

  test('"It silently ignores a re-subscribe of a self-unsubscribed address in some cases instead of erroring": a switch', async () => {
    await calls.add(ADA);
    mailchimp.act('person/unsubscribe', { email: ADA });
    const asError = await calls.batch([item(ADA)], { update_existing: true });
    expect(asError.body).toMatchObject({
      total_updated: 0,
      errors: [{ error_code: 'ERROR_GENERIC', error: expect.stringContaining('compliance state') }],
    });
    mailchimp.switches({ batchResubscribe: 'silent' });
    const silent = await calls.batch([item(ADA)], { update_existing: true });
    expect(silent.body).toMatchObject({ error_count: 0, updated_members: [{ status: 'unsubscribed' }] });
  });

  test('"Unknown emails with unsubscribed: creates an unsubscribed member"', async () => {
    expect((await calls.batch([item(ADA, 'unsubscribed')])).body.new_members[0].status).toBe('unsubscribed');
  });

  test('"The same address twice in one call → error for the second, unless skip_duplicate_check (first wins)"', async () => {
    const twice = [item(ADA, 'unsubscribed'), item('ADA@example.org')];
    expect((await calls.batch(twice)).body).toMatchObject({ total_created: 1, error_count: 1 });
    await calls.forget(ADA);
    const other = [item(BOB, 'unsubscribed'), item('BOB@example.org')];
    expect((await calls.batch(other, {}, '?skip_duplicate_check=true')).body).toMatchObject({
      total_created: 1,
      error_count: 0,
      new_members: [{ status: 'unsubscribed' }],
    });
  });

  test('"batch item without status" is UNVERIFIED: a switch of three', async () => {
    await calls.add(ADA, { status: 'unsubscribed' });
    const without = [{ email_address: ADA, merge_fields: { FNAME: 'Ada' } }];
    const update = { update_existing: true };
    expect((await calls.batch(without, update)).body.error_count).toBe(1);
    mailchimp.switches({ batchWithoutStatus: 'keep' });
    expect((await calls.batch(without, update)).body.updated_members[0]).toMatchObject({
      status: 'unsubscribed',
      merge_fields: { FNAME: 'Ada' },
    });
    mailchimp.switches({ batchWithoutStatus: 'subscribed' });
    expect((await calls.batch(without, update)).body.updated_members[0].status).toBe('subscribed');
  });

  test('tags in items (UNVERIFIED, a switch) are added, or replace all with sync_tags', async () => {
    await calls.batch([item(ADA, 'subscribed', { tags: ['a', 'b'] })]);
    const tagsAfter = async (more: object): Promise<unknown> => {
      await calls.batch([item(ADA, 'subscribed', { tags: ['c'] })], { update_existing: true, ...more });
      return (await calls.get(ADA)).body.tags.map((tag: { name: string }) => tag.name);
    };
    expect(await tagsAfter({})).toEqual(['a', 'b', 'c']);
    expect(await tagsAfter({ sync_tags: true })).toEqual(['c']);
    mailchimp.switches({ batchItemTags: false });
    await calls.batch([item(BOB, 'subscribed', { tags: ['a'] })]);
    expect((await calls.get(BOB)).body.tags_count).toBe(0);
  });

  test('an archived member is new to the batch, or exists: a switch', async () => {
    await calls.add(ADA);
    await calls.archive(ADA);
    mailchimp.switches({ batchRevivesArchived: false });
    expect((await calls.batch([item(ADA)])).body.errors[0].error_code).toBe('ERROR_CONTACT_EXISTS');
    mailchimp.switches({ batchRevivesArchived: true });
    expect((await calls.batch([item(ADA)])).body.error_count).toBe(0);
    expect((await calls.get(ADA)).body.status).toBe('subscribed');
  });

  test('forgotten addresses and required fields are item errors, "skip_merge_validation" as elsewhere', async () => {
    await calls.add(BOB);
    await calls.forget(BOB);
    await calls.raw('POST', '/merge-fields', { name: 'Shop', tag: 'SHOP', type: 'text', required: true });
    const { body } = await calls.batch([item(ADA), item(BOB)], {}, '?skip_merge_validation=true');
    expect(body).toMatchObject({
      total_created: 1,
      errors: [{ error: expect.stringContaining('permanently deleted') }],
    });
    expect((await calls.batch([item('eve@example.org')])).body.errors[0].field).toBe('SHOP');
  });

  test('the fault partial-batch fails every second item, and still answers 200', async () => {
    mailchimp.faults([{ kind: 'partial-batch', count: 1 }]);
    const people = [item(ADA), item(BOB), item('eve@example.org')];
    const { status, body } = await calls.batch(people);
    expect([
      status,
      body.total_created,
      body.errors.map((one: { email_address: string }) => one.email_address),
    ]).toEqual([200, 2, [BOB]]);
    expect((await calls.get(BOB)).status).toBe(404);
  });
});
