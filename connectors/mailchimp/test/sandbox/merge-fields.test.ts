// Checklist point 6 of the vendor notes, and interests, against raw HTTP.
import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, audienceCalls, type Mailchimp, md5, start } from './client.ts';

const ADA = 'ada@example.org';
let mailchimp: Mailchimp;
let calls: ReturnType<typeof audienceCalls>;

beforeEach(async () => {
  mailchimp = await start();
  calls = audienceCalls(mailchimp);
});

const field = (type: string, tag: string, more: object = {}): Promise<Answer> =>
  calls.raw('POST', '/merge-fields', { name: tag, tag, type, ...more });
const write = (merge_fields: object): Promise<Answer> =>
  calls.put(ADA, { email_address: ADA, status_if_new: 'subscribed', merge_fields });

describe('6. "Merge fields: unknown tags ignored; type checks with errors[]; required fields unless skip_merge_validation; \\"\\" clears; ADDRESS object"', () => {
  test('"Unknown merge tags are silently ignored on POST"', async () => {
    const { status, body } = await calls.add(ADA, { merge_fields: { FNAME: 'Ada', NOSUCH: 'lost' } });
    expect(status).toBe(200);
    expect(body.merge_fields).not.toHaveProperty('NOSUCH');
  });

  test('"Your merge fields were invalid." with errors:[{field:"LTV",message:"Please enter a number"}]', async () => {
    await field('number', 'LTV');
    expect(await write({ LTV: 'much' })).toMatchObject({
      status: 400,
      body: {
        title: 'Invalid Resource',
        detail: 'Your merge fields were invalid.',
        errors: [{ field: 'LTV', message: 'Please enter a number' }],
      },
    });
    expect((await calls.get(ADA)).status).toBe(404);
    expect((await write({ LTV: '12.5' })).body.merge_fields.LTV).toBe(12.5);
  });

  test('a refused write changes nothing at all', async () => {
    await field('number', 'LTV');
    await write({ FNAME: 'Ada' });
    const refused = await calls.put(ADA, { status: 'unsubscribed', merge_fields: { FNAME: 'Augusta', LTV: 'x' } });
    expect(refused.status).toBe(400);
    expect((await calls.get(ADA)).body).toMatchObject({ status: 'subscribed', merge_fields: { FNAME: 'Ada' } });
  });

  test('"\\"\\" clears a merge field; omitted keeps"', async () => {
    await write({ FNAME: 'Ada', LNAME: 'Lovelace' });
    expect((await write({ FNAME: '' })).body.merge_fields).toMatchObject({ FNAME: '', LNAME: 'Lovelace' });
  });

  test('"ADDRESS is an all-or-nothing object (addr1, city, state, zip) with error Please enter a complete address"', async () => {
    const address = { addr1: 'Königstraße 5', city: 'Tübingen', state: 'BW', zip: '72070' };
    expect((await write({ ADDRESS: { addr1: 'Königstraße 5' } })).body.errors).toEqual([
      { field: 'ADDRESS', message: 'Please enter a complete address' },
    ]);
    expect((await write({ ADDRESS: 'Königstraße 5, Tübingen' })).status).toBe(400);
    expect((await write({ ADDRESS: { ...address, country: 'DE' } })).body.merge_fields.ADDRESS).toEqual({
      ...address,
      addr2: '',
      country: 'DE',
    });
    expect((await write({ ADDRESS: '' })).body.merge_fields.ADDRESS).toBe('');
  });

  test.each([
    ['birthday', ['02/29', '2/3'], ['02/30', '1815-12-10', '13/01'], '02/03'],
    ['date', ['2026-01-31', '1/31/2026'], ['2026-02-30', 'soon'], '2026-01-31'],
    ['url', ['https://example.org/'], ['example'], 'https://example.org/'],
    ['zip', ['62701'], ['BA1 1AA'], '62701'],
    ['phone', ['+44 20 7946 0000'], [], '+44 20 7946 0000'],
  ])('"Merge field types": %s', async (type, good, bad, kept) => {
    await field(type, 'PROBE');
    for (const value of good) expect((await write({ PROBE: value })).status).toBe(200);
    expect((await calls.get(ADA)).body.merge_fields.PROBE).toBe(kept);
    for (const value of bad) expect((await write({ PROBE: value })).body.errors[0].field).toBe('PROBE');
  });

  test('radio and dropdown take their choices only', async () => {
    await field('dropdown', 'SIZE', { options: { choices: ['S', 'M'] } });
    expect((await write({ SIZE: 'M' })).status).toBe(200);
    expect((await write({ SIZE: 'XXL' })).status).toBe(400);
  });

  test('"required merge fields block adds → skip_merge_validation=true"', async () => {
    await field('text', 'SHOP', { required: true });
    expect((await calls.add(ADA)).body.errors[0].field).toBe('SHOP');
    const skipped = await calls.raw('POST', '/members?skip_merge_validation=true', {
      email_address: ADA,
      status: 'subscribed',
    });
    expect(skipped.status).toBe(200);
    expect((await calls.put(ADA, { merge_fields: { FNAME: 'Ada' } })).status).toBe(400);
    expect((await calls.put(ADA, { merge_fields: { FNAME: 'Ada' } }, '?skip_merge_validation=true')).status).toBe(200);
  });

  test('GET/POST/PATCH/DELETE; "page them, default count 10"; tag length and number are switches', async () => {
    for (let index = 0; index < 5; index += 1) await field('text', `F${index}`);
    const listed = await calls.raw('GET', '/merge-fields');
    expect([listed.body.merge_fields.length, listed.body.total_items]).toEqual([10, 12]);
    expect(listed.body.merge_fields[0]).toMatchObject({ merge_id: 1, tag: 'FNAME', type: 'text', required: false });
    expect((await calls.raw('GET', '/merge-fields?type=birthday')).body.merge_fields[0].tag).toBe('BIRTHDAY');
    expect((await field('text', 'FNAME')).status).toBe(400);
    expect((await field('text', 'ABCDEFGHIJK')).status).toBe(400);
    mailchimp.switches({ mergeTagLength: 20, mergeFieldLimit: 13 });
    const made = await field('text', 'ABCDEFGHIJK');
    expect(made.status).toBe(200);
    expect((await field('text', 'ONEMORE')).status).toBe(400);
    await write({ ABCDEFGHIJK: 'kept' });
    const one = `/merge-fields/${made.body.merge_id}`;
    expect((await calls.raw('PATCH', one, { tag: 'RENAMED', required: true })).body).toMatchObject({
      tag: 'RENAMED',
      required: true,
    });
    expect((await calls.get(ADA)).body.merge_fields.RENAMED).toBe('kept');
    expect((await calls.raw('DELETE', one)).status).toBe(204);
    expect((await calls.get(ADA)).body.merge_fields).not.toHaveProperty('RENAMED');
  });
});

