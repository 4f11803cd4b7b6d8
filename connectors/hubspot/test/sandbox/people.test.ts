// Checklist point 13, sections 3.5, 3.7 and 3.9 of the vendor notes: what people and administrators do.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call, contactCalls, type Hubspot, NOON, preferenceCalls, start, typeNamed } from './client.ts';

const ADA = 'ada@example.org';

async function seen(hubspot: Hubspot, ...names: readonly string[]) {
  return (await contactCalls(hubspot).byEmail(ADA, names.join(','))).body.properties;
}

describe('13. "Simulate the person: footer opt-out (source self), preference-page resubscribe, complaint → quarantine, hard bounce"', () => {
  test('a footer opt-out of all mail, by HTTP; "a self opt-out and an API opt-out look alike except" in source', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA });
    const acted = await fetch(`${hubspot.url}/__sandbox/person/unsubscribe`, {
      method: 'POST',
      body: JSON.stringify({ email: ADA }),
    });
    expect([acted.status, await acted.json()]).toEqual([200, { outcome: 'UNSUBSCRIBE_FROM_ALL_OCCURRED' }]);
    expect((await seen(hubspot, 'hs_email_optout')).hs_email_optout).toBe('true');
    const { body } = await preferenceCalls(hubspot).statuses(ADA);
    expect(body.results[0]).toMatchObject({ status: 'UNSUBSCRIBED', source: 'Email footer link' });
    expect(() => hubspot.act('person/unsubscribe', {})).toThrow();
  });

  test('an opt-out of one type, and by the preference page back: "a form does NOT undo"', async () => {
    const hubspot = await start();
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const mirror = `hs_email_optout_${newsletter}`;
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.act('person/unsubscribe', { email: ADA, subscription: 'Newsletter' });
    expect(await seen(hubspot, 'hs_email_optout', mirror)).toMatchObject({ hs_email_optout: null, [mirror]: 'true' });
    hubspot.act('person/form', { email: ADA, properties: { firstname: 'Ada' } });
    expect(await seen(hubspot, 'firstname', mirror)).toMatchObject({ firstname: 'Ada', [mirror]: 'true' });
    hubspot.act('person/resubscribe', { email: ADA, subscription: 'Newsletter' });
    expect((await seen(hubspot, mirror))[mirror]).toBe('false');
    const { body } = await preferenceCalls(hubspot).statuses(ADA);
    expect(body.results[0]).toMatchObject({ status: 'SUBSCRIBED', source: 'Self Service Resubscription' });
  });

  test('a resubscription to one type ends the wide opt-out of the person; the other types stay out', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.act('person/unsubscribe', { email: ADA });
    hubspot.act('person/resubscribe', { email: ADA, subscription: 'Newsletter' });
    expect((await seen(hubspot, 'hs_email_optout')).hs_email_optout).toBe('false');
    const { body } = await preferenceCalls(hubspot).statuses(ADA);
    const statuses = body.results.map((one: { status: string }) => one.status);
    expect(statuses).toEqual(['SUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED', 'UNSUBSCRIBED']);
    hubspot.act('person/resubscribe', { email: ADA });
    expect((await preferenceCalls(hubspot).statuses(ADA)).body.results[1].status).toBe('SUBSCRIBED');
  });

  test.each([true, false])('a complaint quarantines; whether it opts out is a switch: %s', async (optsOut) => {
    const hubspot = await start({ switches: { complaintOptsOut: optsOut } });
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.act('person/complain', { email: ADA });
    expect(await seen(hubspot, 'hs_email_quarantined', 'hs_email_quarantined_reason', 'hs_email_optout')).toMatchObject(
      {
        hs_email_quarantined: 'true',
        hs_email_quarantined_reason: 'RECIPIENT_COMPLAINT',
        hs_email_optout: optsOut ? 'true' : null,
      },
    );
  });

  test('"Bounce and quarantine are not opt-outs"', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.act('person/bounce', { email: ADA, type: 'soft' });
    const names = ['hs_email_bounce', 'hs_email_hard_bounce_reason_enum', 'hs_email_bad_address', 'hs_email_optout'];
    expect(await seen(hubspot, ...names)).toMatchObject({
      hs_email_bounce: '1',
      hs_email_hard_bounce_reason_enum: null,
    });
    hubspot.act('person/bounce', { email: ADA, reason: 'MAILBOX_FULL' });
    expect(await seen(hubspot, ...names)).toMatchObject({
      hs_email_bounce: '2',
      hs_email_hard_bounce_reason_enum: 'MAILBOX_FULL',
      hs_email_bad_address: null,
      hs_email_optout: null,
    });
    expect((await preferenceCalls(hubspot).wide(ADA)).body.results).toEqual([]);
    hubspot.act('admin/delivery', { email: ADA, properties: { hs_email_is_ineligible: 'true' } });
    expect((await seen(hubspot, 'hs_email_is_ineligible')).hs_email_is_ineligible).toBe('true');
  });

  test('3.9 double opt-in: the form asks, the click confirms', async () => {
    const hubspot = await start({ switches: { doubleOptIn: true } });
    hubspot.act('person/form', { email: ADA });
    const name = 'hs_emailconfirmationstatus';
    expect((await seen(hubspot, name))[name]).toBe('Confirmation Email Sent');
    hubspot.act('person/confirm', { email: ADA });
    hubspot.act('person/form', { email: ADA });
    expect((await seen(hubspot, name))[name]).toBe('User clicked confirmation');
  });
});

