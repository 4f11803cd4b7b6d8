// Checklist points 1, 3, 4, 5 and 12 of the vendor notes, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { audienceCalls, call, emails, md5, NOON, start } from './client.ts';

const ADA = 'Ada.Lovelace@example.org';

describe('1. "Several audiences per account; member keyed by MD5(lower(email)); hash, email or contact_id in the path"', () => {
  test('one address is a member of each audience on its own', async () => {
    const mailchimp = await start();
    const other = await call(mailchimp, 'POST', '/lists', {
      name: 'Second',
      contact: {},
      permission_reminder: '',
      campaign_defaults: {},
      email_type_option: false,
    });
    expect(other.status).toBe(200);
    const first = audienceCalls(mailchimp);
    const second = audienceCalls(mailchimp, other.body.id);
    await first.add(ADA);
    expect((await second.get(ADA)).status).toBe(404);
    await second.add(ADA, { status: 'unsubscribed' });
    expect((await first.get(ADA)).body.status).toBe('subscribed');
    expect((await second.get(ADA)).body.status).toBe('unsubscribed');
    expect((await second.get(ADA)).body.unique_email_id).toBe((await first.get(ADA)).body.unique_email_id);
  });

  test('the path takes hash, address and contact_id', async () => {
    const mailchimp = await start();
    const { add, raw } = audienceCalls(mailchimp);
    const { body } = await add(ADA);
    expect(body.id).toBe(md5(ADA));
    for (const key of [body.id, body.id.toUpperCase(), encodeURIComponent(ADA), ADA.toLowerCase(), body.contact_id]) {
      expect((await raw('GET', `/members/${key}`)).body.email_address).toBe(ADA);
    }
  });

  test('"(delete-permanent and tags: hash)": other keys are not found there', async () => {
    const mailchimp = await start();
    const { add, raw } = audienceCalls(mailchimp);
    const { body } = await add(ADA);
    expect((await raw('POST', `/members/${ADA}/tags`, { tags: [] })).status).toBe(404);
    expect((await raw('POST', `/members/${body.contact_id}/actions/delete-permanent`)).status).toBe(404);
    expect((await raw('POST', `/members/${body.id}/actions/delete-permanent`)).status).toBe(204);
  });
});