describe('"values in member interests: {interestId: bool}"', () => {
  test('the ready audience has one category with two interests; an unknown id is refused', async () => {
    const { categories } = (await calls.raw('GET', '/interest-categories')).body;
    const { interests } = (await calls.raw('GET', `/interest-categories/${categories[0].id}/interests`)).body;
    expect([categories.length, interests.length]).toEqual([1, 2]);
    const [first, second] = interests;
    const { body } = await calls.add(ADA, { interests: { [first.id]: true } });
    expect(body.interests).toEqual({ [first.id]: true, [second.id]: false });
    expect((await calls.patch(ADA, { interests: { [second.id]: true } })).body.interests).toEqual({
      [first.id]: true,
      [second.id]: true,
    });
    expect((await calls.patch(ADA, { interests: { nosuch: true } })).status).toBe(400);
    const counted = await calls.raw('GET', `/interest-categories/${categories[0].id}/interests/${first.id}`);
    expect(counted.body.subscriber_count).toBe('1');
  });

  test('categories and interests can be made and removed', async () => {
    const category = (await calls.raw('POST', '/interest-categories', { title: 'Pets', type: 'checkboxes' })).body;
    const path = `/interest-categories/${category.id}/interests`;
    const cats = (await calls.raw('POST', path, { name: 'Cats' })).body;
    expect((await calls.raw('PATCH', `${path}/${cats.id}`, { name: 'Big cats' })).body.name).toBe('Big cats');
    expect((await calls.raw('DELETE', `${path}/${cats.id}`)).status).toBe(204);
    expect((await calls.raw('DELETE', `/interest-categories/${category.id}`)).status).toBe(204);
    expect((await calls.raw('GET', path)).status).toBe(404);
  });
});

describe('"marketing_permissions: GDPR fields, only if the audience has them"', () => {
  test('ids are known from a member; PUT sets them', async () => {
    const { audience } = mailchimp.act('admin/audience', { name: 'EU', marketingPermissions: true }) as {
      audience: string;
    };
    const eu = audienceCalls(mailchimp, audience);
    const [first] = (await eu.add(ADA)).body.marketing_permissions;
    expect(first).toMatchObject({ text: 'Email', enabled: false });
    const wish = { marketing_permissions: [{ marketing_permission_id: first.marketing_permission_id, enabled: true }] };
    expect((await eu.put(ADA, wish)).body.marketing_permissions[0].enabled).toBe(true);
    expect((await calls.add(ADA)).body).not.toHaveProperty('marketing_permissions');
    expect((await calls.raw('PUT', `/members/${md5(ADA)}`, wish)).status).toBe(400);
  });
});
