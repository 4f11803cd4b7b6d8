// Checklist point 17 of the vendor notes, abuse reports and activity feeds, against raw HTTP.
import { beforeEach, describe, expect, test } from 'vitest';
import { audienceCalls, call, type Mailchimp, md5, start } from './client.ts';

const ADA = 'ada@example.org';
let mailchimp: Mailchimp;
let calls: ReturnType<typeof audienceCalls>;

beforeEach(async () => {
  mailchimp = await start();
  calls = audienceCalls(mailchimp);
  await calls.add(ADA, { merge_fields: { FNAME: 'Ada', LNAME: 'Lovelace' } });
});

describe('17. "GET /lists?email=, /search-members, reports/unsubscribed with timestamps for the audit"', () => {
  test('"email filter = all audiences holding that address"', async () => {
    const { audience } = mailchimp.act('admin/audience', { name: 'Second' }) as { audience: string };
    const ids = async (query: string): Promise<unknown> =>
      (await call(mailchimp, 'GET', `/lists?${query}`)).body.lists.map((one: { id: string }) => one.id);
    expect(await ids('')).toEqual([mailchimp.audience, audience]);
    expect(await ids('email=ADA@example.org')).toEqual([mailchimp.audience]);
    await audienceCalls(mailchimp, audience).add(ADA, { status: 'unsubscribed' });
    expect(await ids('email=ada@example.org')).toEqual([mailchimp.audience, audience]);
    expect(await ids('count=1&offset=1')).toEqual([audience]);
    const { body } = await call(mailchimp, 'GET', `/lists/${mailchimp.audience}`);
    expect(body).toMatchObject({
      name: 'Newsletter',
      double_optin: false,
      marketing_permissions: false,
      stats: { member_count: 1 },
    });
    expect((await call(mailchimp, 'GET', '/lists/none')).status).toBe(404);
  });

  test('"Search: exact and full matches; small result set"', async () => {
    await calls.add('eve@example.org', { merge_fields: { LNAME: 'Lovelace' } });
    const exact = (await call(mailchimp, 'GET', `/search-members?query=${ADA}`)).body;
    expect(exact.exact_matches).toMatchObject({ members: [{ email_address: ADA }], total_items: 1 });
    const byName = (await call(mailchimp, 'GET', '/search-members?query=lovelace')).body;
    expect([byName.exact_matches.total_items, byName.full_search.total_items]).toEqual([0, 2]);
    expect(
      (await call(mailchimp, 'GET', '/search-members?query=lovelace&list_id=none')).body.full_search.total_items,
    ).toBe(0);
  });

  test('"Unsubscribes: GET /reports/{campaign_id}/unsubscribed (reason, timestamp)"', async () => {
    const { campaign } = mailchimp.act('admin/send', { title: 'Spring' }) as { campaign: string };
    mailchimp.clock.advance(3_600_000);
    mailchimp.act('person/unsubscribe', { email: ADA, campaign, reason: 'No longer interested' });
    const report = await call(mailchimp, 'GET', `/reports/${campaign}/unsubscribed`);
    expect(report.body).toMatchObject({
      unsubscribes: [
        {
          email_id: md5(ADA),
          email_address: ADA,
          merge_fields: { FNAME: 'Ada' },
          timestamp: '2026-03-04T13:00:00+00:00',
          reason: 'No longer interested',
          campaign_id: campaign,
          list_id: mailchimp.audience,
        },
      ],
      total_items: 1,
    });
    expect((await call(mailchimp, 'GET', `/reports/${campaign}/unsubscribed/${md5(ADA)}`)).body.reason).toBe(
      'No longer interested',
    );
    expect((await call(mailchimp, 'GET', '/reports/none/unsubscribed')).status).toBe(404);
  });

  test('"There is no timestamp of the opt-out: last_changed is only an upper bound"; the activity feed has it', async () => {
    mailchimp.act('admin/send', { title: 'Spring' });
    mailchimp.clock.advance(3_600_000);
    mailchimp.act('person/unsubscribe', { email: ADA });
    mailchimp.clock.advance(3_600_000);
    await calls.put(ADA, { merge_fields: { FNAME: 'Augusta' } });
    expect((await calls.get(ADA)).body.last_changed).toBe('2026-03-04T14:00:00+00:00');
    const feed = `/members/${md5(ADA)}/activity-feed`;
    expect((await calls.raw('GET', `${feed}?activity_filters=unsub,bounce`)).body.activity).toMatchObject([
      {
        activity_type: 'unsub',
        created_at_timestamp: '2026-03-04T13:00:00+00:00',
        campaign_title: 'Spring',
        is_admin_unsubscribed: false,
      },
    ]);
    expect((await calls.raw('GET', feed)).body.activity).toHaveLength(2);
  });

  test('"GET /lists/{id}/abuse-reports": who, when, which campaign', async () => {
    mailchimp.act('person/complain', { email: ADA });
    const { abuse_reports, total_items } = (await calls.raw('GET', '/abuse-reports')).body;
    expect([total_items, abuse_reports[0]]).toMatchObject([
      1,
      { email_id: md5(ADA), email_address: ADA, date: '2026-03-04T12:00:00+00:00', list_id: mailchimp.audience },
    ]);
    expect((await calls.raw('GET', `/abuse-reports/${abuse_reports[0].id}`)).body.email_address).toBe(ADA);
    expect((await calls.raw('GET', '/abuse-reports/1')).status).toBe(404);
  });
});

test('a sign-up at the form: filters "correspond to a set of activity types"; which one it is, is a switch', async () => {
  const mailchimp = await start();
  const { raw } = audienceCalls(mailchimp);
  const feed = async (filters: string) => {
    const { body } = await raw('GET', `/members/${md5('ada@example.org')}/activity-feed?activity_filters=${filters}`);
    return body.activity.map((one: { activity_type: string }) => one.activity_type);
  };
  mailchimp.act('person/resubscribe', { email: 'ada@example.org' });
  mailchimp.switches({ formSignupActivity: 'generic_signup' });
  mailchimp.act('person/resubscribe', { email: 'ada@example.org' });
  expect(await feed('signup,unsub')).toEqual(['generic_signup', 'website_signup']);
  expect(await feed('website_signup')).toEqual(['website_signup']);
  expect(await feed('unsub')).toEqual([]);
});
