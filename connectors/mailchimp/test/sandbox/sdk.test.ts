// The vendor's own SDK against the sandbox: what it sends must be understood, and what it reads must be there.
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { ids, rowsAt } from './async-calls.ts';
import { type Mailchimp, md5, NOON, start } from './client.ts';

// biome-ignore lint/suspicious/noExplicitAny: the SDK has no types, and this test looks at whatever comes back
type Answer = any;
type Calls = Readonly<Record<string, (...args: unknown[]) => Promise<Answer>>>;

interface Sdk {
  basePath: string;
  timeout: number;
  setConfig(config: { readonly apiKey: string }): void;
  readonly [group: string]: unknown;
}

// Not the package root: that is one shared instance.
const ApiClient = createRequire(import.meta.url)('@mailchimp/mailchimp_marketing/src/ApiClient.js') as new () => Sdk;

function sdkFor(mailchimp: Mailchimp): (group: string, method: string, ...args: readonly unknown[]) => Promise<Answer> {
  const client = new ApiClient();
  client.setConfig({ apiKey: mailchimp.accessToken });
  client.basePath = `${mailchimp.url}/3.0`;
  return (group, method, ...args) => {
    const calls = client[group] as Calls;
    const call = calls[method];
    if (call === undefined) throw new Error(`The SDK has no ${group}.${method}`);
    return call.apply(calls, [...args]);
  };
}

const ADA = 'ada@example.org';

test('the common calls of the SDK', async () => {
  const mailchimp = await start();
  const sdk = sdkFor(mailchimp);
  const list = mailchimp.audience;

  expect(await sdk('ping', 'get')).toEqual({ health_status: "Everything's Chimpy!" });
  expect((await sdk('root', 'getRoot')).role).toBe('owner');
  expect((await sdk('lists', 'getAllLists', { fields: ['lists.id'], count: 100 })).lists).toEqual([{ id: list }]);

  const added = await sdk('lists', 'addListMember', list, {
    email_address: ADA,
    status: 'subscribed',
    merge_fields: { FNAME: 'Ada' },
  });
  expect(added.id).toBe(md5(ADA));
  const put = { email_address: ADA, status_if_new: 'subscribed', merge_fields: { LNAME: 'Lovelace' } };
  expect((await sdk('lists', 'setListMember', list, md5(ADA), put, { skipMergeValidation: true })).full_name).toBe(
    'Ada Lovelace',
  );
  expect((await sdk('lists', 'updateListMember', list, md5(ADA), { vip: true })).vip).toBe(true);
  const tags = { tags: [{ name: 'vip', status: 'active' }] };
  expect(await sdk('lists', 'updateListMemberTags', list, md5(ADA), tags)).toBeNull();
  expect((await sdk('lists', 'getListMemberTags', list, md5(ADA))).tags[0].name).toBe('vip');
  expect((await sdk('lists', 'tagSearch', list, { name: 'v' })).total_items).toBe(1);

  const batch = await sdk('lists', 'batchListMembers', list, {
    members: [
      { email_address: 'bob@example.org', status: 'unsubscribed' },
      { email_address: ADA, status: 'subscribed' },
    ],
    update_existing: false,
  });
  expect(batch).toMatchObject({ total_created: 1, error_count: 1, errors: [{ error_code: 'ERROR_CONTACT_EXISTS' }] });

  const page = await sdk('lists', 'getListMembersInfo', list, {
    count: 1000,
    offset: 0,
    sinceLastChanged: new Date(NOON - 60_000).toISOString(),
    beforeLastChanged: '2026-03-04T12:01:00+00:00',
    sortField: 'last_changed',
    sortDir: 'ASC',
    fields: ['members.email_address', 'members.status', 'total_items'],
  });
  expect(page).toEqual({
    members: [
      { email_address: ADA, status: 'subscribed' },
      { email_address: 'bob@example.org', status: 'unsubscribed' },
    ],
    total_items: 2,
  });

  expect((await sdk('lists', 'getListMergeFields', list, { count: 1000 })).merge_fields).toHaveLength(7);
  const { categories } = await sdk('lists', 'getListInterestCategories', list);
  expect((await sdk('lists', 'listInterestCategoryInterests', list, categories[0].id)).interests).toHaveLength(2);
  const segment = await sdk('lists', 'createSegment', list, { name: 'Fair', static_segment: [ADA] });
  expect((await sdk('lists', 'getSegmentMembersList', list, segment.id)).members).toHaveLength(1);
  expect((await sdk('searchMembers', 'search', ADA)).exact_matches.total_items).toBe(1);

  const { campaign } = mailchimp.act('person/complain', { email: ADA }) as { campaign: string };
  expect((await sdk('lists', 'getListAbuseReports', list)).total_items).toBe(1);
  expect((await sdk('lists', 'getListMemberActivityFeed', list, md5(ADA))).activity[0].activity_type).toBe('unsub');
  expect((await sdk('reports', 'getUnsubscribedListForCampaign', campaign)).unsubscribes).toHaveLength(1);

  expect(await sdk('lists', 'deleteListMember', list, md5('bob@example.org'))).toBeNull();
  expect(await sdk('lists', 'deleteListMemberPermanent', list, md5('bob@example.org'))).toBeNull();
});

test('asynchronous batches through the SDK: start, status, list, deleteRequest', async () => {
  const mailchimp = await start();
  const sdk = sdkFor(mailchimp);
  const path = `/lists/${mailchimp.audience}/members`;
  const operations = ['a', 'b', 'c'].map((name) => ({
    method: 'POST',
    path,
    params: { fields: 'id' },
    body: JSON.stringify({ email_address: `${name}@example.org`, status: 'subscribed' }),
    operation_id: name,
  }));
  const { id, status } = await sdk('batches', 'start', { operations });
  expect(status).toBe('pending');
  mailchimp.clock.advance(60_000);
  const finished = await sdk('batches', 'status', id, {
    fields: ['status', 'errored_operations', 'response_body_url'],
  });
  expect(finished).toEqual({ status: 'finished', errored_operations: 0, response_body_url: expect.any(String) });
  expect(ids(await rowsAt(finished.response_body_url)).toSorted()).toEqual(['a', 'b', 'c']);
  const again = await sdk('batches', 'start', { operations: operations.slice(0, 1) });
  const listed = await sdk('batches', 'list', { count: 1, offset: 1, fields: ['batches.id', 'total_items'] });
  expect(listed).toEqual({ batches: [{ id: again.id }], total_items: 2 });
  expect(await sdk('batches', 'deleteRequest', id)).toBeNull();
  await expect(sdk('batches', 'status', id)).rejects.toMatchObject({ status: 404 });
  await expect(sdk('batches', 'start', { operations: [{ method: 'GET' }] })).rejects.toMatchObject({
    response: { body: { errors: [{ field: 'operations.item:0.path' }] } },
  });
});

test('"Error: superagent Error with .status, .response.body (problem JSON)"', async () => {
  const mailchimp = await start();
  const sdk = sdkFor(mailchimp);
  await expect(sdk('lists', 'getListMember', mailchimp.audience, md5(ADA))).rejects.toMatchObject({
    status: 404,
    response: { body: { title: 'Resource Not Found', status: 404 } },
  });
  mailchimp.faults([{ kind: 'html', status: 503 }]);
  await expect(sdk('ping', 'get')).rejects.toMatchObject({ status: 503, response: { body: {} } });
});
