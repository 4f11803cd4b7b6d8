// Checklist point 9 of the vendor notes, and static segments, against raw HTTP.
import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, audienceCalls, emails, type Mailchimp, md5, start } from './client.ts';

const ADA = 'ada@example.org';
let mailchimp: Mailchimp;
let calls: ReturnType<typeof audienceCalls>;

beforeEach(async () => {
  mailchimp = await start();
  calls = audienceCalls(mailchimp);
});

const tag = (email: string, name: string, status = 'active'): Promise<Answer> =>
  calls.raw('POST', `/members/${md5(email)}/tags`, { tags: [{ name, status }], is_syncing: true });

describe('9. "Tags POST 204, on a missing member 404, on an archived one 204; new tag creation; tags_count"', () => {
  test('tags come and go', async () => {
    await calls.add(ADA);
    expect(await tag(ADA, 'vip')).toMatchObject({ status: 204, body: '' });
    const listed = (await calls.raw('GET', `/members/${md5(ADA)}/tags`)).body;
    expect(listed).toMatchObject({ tags: [{ name: 'vip', date_added: '2026-03-04T12:00:00+00:00' }], total_items: 1 });
    expect((await calls.get(ADA)).body).toMatchObject({
      tags_count: 1,
      tags: [{ id: listed.tags[0].id, name: 'vip' }],
    });
    await tag(ADA, 'VIP', 'inactive');
    expect((await calls.get(ADA)).body.tags_count).toBe(0);
  });

  test('on a missing and on an archived member', async () => {
    expect((await tag('nobody@example.org', 'vip')).status).toBe(404);
    await calls.add(ADA);
    await calls.archive(ADA);
    expect((await tag(ADA, 'vip')).status).toBe(204);
    expect((await calls.get(ADA)).body).toMatchObject({ status: 'archived', tags_count: 1 });
  });

  test('"max 50 shown in the member body (tags_count has the total): read /tags for more"', async () => {
    await calls.add(ADA);
    const tags = Array.from({ length: 52 }, (_, index) => ({ name: `t${index}`, status: 'active' }));
    await calls.raw('POST', `/members/${md5(ADA)}/tags`, { tags });
    const { body } = await calls.get(ADA);
    expect([body.tags.length, body.tags_count]).toEqual([50, 52]);
    expect((await calls.raw('GET', `/members/${md5(ADA)}/tags?count=1000`)).body.tags).toHaveLength(52);
  });

  test('a tag without name or status is refused', async () => {
    await calls.add(ADA);
    expect((await tag(ADA, '')).status).toBe(400);
    expect((await tag(ADA, 'vip', 'maybe')).status).toBe(400);
    expect((await calls.raw('POST', `/members/${md5(ADA)}/tags`, {})).status).toBe(400);
  });

  test('"Tag search: tags are static segments"; an unknown tag set inactive is not made', async () => {
    await calls.add(ADA);
    await tag(ADA, 'Fair 2025');
    await tag(ADA, 'customer');
    await tag(ADA, 'never', 'inactive');
    const found = (await calls.raw('GET', '/tag-search?name=fair')).body;
    expect(found).toMatchObject({ tags: [{ name: 'Fair 2025' }], total_items: 1 });
    expect((await calls.raw('GET', '/tag-search')).body.total_items).toBe(2);
    const segments = (await calls.raw('GET', '/segments?type=static')).body.segments;
    expect(segments).toMatchObject([
      { id: found.tags[0].id, name: 'Fair 2025', member_count: 1 },
      { name: 'customer' },
    ]);
  });
});

describe('segments: "members include_cleaned & include_unsubscribed & include_transactional"; "static add ≤500 per call"', () => {
  test('members are added and removed, unknown addresses are told, others than subscribed only on request', async () => {
    await calls.add(ADA);
    await calls.add('bob@example.org', { status: 'unsubscribed' });
    const made = await calls.raw('POST', '/segments', { name: 'Fair', static_segment: [ADA] });
    const path = `/segments/${made.body.id}`;
    const moved = await calls.raw('POST', path, {
      members_to_add: ['bob@example.org', 'nobody@example.org'],
      members_to_remove: [],
    });
    expect(moved.body).toMatchObject({
      total_added: 1,
      members_added: [{ email_address: 'bob@example.org' }],
      errors: [{ email_addresses: ['nobody@example.org'] }],
      error_count: 1,
    });
    expect(emails(await calls.raw('GET', `${path}/members`))).toEqual([ADA]);
    expect(emails(await calls.raw('GET', `${path}/members?include_unsubscribed=true`))).toEqual([
      ADA,
      'bob@example.org',
    ]);
    await calls.raw('POST', path, { members_to_remove: [ADA] });
    expect((await calls.raw('GET', path)).body.member_count).toBe(0);
    const many = Array.from({ length: 501 }, (_, index) => `p${index}@example.org`);
    expect((await calls.raw('POST', path, { members_to_add: many })).status).toBe(400);
  });

  test('one member at a time, rename, delete', async () => {
    await calls.add(ADA);
    const { id } = (await calls.raw('POST', '/segments', { name: 'Fair', static_segment: [] })).body;
    expect((await calls.raw('POST', `/segments/${id}/members`, { email_address: ADA })).body.email_address).toBe(ADA);
    expect((await calls.raw('POST', `/segments/${id}/members`, { email_address: 'no@example.org' })).status).toBe(404);
    expect((await calls.raw('PATCH', `/segments/${id}`, { name: 'Fair 2026' })).body.name).toBe('Fair 2026');
    expect((await calls.get(ADA)).body.tags).toMatchObject([{ name: 'Fair 2026' }]);
    expect((await calls.raw('DELETE', `/segments/${id}/members/${md5(ADA)}`)).status).toBe(204);
    expect((await calls.raw('DELETE', `/segments/${id}`)).status).toBe(204);
    expect((await calls.raw('GET', `/segments/${id}`)).status).toBe(404);
  });
});