describe('3. "last_changed in seconds, bumped only by real changes; timestamp_opt rules"', () => {
  test('"source API - Generic; member_rating 2; ip_signup/timestamp_signup empty; _links present"', async () => {
    const mailchimp = await start();
    const { body } = await audienceCalls(mailchimp).add(ADA, { merge_fields: { FNAME: 'Ada', LNAME: 'Lovelace' } });
    expect(body).toMatchObject({
      full_name: 'Ada Lovelace',
      status: 'subscribed',
      source: 'API - Generic',
      member_rating: 2,
      ip_signup: '',
      timestamp_signup: '',
      ip_opt: '127.0.0.1',
      timestamp_opt: '2026-03-04T12:00:00+00:00',
      last_changed: '2026-03-04T12:00:00+00:00',
      tags_count: 0,
      list_id: mailchimp.audience,
      merge_fields: { FNAME: 'Ada', LNAME: 'Lovelace', ADDRESS: '', COMPANY: '' },
    });
    expect(body).not.toHaveProperty('unsubscribe_reason');
    expect(body._links[0]).toMatchObject({ rel: 'self', method: 'GET' });
  });

  test('"What bumps last_changed: status change, merge change, real tag change, archive, rename. What does not: a PUT that changes nothing, tags: []"', async () => {
    const mailchimp = await start();
    const { add, put, patch, get, archive, raw } = audienceCalls(mailchimp);
    await add(ADA, { merge_fields: { FNAME: 'Ada' } });
    let email = ADA;
    const bumps = async (change: () => Promise<unknown>): Promise<boolean> => {
      const before = (await get(email)).body.last_changed;
      mailchimp.clock.advance(1_000);
      await change();
      return (await get(email)).body.last_changed !== before;
    };
    const tags = (list: readonly object[]) => () => raw('POST', `/members/${md5(email)}/tags`, { tags: list });
    expect(await bumps(() => put(ADA, { merge_fields: { FNAME: 'Ada' }, status_if_new: 'subscribed' }))).toBe(false);
    expect(await bumps(() => put(ADA, { status: 'subscribed' }))).toBe(false);
    expect(await bumps(() => put(ADA, { merge_fields: { FNAME: 'Augusta' } }))).toBe(true);
    expect(await bumps(tags([]))).toBe(false);
    expect(await bumps(tags([{ name: 'vip', status: 'inactive' }]))).toBe(false);
    expect(await bumps(tags([{ name: 'vip', status: 'active' }]))).toBe(true);
    expect(await bumps(tags([{ name: 'vip', status: 'active' }]))).toBe(false);
    expect(await bumps(() => patch(ADA, { status: 'unsubscribed' }))).toBe(true);
    expect(
      await bumps(async () => {
        await put(ADA, { email_address: 'new@example.org' });
        email = 'new@example.org';
      }),
    ).toBe(true);
    expect(await bumps(() => archive(email))).toBe(true);
  });

  test('"present unless excluded by fields/exclude_fields (dotted paths)"', async () => {
    const mailchimp = await start();
    const { add, scan, raw } = audienceCalls(mailchimp);
    await add(ADA, { merge_fields: { FNAME: 'Ada' } });
    expect((await scan('fields=members.id,members.merge_fields.FNAME,total_items')).body).toEqual({
      members: [{ id: md5(ADA), merge_fields: { FNAME: 'Ada' } }],
      total_items: 1,
    });
    const { body } = await scan('exclude_fields=_links,members._links,members.merge_fields');
    expect(body).not.toHaveProperty('_links');
    expect(body.members[0]).not.toHaveProperty('_links');
    expect(body.members[0]).not.toHaveProperty('merge_fields');
    expect(body.members[0].status).toBe('subscribed');
    expect((await raw('GET', `/members/${md5(ADA)}?fields=status`)).body).toEqual({ status: 'subscribed' });
  });
});