describe('administrators', () => {
  test('3.7 an opt-out list: "no contact is created for unknown addresses"', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA });
    expect(hubspot.act('admin/import-opt-outs', { emails: [ADA, 'bob@example.org', 'nobody'] })).toEqual({
      imported: 2,
    });
    expect((await seen(hubspot, 'hs_email_optout')).hs_email_optout).toBe('true');
    expect([...hubspot.state().contacts.live()]).toHaveLength(1);
    expect((await preferenceCalls(hubspot).wide('bob@example.org')).body.results).toHaveLength(1);
  });

  test('a user opts out in the screen, changes marketing status, adds a type', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.act('admin/opt-out', { email: ADA, subscription: 'Events' });
    hubspot.act('admin/marketing-status', { email: ADA, marketing: true });
    expect((await seen(hubspot, 'hs_marketable_status')).hs_marketable_status).toBe('true');
    const { id } = hubspot.act('admin/subscription', { name: 'Webinars' }) as { id: number };
    const { body } = await call(hubspot, 'GET', '/communication-preferences/v3/definitions');
    expect(body.subscriptionDefinitions.at(-1)).toMatchObject({ id: String(id), name: 'Webinars' });
    expect((await call(hubspot, 'GET', `/crm/v3/properties/contacts/hs_email_optout_${id}`)).status).toBe(200);
  });

  test('create, edit, archive and merge in the screens', async () => {
    const hubspot = await start();
    const { id } = hubspot.act('admin/create', { properties: { email: ADA } }) as { id: string };
    hubspot.act('admin/edit', { email: ADA, properties: { firstname: 'Ada' } });
    expect((await seen(hubspot, 'firstname')).firstname).toBe('Ada');
    const other = hubspot.act('admin/create', { properties: { email: 'b@example.org' } }) as { id: string };
    const merged = hubspot.act('admin/merge', { primary: id, other: other.id }) as { id: string };
    hubspot.act('admin/archive', { id: merged.id });
    expect((await contactCalls(hubspot).get(merged.id)).status).toBe(404);
    hubspot.act('admin/privacy-delete', { email: 'c@example.org' });
    expect(hubspot.state().forgotten.has('c@example.org')).toBe(true);
    expect(() => hubspot.act('admin/create', { properties: { vip: 'x' } })).toThrow();
    expect(hubspot.state().events.map((one) => one.subscriptionType)).toEqual([
      'contact.creation',
      'contact.propertyChange',
      'contact.creation',
      'contact.merge',
      'contact.deletion',
    ]);
    expect(JSON.stringify(hubspot.state().events)).not.toContain('@'); // "No email in the payload"
  });
});

