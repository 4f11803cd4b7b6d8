// Contacts one by one: sections 2 and 2.2 of the vendor notes, checklist points 2, 7 to 9; against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, contactCalls, ids, preferenceCalls, start } from './client.ts';

const ADA = 'ada@example.org';

describe('2. create, read, update, archive', () => {
  test('"Create | POST | 201"; "Reads return null for empty"; "Default properties only unless asked"', async () => {
    const hubspot = await start();
    const { create, get } = contactCalls(hubspot);
    const created = await create({ email: ADA, firstname: 'Ada' });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      properties: { email: ADA, firstname: 'Ada', hs_object_id: created.body.id },
      createdAt: '2026-03-04T12:00:00.000Z',
      archived: false,
    });
    const { body } = await get(created.body.id);
    expect(body.properties).toEqual({
      createdate: '2026-03-04T12:00:00.000Z',
      email: ADA,
      firstname: 'Ada',
      hs_object_id: created.body.id,
      lastmodifieddate: '2026-03-04T12:00:00.000Z',
      lastname: null,
    });
    const asked = await get(created.body.id, '?properties=jobtitle,phone&properties=no_such_property');
    expect(Object.keys(asked.body.properties).sort()).toEqual([
      'createdate',
      'hs_object_id',
      'jobtitle',
      'lastmodifieddate',
      'phone',
    ]);
  });

  test('"409 if the email exists": "Contact already exists. Existing ID: 123", also in capitals and for further addresses', async () => {
    const hubspot = await start();
    const { create, id, patch } = contactCalls(hubspot);
    const ada = await id({ email: ADA, hs_additional_emails: 'Countess@example.org;lovelace@example.org' });
    for (const email of ['ADA@example.org', 'countess@example.org']) {
      const { status, body } = await create({ email });
      expect([status, body]).toMatchObject([
        409,
        { status: 'error', message: `Contact already exists. Existing ID: ${ada}`, category: 'CONFLICT' },
      ]);
      expect(body.correlationId).toMatch(/^[0-9a-f-]{36}$/);
    }
    const bob = await id({ email: 'bob@example.org' });
    expect((await patch(bob, { email: 'lovelace@example.org' })).status).toBe(409);
    expect((await patch(ada, { email: 'ADA@example.org' })).status).toBe(200);
  });

  test('"PATCH | 200; returns changed props + lastmodifieddate", by id and by idProperty=email', async () => {
    const hubspot = await start();
    const { id, patch, get, byEmail } = contactCalls(hubspot);
    const ada = await id({ email: ADA, hs_additional_emails: 'countess@example.org' });
    hubspot.clock.advance(1_000);
    const changed = await patch('COUNTESS@example.org', { lastname: 'Lovelace' }, '?idProperty=email');
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ id: ada, updatedAt: '2026-03-04T12:00:01.000Z' });
    expect(changed.body.properties).toEqual({
      lastname: 'Lovelace',
      createdate: '2026-03-04T12:00:00.000Z',
      hs_object_id: ada,
      lastmodifieddate: '2026-03-04T12:00:01.000Z',
    });
    expect((await byEmail('countess@example.org')).body.id).toBe(ada);
    expect((await patch(ada, { lastname: '' })).status).toBe(200); // "Clear a value by sending """
    expect((await get(ada)).body.properties.lastname).toBeNull();
  });

  test('"Read one | 404 category OBJECT_NOT_FOUND"', async () => {
    const hubspot = await start();
    const { get, byEmail, patch } = contactCalls(hubspot);
    expect(await get('1')).toMatchObject({ status: 404, body: { status: 'error', category: 'OBJECT_NOT_FOUND' } });
    expect((await byEmail(ADA)).status).toBe(404);
    expect((await patch('1', { firstname: 'x' })).status).toBe(404);
  });

  test('"Archive | 204, also when repeated"; "restorable 90 days"; archived ones have archivedAt', async () => {
    const hubspot = await start();
    const { id, archive, get, raw, create, byEmail } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    expect((await archive(ada)).status).toBe(204);
    expect((await archive(ada)).status).toBe(204);
    hubspot.switches({ archiveRepeated: 'refused' });
    expect((await archive(ada)).status).toBe(404);
    expect((await get(ada)).status).toBe(404);
    expect((await get(ada, '?archived=true')).body).toMatchObject({
      archived: true,
      archivedAt: '2026-03-04T12:00:00.000Z',
    });
    expect(ids(await raw('GET', ''))).toEqual([]);
    expect(ids(await raw('GET', '?archived=true'))).toEqual([ada]);
    hubspot.act('admin/restore', { email: ADA });
    expect((await byEmail(ADA)).body.id).toBe(ada);
    await archive(ada);
    const second = await create({ email: ADA });
    expect([second.status, second.body.id === ada]).toEqual([201, false]); // the recycle bin holds no address
    expect(() => hubspot.act('admin/restore', { email: ADA })).toThrow();
    await archive(second.body.id);
    hubspot.clock.advance(91 * 86_400_000);
    expect(() => hubspot.act('admin/restore', { id: ada })).toThrow();
  });

  test('"limit default 10, max 100"; "paging.next.after"; "Full scan has no 10k cap"', async () => {
    const hubspot = await start();
    const { id, raw } = contactCalls(hubspot);
    const all: string[] = [];
    for (let at = 0; at < 25; at += 1) all.push(await id({ email: `p${at}@example.org` }));
    const first = await raw('GET', '');
    expect(ids(first)).toEqual(all.slice(0, 10));
    const seen = [...ids(first)];
    for (let after = first.body.paging?.next.after; after !== undefined; ) {
      const page = await raw('GET', `?limit=9&after=${after}`);
      seen.push(...ids(page));
      after = page.body.paging?.next.after;
      if (after !== undefined) expect(page.body.paging.next.link).toContain(`after=${after}`);
    }
    expect(seen).toEqual(all);
    expect(await raw('GET', '?limit=101')).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } });
    expect((await raw('GET', '?limit=100&propertiesWithHistory=email')).status).toBe(400); // "50 UNVERIFIED"
    expect((await raw('GET', '?limit=50&propertiesWithHistory=email')).body.results).toHaveLength(25);
    expect(all[0]?.length).toBeLessThan(all.at(-1)?.length ?? 0); // who compares ids as strings notices
  });

  test('propertiesWithHistory: newest first, with source and time', async () => {
    const hubspot = await start();
    const { id, patch, get } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'A' });
    hubspot.clock.advance(5_000);
    await patch(ada, { firstname: 'Ada' });
    const { body } = await get(ada, '?propertiesWithHistory=firstname');
    expect(body.propertiesWithHistory.firstname).toEqual([
      { value: 'Ada', timestamp: '2026-03-04T12:00:05.000Z', sourceType: 'INTEGRATION' },
      { value: 'A', timestamp: '2026-03-04T12:00:00.000Z', sourceType: 'INTEGRATION' },
    ]);
  });

  test('the same under /crm/objects/2026-03 and 2026-09, and for the object type 0-1: one store', async () => {
    const hubspot = await start();
    const ada = await contactCalls(hubspot).id({ email: ADA });
    for (const base of ['/crm/objects/2026-03/contacts', '/crm/v3/objects/0-1', '/crm/objects/2026-09/0-1']) {
      expect((await contactCalls(hubspot, base).byEmail(ADA)).body.id).toBe(ada);
    }
  });

  test('a body that is no JSON, and one without properties', async () => {
    const hubspot = await start();
    const { raw } = contactCalls(hubspot);
    expect(await raw('POST', '', '{')).toMatchObject({ status: 400, body: { category: 'VALIDATION_ERROR' } });
    expect((await raw('POST', '', { firstname: 'x' })).status).toBe(400);
    expect((await call(hubspot, 'GET', '/crm/v3/objects/unicorns')).status).toBe(404);
  });
});

