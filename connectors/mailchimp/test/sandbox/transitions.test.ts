// Checklist points 2, 10, 14 and 15 of the vendor notes: statuses, consent and what people do, against raw HTTP.
import { beforeEach, describe, expect, test } from 'vitest';
import { audienceCalls, type Mailchimp, start } from './client.ts';

const ADA = 'ada@example.org';
const COMPLIANCE = {
  status: 400,
  body: {
    title: 'Member In Compliance State',
    detail: `${ADA} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`,
  },
};
let mailchimp: Mailchimp;
let calls: ReturnType<typeof audienceCalls>;

beforeEach(async () => {
  mailchimp = await start();
  calls = audienceCalls(mailchimp);
});

const person = (act: string, more: object = {}): unknown => mailchimp.act(`person/${act}`, { email: ADA, ...more });
const admin = (act: string, more: object = {}): unknown => mailchimp.act(`admin/${act}`, { email: ADA, ...more });
const statusNow = async (): Promise<unknown> => (await calls.get(ADA)).body.status;

describe('2. the transition table, "with the cause of each unsubscribe stored (api, admin, self, abuse); exact texts and titles"', () => {
  test('"none, POST status subscribed: 200 subscribed, timestamp_opt = now, ip_opt = caller, even if the audience has double opt-in"', async () => {
    await calls.raw('PATCH', '', { double_optin: true });
    const { status, body } = await calls.add(ADA);
    expect([status, body.status, body.timestamp_opt, body.ip_opt]).toEqual([
      200,
      'subscribed',
      '2026-03-04T12:00:00+00:00',
      '127.0.0.1',
    ]);
  });

  test('"none, POST/PUT status pending: 200 pending"', async () => {
    expect((await calls.add(ADA, { status: 'pending' })).body).toMatchObject({ status: 'pending', timestamp_opt: '' });
  });

  test('"none, POST status unsubscribed: 200 unsubscribed member (suppression)"', async () => {
    expect((await calls.add(ADA, { status: 'unsubscribed' })).body).toMatchObject({
      status: 'unsubscribed',
      unsubscribe_reason: 'N/A (Unsubscribed by admin)',
    });
  });

  test('"subscribed, PUT {status:unsubscribed}: unsubscribe_reason N/A (Unsubscribed by admin), timestamp_opt kept, last_changed bumped"', async () => {
    await calls.add(ADA);
    mailchimp.clock.advance(60_000);
    expect((await calls.put(ADA, { status: 'unsubscribed' })).body).toMatchObject({
      status: 'unsubscribed',
      unsubscribe_reason: 'N/A (Unsubscribed by admin)',
      timestamp_opt: '2026-03-04T12:00:00+00:00',
      last_changed: '2026-03-04T12:01:00+00:00',
    });
  });

  test.each(['api', 'admin'])(
    '"unsubscribed by API or admin (%s), PUT {status:subscribed}: 200 subscribed, timestamp_opt kept, reason gone"',
    async (cause) => {
      await calls.add(ADA);
      if (cause === 'api') await calls.patch(ADA, { status: 'unsubscribed' });
      else admin('unsubscribe');
      expect((await calls.get(ADA)).body.unsubscribe_reason).toBe('N/A (Unsubscribed by admin)');
      mailchimp.clock.advance(60_000);
      const { status, body } = await calls.put(ADA, { status: 'subscribed' });
      expect([status, body.status, body.timestamp_opt]).toEqual([200, 'subscribed', '2026-03-04T12:00:00+00:00']);
      expect(body).not.toHaveProperty('unsubscribe_reason');
    },
  );

  test.each(['unsubscribe', 'complain'])(
    '"unsubscribed by the person (%s), PUT/PATCH/POST subscribed: 400 Member In Compliance State"',
    async (act) => {
      await calls.add(ADA);
      person(act);
      expect(await calls.put(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
      expect(await calls.patch(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
      expect((await calls.add(ADA)).body.title).toBe('Member Exists');
      expect((await calls.get(ADA)).body.unsubscribe_reason).not.toBe('N/A (Unsubscribed by admin)');
    },
  );

  test('"unsubscribed by the person, PUT/PATCH pending: 200, confirmation mail: the only API road back"', async () => {
    await calls.add(ADA);
    person('unsubscribe');
    expect((await calls.patch(ADA, { status: 'pending' })).body.status).toBe('pending');
    expect(await calls.patch(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE); // no way around the mail
    mailchimp.clock.advance(60_000);
    person('confirm');
    expect((await calls.get(ADA)).body).toMatchObject({
      status: 'subscribed',
      timestamp_opt: '2026-03-04T12:01:00+00:00',
    });
  });

  test('the person stays the cause when the API unsubscribes him again', async () => {
    await calls.add(ADA);
    person('unsubscribe', { reason: 'I no longer want to receive these emails' });
    await calls.put(ADA, { status: 'unsubscribed' });
    expect((await calls.get(ADA)).body.unsubscribe_reason).toBe('I no longer want to receive these emails');
    await calls.patch(ADA, { status: 'pending' });
    await calls.patch(ADA, { status: 'unsubscribed' });
    expect(await calls.put(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
  });

  test('"unsubscribed, PUT without status, or only status_if_new: 200, fields change, stays unsubscribed"', async () => {
    await calls.add(ADA, { status: 'unsubscribed' });
    const { body } = await calls.put(ADA, { status_if_new: 'subscribed', merge_fields: { FNAME: 'Ada' } });
    expect(body).toMatchObject({ status: 'unsubscribed', merge_fields: { FNAME: 'Ada' } });
  });

  test('"any existing, POST /members: 400 Member Exists"', async () => {
    await calls.add(ADA);
    const again = await calls.add('ADA@example.org');
    expect(again.body).toMatchObject({
      type: expect.any(String),
      title: 'Member Exists',
      detail: 'ADA@example.org is already a list member. Use PUT to insert or update list members.',
    });
  });

  test('"cleaned, subscribed: 400 compliance state"; cleaned to unsubscribed is a switch', async () => {
    await calls.add(ADA);
    person('bounce');
    expect(await statusNow()).toBe('cleaned');
    expect(await calls.put(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
    expect((await calls.patch(ADA, { status: 'unsubscribed' })).status).toBe(400);
    mailchimp.switches({ cleanedToUnsubscribed: 'ignored' });
    expect((await calls.patch(ADA, { status: 'unsubscribed' })).body.status).toBe('cleaned');
    mailchimp.switches({ cleanedToUnsubscribed: 'applied' });
    expect((await calls.patch(ADA, { status: 'unsubscribed' })).body.status).toBe('unsubscribed');
  });

  test('"PATCH status: subscribed, unsubscribed, cleaned, pending (no transactional)"', async () => {
    await calls.add(ADA);
    expect((await calls.patch(ADA, { status: 'transactional' })).body.title).toBe('Invalid Resource');
    expect((await calls.patch(ADA, { status: 'archived' })).status).toBe(400);
    expect((await calls.put(ADA, { status: 'transactional' })).body.status).toBe('subscribed');
    mailchimp.switches({ transactionalOnExisting: 'applied' });
    expect((await calls.put(ADA, { status: 'transactional' })).body.status).toBe('transactional');
    expect((await calls.patch('nobody@example.org', { status: 'subscribed' })).status).toBe(404);
  });

  test('pending to subscribed without confirmation is a switch', async () => {
    await calls.add(ADA, { status: 'pending' });
    mailchimp.switches({ pendingToSubscribed: false });
    expect(await calls.patch(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
    mailchimp.switches({ pendingToSubscribed: true });
    expect((await calls.patch(ADA, { status: 'subscribed' })).body.status).toBe('subscribed');
  });
});

describe('10. "Archive → 204, GET → archived, second DELETE → 405 with Allow: GET, PUT; un-archive by POST; hidden earlier status; delete-permanent + Forgotten Email"', () => {
  test('archive, and archive again', async () => {
    await calls.add(ADA);
    expect(await calls.archive(ADA)).toMatchObject({ status: 204, body: '' });
    expect(await statusNow()).toBe('archived');
    const again = await calls.archive(ADA);
    expect(again).toMatchObject({
      status: 405,
      body: {
        title: 'Method Not Allowed',
        detail: 'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived',
      },
    });
    expect(again.headers.get('allow')).toBe('GET, PUT');
    expect((await calls.archive('nobody@example.org')).status).toBe(404);
  });

  test('"cleaned, pending, DELETE: 405"', async () => {
    await calls.add(ADA, { status: 'pending' });
    expect((await calls.archive(ADA)).status).toBe(405);
    person('confirm');
    person('bounce');
    expect((await calls.archive(ADA)).status).toBe(405);
  });

  test('"archived, POST /members status subscribed: 200 subscribed, new timestamp_opt, tags kept"', async () => {
    await calls.add(ADA, { tags: ['vip'] });
    await calls.archive(ADA);
    mailchimp.clock.advance(60_000);
    expect(await calls.add(ADA)).toMatchObject({
      status: 200,
      body: { status: 'subscribed', timestamp_opt: '2026-03-04T12:01:00+00:00', tags: [{ name: 'vip' }] },
    });
  });

  test('"archived, PUT/PATCH subscribed: un-archives"; "PUT with status_if_new only: stays archived"', async () => {
    await calls.add(ADA);
    await calls.archive(ADA);
    const kept = await calls.put(ADA, { status_if_new: 'subscribed', merge_fields: { FNAME: 'Ada' } });
    expect(kept.body).toMatchObject({ status: 'archived', merge_fields: { FNAME: 'Ada' } });
    expect((await calls.put(ADA, { status: 'subscribed' })).body.status).toBe('subscribed');
  });

  test('"Archiving hides the earlier opt-out": the reason is gone and a subscribe passes; UNVERIFIED, so a switch', async () => {
    await calls.add(ADA);
    person('unsubscribe');
    await calls.archive(ADA);
    expect((await calls.get(ADA)).body).not.toHaveProperty('unsubscribe_reason');
    mailchimp.switches({ archiveHidesOptOut: false });
    expect(await calls.add(ADA)).toMatchObject(COMPLIANCE);
    expect(await calls.put(ADA, { status: 'subscribed' })).toMatchObject(COMPLIANCE);
    mailchimp.switches({ archiveHidesOptOut: true });
    expect((await calls.add(ADA)).body.status).toBe('subscribed');
  });

  test('"any, delete-permanent: 204, gone; re-add → 400 Forgotten Email", until the person comes by the form', async () => {
    await calls.add(ADA);
    expect((await calls.forget(ADA)).status).toBe(204);
    expect((await calls.get(ADA)).status).toBe(404);
    expect((await calls.forget(ADA)).status).toBe(404);
    const forgotten = {
      status: 400,
      body: {
        title: 'Forgotten Email Not Subscribed',
        detail: `${ADA} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`,
      },
    };
    expect(await calls.add(ADA)).toMatchObject(forgotten);
    expect(await calls.put(ADA, { email_address: ADA, status_if_new: 'subscribed' })).toMatchObject(forgotten);
    person('resubscribe');
    expect(await statusNow()).toBe('subscribed');
  });
});

describe('14. "Simulated person: footer unsubscribe, one-click, abuse report, preference change, confirm pending, hard bounce → cleaned, resubscribe by hosted form"', () => {
  test('footer unsubscribe over HTTP; the wording of the reason is a switch', async () => {
    await calls.add(ADA);
    mailchimp.switches({ personReason: '' });
    const done = await fetch(`${mailchimp.url}/__sandbox/person/unsubscribe`, {
      method: 'POST',
      body: JSON.stringify({ email: ADA, audience: mailchimp.audience }),
    });
    expect([done.status, await done.json()]).toMatchObject([200, { status: 'unsubscribed' }]);
    expect((await calls.get(ADA)).body).not.toHaveProperty('unsubscribe_reason');
  });

  test('an abuse report ends the subscription; whether as unsubscribed or cleaned is a switch', async () => {
    await calls.add(ADA);
    await calls.add('bob@example.org');
    person('complain');
    expect(await statusNow()).toBe('unsubscribed');
    mailchimp.switches({ complaintBecomes: 'cleaned' });
    mailchimp.act('person/complain', { email: 'bob@example.org' });
    expect((await calls.get('bob@example.org')).body.status).toBe('cleaned');
    expect((await calls.raw('GET', '/abuse-reports')).body.total_items).toBe(2);
  });

  test('a preference change ticks interests, is no unsubscribe, and bumps last_changed by a switch', async () => {
    await calls.add(ADA);
    const { interests } = (await calls.get(ADA)).body;
    const [newsletter = ''] = Object.keys(interests);
    mailchimp.clock.advance(60_000);
    person('preferences', { interests: { [newsletter]: true } });
    expect((await calls.get(ADA)).body).toMatchObject({
      status: 'subscribed',
      interests: { [newsletter]: true },
      last_changed: '2026-03-04T12:01:00+00:00',
    });
    mailchimp.switches({ preferencesBumpLastChanged: false });
    mailchimp.clock.advance(60_000);
    person('preferences', { interests: { [newsletter]: false } });
    expect((await calls.get(ADA)).body.last_changed).toBe('2026-03-04T12:01:00+00:00');
  });

  test('a hard bounce cleans, a soft one does not; whether last_changed moves is a switch', async () => {
    await calls.add(ADA);
    mailchimp.clock.advance(60_000);
    person('bounce', { type: 'soft' });
    expect(await statusNow()).toBe('subscribed');
    mailchimp.switches({ cleaningBumpsLastChanged: false });
    person('bounce');
    expect((await calls.get(ADA)).body).toMatchObject({ status: 'cleaned', last_changed: '2026-03-04T12:00:00+00:00' });
  });

  test('"resubscribe by hosted form (the only way after compliance)", with confirmation in a double opt-in audience', async () => {
    await calls.add(ADA);
    person('unsubscribe');
    person('resubscribe');
    expect((await calls.get(ADA)).body).toMatchObject({
      status: 'subscribed',
      timestamp_signup: '2026-03-04T12:00:00+00:00',
    });
    expect((await calls.put(ADA, { status: 'unsubscribed' })).body.unsubscribe_reason).toBe(
      'N/A (Unsubscribed by admin)',
    );
    await calls.raw('PATCH', '', { double_optin: true });
    person('resubscribe');
    expect(await statusNow()).toBe('pending');
    person('confirm');
    expect(await statusNow()).toBe('subscribed');
  });

  test('what an administrator does in the product: unsubscribe, subscribe, edit, archive, delete', async () => {
    admin('subscribe', { mergeFields: { FNAME: 'Ada' } });
    expect((await calls.get(ADA)).body).toMatchObject({ status: 'subscribed', source: 'Admin Add' });
    admin('unsubscribe');
    admin('subscribe');
    admin('edit', { mergeFields: { FNAME: 'Augusta' }, newEmail: 'Ada@example.org' });
    expect((await calls.get(ADA)).body).toMatchObject({ email_address: 'Ada@example.org', full_name: 'Augusta' });
    person('unsubscribe');
    expect(() => admin('subscribe')).toThrow();
    admin('archive');
    expect(await statusNow()).toBe('archived');
    admin('delete');
    expect((await calls.get(ADA)).status).toBe(404);
  });

  test('acts that make no sense are refused', () => {
    expect(() => person('unsubscribe')).toThrow();
    expect(() => person('confirm', { email: undefined })).toThrow();
    expect(() => person('resubscribe', { audience: 'none' })).toThrow();
  });
});

describe('15. "Looks fake addresses, signup-flood error, compliance-locked account switch"', () => {
  test('addresses that the vendor does not want', async () => {
    expect((await calls.add('not an address')).body).toMatchObject({
      title: 'Invalid Resource',
      detail: 'Please provide a valid email address.',
    });
    expect((await calls.add('looks-fake1@example.org')).body).toMatchObject({
      title: 'Invalid Resource',
      detail: 'looks-fake1@example.org looks fake or invalid, please enter a real email address.',
    });
    expect((await calls.add('signup-flood@example.org')).body.detail).toBe(
      "signup-flood@example.org has signed up to a lot of lists very recently; we're not allowing more signups for now",
    );
    mailchimp.switches({ fakeAddressPart: '' });
    expect((await calls.add('looks-fake1@example.org')).status).toBe(200);
  });

  test('an account that is locked answers 403 to everything', async () => {
    mailchimp.switches({ account: 'compliance' });
    expect(await calls.scan()).toMatchObject({ status: 403, body: { title: 'Forbidden' } });
    mailchimp.switches({ account: 'user-disabled' });
    expect((await calls.scan()).body.title).toBe('User Disabled');
  });
});