describe('--demo and --state', () => {
  test('a realistic base: opt-outs with and without contacts, bounces, quarantine; the audience stays empty', async () => {
    const hubspot = await start({ demo: true });
    const { search } = contactCalls(hubspot);
    const count = async (propertyName: string, value?: string) => {
      const filter = value === undefined ? { operator: 'HAS_PROPERTY' } : { operator: 'EQ', value };
      return (await search({ limit: 1, filterGroups: [{ filters: [{ propertyName, ...filter }] }] })).body.total;
    };
    const all = (await search({ limit: 1 })).body.total;
    expect(all).toBeGreaterThan(2_000);
    expect(await count('hs_email_optout', 'true')).toBeGreaterThan(100);
    expect(await count('hs_email_hard_bounce_reason_enum')).toBeGreaterThan(20);
    hubspot.clock.advance(1_000);
    expect(await count('hs_email_quarantined', 'true')).toBeGreaterThan(2);
    const marketing = await count('hs_marketable_status', 'true');
    expect(marketing).toBeGreaterThan(1_000);
    expect(marketing).toBeLessThan(all);
    const times = [...hubspot.state().addresses.values()].flatMap(({ wide }) => wide?.atMs ?? []);
    expect(Math.max(...times)).toBeLessThan(NOON); // the base is older than today
    const contacts = new Set(
      [...hubspot.state().contacts.live()].map(({ properties }) => properties.email?.toLowerCase()),
    );
    const withoutContact = [...hubspot.state().addresses.values()].filter(
      (one) => one.wide && !contacts.has(one.email),
    );
    expect(withoutContact.length).toBeGreaterThan(10);
    const members = await call(hubspot, 'GET', `/crm/v3/lists/${hubspot.audience}/memberships`);
    expect(members.body.results).toEqual([]);
    const lists = await call(hubspot, 'POST', '/crm/v3/lists/search', { additionalProperties: ['hs_list_size'] });
    expect(Number(lists.body.lists[1].additionalProperties.hs_list_size)).toBeGreaterThan(100);
    expect(hubspot.announcement).toMatchObject({ url: hubspot.url, audience: hubspot.audience });
  });

  test('the account outlives the process', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hubspot-'));
    const stateFile = join(folder, 'state.json');
    try {
      const first = await start({ stateFile });
      const { id, raw } = contactCalls(first);
      const [a, b] = [await id({ email: ADA, customer_number: '7' }), await id({ email: 'b@example.org' })];
      const merged = (await raw('POST', '/merge', { primaryObjectId: a, objectIdToMerge: b })).body.id;
      await preferenceCalls(first).unsubscribeAll(ADA);
      await contactCalls(first).archive(await id({ email: 'c@example.org' }));
      await first.close();
      const second = await start({ stateFile });
      expect(second.accessToken).toBe(first.accessToken);
      const calls = contactCalls(second);
      expect((await calls.get(a)).body.id).toBe(merged);
      expect((await calls.byEmail('b@example.org')).body.id).toBe(merged);
      expect((await seen(second, 'hs_email_optout')).hs_email_optout).toBe('true');
      expect((await calls.create({ customer_number: '7' })).status).toBe(400);
      expect((await calls.raw('GET', '?archived=true')).body.results).toHaveLength(1);
      expect((await calls.search({})).body.total).toBe(1);
      second.act('person/resubscribe', { email: ADA });
      expect((await seen(second, 'hs_email_optout')).hs_email_optout).toBe('false');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a reset gives the account back as it was', async () => {
    const hubspot = await start();
    const token = hubspot.accessToken;
    await contactCalls(hubspot).id({ email: ADA });
    hubspot.reset();
    expect((await call(hubspot, 'POST', '/crm/v3/objects/contacts/search', {}, token)).body.total).toBe(0);
  });
});