describe('2.2 merges', () => {
  test('"Merge creates a new record id; both old ids then resolve to it"; "preference untouched"', async () => {
    const hubspot = await start();
    const { id, raw, get, byEmail, batch } = contactCalls(hubspot);
    const ada = await id({ email: ADA, firstname: 'Ada' });
    const other = await id({ email: 'countess@example.org', firstname: 'Countess', jobtitle: 'Analyst' });
    await preferenceCalls(hubspot).unsubscribeAll('countess@example.org');
    const merged = await raw('POST', '/merge', { primaryObjectId: ada, objectIdToMerge: other });
    expect(merged.status).toBe(200);
    const { id: after } = merged.body;
    expect([ada, other]).not.toContain(after);
    for (const old of [ada, other]) expect((await get(old)).body.id).toBe(after);
    const asked = 'firstname,jobtitle,hs_additional_emails,hs_merged_object_ids,hs_email_optout';
    const { body } = await byEmail('countess@example.org', asked);
    expect(body).toMatchObject({
      id: after,
      properties: {
        firstname: 'Ada',
        jobtitle: 'Analyst',
        hs_additional_emails: 'countess@example.org',
        hs_merged_object_ids: `${ada};${other}`,
        hs_email_optout: null,
      },
    });
    expect((await preferenceCalls(hubspot).wide('countess@example.org')).body.results).toHaveLength(1);
    expect(ids(await batch('read', { inputs: [{ id: ada }, { id: other }], properties: [] }))).toEqual([after]);
    expect(ids(await raw('GET', ''))).toEqual([after]);
  });

  test('"Unless the portal is in the Primary ID Preservation beta"; "no contact with itself"', async () => {
    const hubspot = await start({ switches: { mergeKeepsPrimaryId: true } });
    const { id, raw, get } = contactCalls(hubspot);
    const [ada, other] = [await id({ email: ADA }), await id({ email: 'countess@example.org' })];
    expect((await raw('POST', '/merge', { primaryObjectId: ada, objectIdToMerge: other })).body.id).toBe(ada);
    expect((await get(other)).body.id).toBe(ada);
    expect((await raw('POST', '/merge', { primaryObjectId: ada, objectIdToMerge: other })).status).toBe(400);
  });

  test('a merged contact can be merged again, and all old ids follow', async () => {
    const hubspot = await start();
    const { id, raw, get } = contactCalls(hubspot);
    const [a, b, c] = [
      await id({ email: ADA }),
      await id({ email: 'b@example.org' }),
      await id({ email: 'c@example.org' }),
    ];
    const first = (await raw('POST', '/merge', { primaryObjectId: a, objectIdToMerge: b })).body.id;
    const second = (await raw('POST', '/merge', { primaryObjectId: c, objectIdToMerge: first })).body.id;
    for (const old of [a, b, c, first]) expect((await get(old)).body.id).toBe(second);
    const { body } = await get(second, '?properties=hs_merged_object_ids');
    expect(body.properties.hs_merged_object_ids.split(';').sort()).toEqual([a, b, c, first].sort());
  });
});