describe('4. "count default 10, max 1000; offset; filters and their preconditions"', () => {
  const filled = async (size: number) => {
    const mailchimp = await start();
    const calls = audienceCalls(mailchimp);
    for (let index = 0; index < size; index += 1) {
      await calls.add(`p${index}@example.org`);
      mailchimp.clock.advance(1_000);
    }
    return { mailchimp, ...calls };
  };

  test('without count ten rows come, and total_items tells the rest', async () => {
    const { scan } = await filled(12);
    const first = await scan();
    expect([first.body.members.length, first.body.total_items]).toEqual([10, 12]);
    expect(emails(await scan('offset=10'))).toEqual(['p10@example.org', 'p11@example.org']);
    expect(emails(await scan('count=2&offset=4'))).toEqual(['p4@example.org', 'p5@example.org']);
  });

  test('"answer to more than 1000 UNVERIFIED: 400 in the sandbox", or 1000 rows by a switch', async () => {
    const mailchimp = await start();
    const { scan } = audienceCalls(mailchimp);
    expect((await scan('count=1000')).status).toBe(200);
    expect(await scan('count=1001')).toMatchObject({ status: 400, body: { title: 'Invalid Resource' } });
    mailchimp.switches({ countAboveMaximum: 'clamp' });
    expect((await scan('count=1001')).status).toBe(200);
  });

  test('sort_field=last_changed with since_ and before_last_changed: "inclusive or exclusive is UNVERIFIED"', async () => {
    const { mailchimp, scan } = await filled(4); // p0 at 12:00:00 ... p3 at 12:00:03
    const window =
      'sort_field=last_changed&sort_dir=ASC&since_last_changed=2026-03-04T12:00:01%2B00:00&before_last_changed=2026-03-04T12:00:03Z';
    expect(emails(await scan(window))).toEqual(['p2@example.org']);
    mailchimp.switches({ sinceLastChangedInclusive: true, beforeLastChangedInclusive: true });
    expect(emails(await scan(window))).toEqual(['p1@example.org', 'p2@example.org', 'p3@example.org']);
    expect(emails(await scan('sort_field=last_changed&sort_dir=DESC&count=1'))).toEqual(['p3@example.org']);
    expect((await scan('since_last_changed=yesterday')).status).toBe(400);
    expect((await scan('sort_field=id')).status).toBe(400);
  });

  test('"Offset paging over a moving set: rows shift"', async () => {
    const { scan, put } = await filled(3);
    const first = emails(await scan('sort_field=last_changed&count=1'));
    await put('p0@example.org', { merge_fields: { FNAME: 'moved' } });
    const second = emails(await scan('sort_field=last_changed&count=1&offset=1'));
    expect([first, second]).toEqual([['p0@example.org'], ['p2@example.org']]); // p1 was never seen
  });

  test('"unsubscribed_since needs status=unsubscribed", "since_last_campaign needs status"', async () => {
    const { mailchimp, scan, patch } = await filled(2);
    expect((await scan('unsubscribed_since=2026-03-04T00:00:00Z')).status).toBe(400);
    expect((await scan('unsubscribed_since=2026-03-04T00:00:00Z&status=subscribed')).status).toBe(400);
    expect((await scan('since_last_campaign=true')).status).toBe(400);
    await patch('p1@example.org', { status: 'unsubscribed' });
    expect(emails(await scan('status=unsubscribed&unsubscribed_since=2026-03-04T12:00:00Z'))).toEqual([
      'p1@example.org',
    ]);
    mailchimp.clock.advance(60_000);
    expect(
      (await scan(`status=unsubscribed&unsubscribed_since=${new Date(NOON + 30_000).toISOString()}`)).body.members,
    ).toEqual([]);
    expect((await scan('status=nonsense')).status).toBe(400);
  });

  test('other filters: status, timestamp_opt, vip_only, email_type, unique_email_id, interests', async () => {
    const { mailchimp, scan, patch, put, raw } = await filled(3);
    const { body: categories } = await raw('GET', '/interest-categories');
    const category = categories.categories[0].id;
    const interests = (await raw('GET', `/interest-categories/${category}/interests`)).body.interests;
    await put('p0@example.org', { vip: true, email_type: 'text', interests: { [interests[0].id]: true } });
    await patch('p2@example.org', { status: 'unsubscribed' });
    const p0 = ['p0@example.org'];
    expect(emails(await scan('status=unsubscribed'))).toEqual(['p2@example.org']);
    expect(emails(await scan('vip_only=true'))).toEqual(p0);
    expect(emails(await scan('email_type=text'))).toEqual(p0);
    expect(emails(await scan('before_timestamp_opt=2026-03-04T12:00:01Z'))).toEqual(p0);
    expect(
      emails(
        await scan(
          `unique_email_id=${mailchimp.state().audiences.get(mailchimp.audience)?.members.find('p0@example.org')?.hash.slice(0, 10)}`,
        ),
      ),
    ).toEqual(p0);
    const interested = `interest_category_id=${category}&interest_ids=${interests[0].id},${interests[1].id}&interest_match=`;
    expect(emails(await scan(`${interested}any`))).toEqual(p0);
    expect(emails(await scan(`${interested}all`))).toEqual([]);
    expect(emails(await scan(`${interested}none`))).toEqual(['p1@example.org', 'p2@example.org']);
    expect((await scan('interest_match=any')).status).toBe(400);
  });

  test('"Without a status filter all statuses are returned, including archived (UNVERIFIED whether always)"', async () => {
    const { mailchimp, scan, archive } = await filled(2);
    await archive('p0@example.org');
    expect((await scan()).body.total_items).toBe(2);
    mailchimp.switches({ archivedInUnfilteredScans: false });
    expect(emails(await scan())).toEqual(['p1@example.org']);
    expect(emails(await scan('status=archived'))).toEqual(['p0@example.org']);
  });

  test('the fault search-lag hides what changed a moment ago', async () => {
    const { mailchimp, scan } = await filled(2);
    mailchimp.faults([{ kind: 'search-lag', route: 'GET /3.0/lists/{list}/members', details: { lagMs: 1_500 } }]);
    expect(emails(await scan())).toEqual(['p0@example.org']);
    mailchimp.clock.advance(60_000);
    expect((await scan()).body.total_items).toBe(2);
  });
});

