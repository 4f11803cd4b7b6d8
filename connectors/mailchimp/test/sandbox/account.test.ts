// The account as a whole: what is handed out, the demonstration's people, the state file, and size.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoPeople } from '@heed/sandbox';
import { expect, test } from 'vitest';
import { audienceCalls, call, emails, NOON, start } from './client.ts';

test('a ready, empty audience is handed out, with its fields', async () => {
  const mailchimp = await start();
  expect(mailchimp.announcement).toEqual({
    url: mailchimp.url,
    connection: {
      connector: 'mailchimp',
      baseUrl: mailchimp.url,
      auth: { method: 'api-key', apiKey: { env: 'SANDBOX_MAILCHIMP_KEY' } },
    },
    env: { SANDBOX_MAILCHIMP_KEY: mailchimp.accessToken },
    accessToken: mailchimp.accessToken,
    audience: mailchimp.audience,
  });
  expect(mailchimp.audience).toMatch(/^[0-9a-f]{10}$/);
  const { scan, raw } = audienceCalls(mailchimp);
  expect((await scan()).body.total_items).toBe(0);
  const fields = (await raw('GET', '/merge-fields?count=100')).body.merge_fields;
  expect(fields.map((field: { tag: string; type: string }) => [field.tag, field.type])).toEqual([
    ['FNAME', 'text'],
    ['LNAME', 'text'],
    ['ADDRESS', 'address'],
    ['PHONE', 'phone'],
    ['BIRTHDAY', 'birthday'],
    ['COMPANY', 'text'],
    ['TITLE', 'text'],
  ]);
});

test('--demo: the shared people are members, with every status, and the second audience holds some of them', async () => {
  const mailchimp = await start({ demo: true, seed: 4 });
  const people = demoPeople(4).flatMap(({ marketing }) => marketing ?? []);
  const { scan, get } = audienceCalls(mailchimp);
  expect((await scan('count=1')).body.total_items).toBe(people.length);
  const statuses = {
    subscribed: 'subscribed',
    unsubscribed: 'unsubscribed',
    cleaned: 'bounced',
    pending: 'pending',
    transactional: 'never-opted-in',
    archived: 'archived',
  };
  for (const [status, demo] of Object.entries(statuses)) {
    const count = people.filter((one) => one.status === demo).length;
    expect(count).toBeGreaterThan(0);
    expect((await scan(`count=1&status=${status}`)).body.total_items).toBe(count);
  }
  const left = people.find((one) => one.endedBy === 'person' && one.status === 'unsubscribed');
  expect((await get(left?.email ?? '')).body.unsubscribe_reason).toBe('None given');
  const { lists } = (await call(mailchimp, 'GET', '/lists')).body;
  expect(lists).toHaveLength(2);
  expect(lists[1].stats.member_count).toBeGreaterThan(20);
  expect(
    (await scan('count=1&sort_field=last_changed&sort_dir=DESC')).body.members[0].last_changed <
      new Date(NOON).toISOString(),
  ).toBe(true);
});

test('--state: an account comes back as it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heed-mailchimp-'));
  const stateFile = join(folder, 'mailchimp.json');
  const first = await start({ stateFile });
  await audienceCalls(first).add('ada@example.org', { tags: ['vip'], merge_fields: { FNAME: 'Ada' } });
  await audienceCalls(first).add('bob@example.org');
  await audienceCalls(first).forget('bob@example.org');
  first.act('person/unsubscribe', { email: 'ada@example.org' });
  const { body: before } = await audienceCalls(first).get('ada@example.org');
  await first.close();

  const second = await start({ stateFile });
  expect(second.accessToken).toBe(first.accessToken);
  const { get, add, put } = audienceCalls(second, first.audience);
  const { body: after } = await get('ada@example.org');
  const plain = (member: object): unknown => ({ ...member, _links: [] });
  expect(plain(after)).toEqual(plain(before));
  expect((await put('ada@example.org', { status: 'subscribed' })).body.title).toBe('Member In Compliance State');
  expect((await add('bob@example.org')).body.title).toBe('Forgotten Email Not Subscribed');
  await second.close();
  await rm(folder, { recursive: true });
});

test('20,000 members: the newest pages of a scan are exact, also right after a write', async () => {
  const mailchimp = await start();
  const { scan, put, batch } = audienceCalls(mailchimp);
  for (let part = 0; part < 40; part += 1) {
    mailchimp.clock.advance(1_000);
    const people = Array.from({ length: 500 }, (_, index) => ({
      email_address: `p${part * 500 + index}@example.org`,
      status: 'subscribed',
    }));
    expect((await batch(people, {}, '?skip_duplicate_check=true')).body.total_created).toBe(500);
  }
  const since = new Date(mailchimp.clock.now() - 1_000).toISOString();
  const query = `sort_field=last_changed&sort_dir=ASC&since_last_changed=${since}&fields=members.email_address,total_items`;
  expect((await scan(`${query}&count=1`)).body).toEqual({
    members: [{ email_address: 'p19500@example.org' }],
    total_items: 500,
  });
  mailchimp.clock.advance(1_000);
  await put('p0@example.org', { vip: true });
  expect(emails(await scan(`${query}&count=1000&offset=499`))).toEqual(['p19999@example.org', 'p0@example.org']);
  expect((await scan('count=1&offset=19999&fields=total_items')).body).toEqual({ total_items: 20_000 });
});