describe('9. "GDPR delete: contact gone everywhere, blocklist blocks import but a later API create succeeds (the trap)"', () => {
  test('by address, and by id', async () => {
    const hubspot = await start();
    const { id, raw, get, create, search } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    const deleted = await raw('POST', '/gdpr-delete', { objectId: ADA, idProperty: 'email' });
    expect(deleted.status).toBe(204);
    expect((await get(ada)).status).toBe(404);
    expect((await get(ada, '?archived=true')).status).toBe(404);
    expect(ids(await raw('GET', '?archived=true'))).toEqual([]);
    expect((await search({})).body).toEqual({ total: 0, results: [] });
    expect(hubspot.state().events.map((one) => one.subscriptionType)).toContain('contact.privacyDeletion');
    expect(hubspot.act('admin/import-contacts', { emails: [ADA] })).toEqual({
      results: [{ email: ADA, error: 'GDPR_BLACKLISTED_EMAIL' }],
    });
    const again = await create({ email: ADA });
    expect(again.status).toBe(201);
    expect((await raw('POST', '/gdpr-delete', { objectId: again.body.id })).status).toBe(204);
    expect((await raw('POST', '/gdpr-delete', { objectId: again.body.id })).status).toBe(404);
    expect((await raw('POST', '/gdpr-delete', { objectId: 'nobody@example.org', idProperty: 'email' })).status).toBe(
      204,
    );
    expect(hubspot.state().forgotten.has('nobody@example.org')).toBe(true);
  });

  test.each([true, false])('whether the opt-out is forgotten with it is unverified: %s', async (forgets) => {
    const hubspot = await start({ switches: { privacyDeleteForgetsOptOut: forgets } });
    const { id, raw, byEmail } = contactCalls(hubspot);
    await id({ email: ADA });
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    await raw('POST', '/gdpr-delete', { objectId: ADA, idProperty: 'email' });
    await id({ email: ADA });
    expect((await byEmail(ADA, 'hs_email_optout')).body.properties.hs_email_optout).toBe(forgets ? null : 'true');
  });
});