describe('5. "PUT quirks: hash/email mismatch rename or create; Member Exists on a clash; status-only PUT allowed"', () => {
  test('"PUT to hash A with body email B on an existing A renames A (old hash → 404 afterwards)", keeping "tags, timestamp_opt and status"', async () => {
    const mailchimp = await start();
    const { add, put, get, patch } = audienceCalls(mailchimp);
    await add(ADA, { tags: ['vip'] });
    await patch(ADA, { status: 'unsubscribed' });
    mailchimp.clock.advance(1_000);
    const renamed = await put(ADA, { email_address: 'new@example.org', status_if_new: 'subscribed' });
    expect(renamed.body).toMatchObject({
      id: md5('new@example.org'),
      status: 'unsubscribed',
      timestamp_opt: '2026-03-04T12:00:00+00:00',
      tags: [{ name: 'vip' }],
    });
    expect((await get(ADA)).status).toBe(404);
    expect((await get('new@example.org')).status).toBe(200);
  });

  test('"on a missing hash it creates the member under B\'s own hash"', async () => {
    const { put, get } = audienceCalls(await start());
    const created = await put('nobody@example.org', { email_address: ADA, status_if_new: 'transactional' });
    expect(created).toMatchObject({ status: 200, body: { id: md5(ADA), status: 'transactional', timestamp_opt: '' } });
    expect((await get('nobody@example.org')).status).toBe(404);
  });

  test('"Renaming onto an existing member → 400 Member Exists"; 12. "type absent on the rename clash"', async () => {
    const { add, put, get } = audienceCalls(await start());
    await add(ADA);
    await add('bob@example.org');
    const clash = await put(ADA, { email_address: 'bob@example.org' });
    expect(clash).toMatchObject({
      status: 400,
      body: {
        title: 'Member Exists',
        detail: 'bob@example.org is already a list member. Use PUT to insert or update list members.',
      },
    });
    expect(clash.body).not.toHaveProperty('type');
    expect((await get(ADA)).status).toBe(200);
  });

  test('a missing hash with the address of an existing member: a switch', async () => {
    const mailchimp = await start();
    const { add, put } = audienceCalls(mailchimp);
    await add(ADA);
    const body = { email_address: ADA, status_if_new: 'subscribed', merge_fields: { FNAME: 'Augusta' } };
    expect((await put('nobody@example.org', body)).body.title).toBe('Member Exists');
    mailchimp.switches({ putToUnknownHash: 'updates' });
    expect((await put('nobody@example.org', body)).body.merge_fields.FNAME).toBe('Augusta');
  });

  test('"a PUT with only {status} on an existing member works"; on a missing one it needs an address', async () => {
    const { add, put } = audienceCalls(await start());
    await add(ADA);
    expect((await put(ADA, { status: 'unsubscribed' })).body.status).toBe('unsubscribed');
    expect((await put('nobody@example.org', { status: 'unsubscribed' })).body.detail).toBe(
      'Please provide a valid email address.',
    );
    expect((await put('nobody@example.org', { email_address: 'nobody@example.org' })).status).toBe(400);
  });
});

describe('12. "problem+json with instance = X-Request-Id"', () => {
  test('content type, Link and the fixed texts', async () => {
    const { get, raw } = audienceCalls(await start());
    const missing = await get(ADA);
    expect(missing.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    expect(missing.headers.get('link')).toMatch(/^<.*>; rel="describedBy"$/);
    expect(missing.body).toEqual({
      type: expect.any(String),
      title: 'Resource Not Found',
      status: 404,
      detail: 'The requested resource could not be found.',
      instance: missing.headers.get('x-request-id'),
    });
    const scan = await raw('GET', '/members');
    expect(scan.headers.get('link')).toMatch(/Lists\/Members\/Collection\.json>; rel="describedBy"$/);
    expect((await raw('POST', '/members', '{')).body.title).toBe('JSON Parse Error');
    expect((await raw('PUT', '/members')).headers.get('allow')).toBe('GET, POST');
  });
});
