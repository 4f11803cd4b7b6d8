// Checklist points 2 to 4, sections 3.1, 3.2 and 3.4 of the vendor notes: preferences of addresses, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, contactCalls, type Hubspot, ids, NOON, preferenceCalls, start, typeNamed } from './client.ts';

const ADA = 'ada@example.org';
const optOutOf = async (hubspot: Hubspot, email: string) =>
  (await contactCalls(hubspot).byEmail(email, 'hs_email_optout')).body.properties.hs_email_optout;

async function statusOf(hubspot: Hubspot, email: string, type: number) {
  const { body } = await preferenceCalls(hubspot).statuses(email);
  return body.results.find((one: { subscriptionId: number }) => one.subscriptionId === type);
}

describe('2. "Address-level preference store separate from contacts"', () => {
  test('"unsubscribe-all on an unknown address creates no contact; a later contact shows hs_email_optout: true"', async () => {
    const hubspot = await start();
    const { unsubscribeAll, wide } = preferenceCalls(hubspot);
    const { status, body } = await unsubscribeAll('Ada@Example.org');
    expect([status, body.status, body.results]).toEqual([200, 'COMPLETE', []]); // "results are empty unless verbose=true"
    expect(ids(await contactCalls(hubspot).raw('GET', ''))).toEqual([]);
    expect((await wide(ADA)).body.results).toEqual([
      {
        subscriberIdString: ADA,
        channel: 'EMAIL',
        status: 'UNSUBSCRIBED',
        wideStatusType: 'PORTAL_WIDE',
        businessUnitId: 0,
        timestamp: '2026-03-04T12:00:00.000Z',
      },
    ]);
    await contactCalls(hubspot).id({ email: ADA });
    expect(await optOutOf(hubspot, ADA)).toBe('true');
    expect((await wide('bob@example.org')).body.results).toEqual([]);
  });

  test('"survives archive and re-create; follows the address when a contact\'s email changes"', async () => {
    const hubspot = await start();
    const { id, archive, patch } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    await archive(ada);
    const second = await id({ email: ADA });
    expect(await optOutOf(hubspot, ADA)).toBe('true');
    await patch(second, { email: 'countess@example.org' });
    expect(await optOutOf(hubspot, 'countess@example.org')).toBeNull();
    await patch(second, { email: ADA });
    expect(await optOutOf(hubspot, ADA)).toBe('true');
  });

  test('an opt-out while the contact is in the recycle bin shows after its restore', async () => {
    const hubspot = await start();
    const { id, archive } = contactCalls(hubspot);
    await archive(await id({ email: ADA }));
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    hubspot.act('admin/restore', { email: ADA });
    expect(await optOutOf(hubspot, ADA)).toBe('true');
  });

  test('"Opt-out is per address, so check the address you will mail": a further address shows nowhere', async () => {
    const hubspot = await start();
    await contactCalls(hubspot).id({ email: ADA, hs_additional_emails: 'countess@example.org' });
    await preferenceCalls(hubspot).unsubscribeAll('countess@example.org');
    expect(await optOutOf(hubspot, ADA)).toBeNull();
    expect((await preferenceCalls(hubspot).wide('countess@example.org')).body.results).toHaveLength(1);
  });
});

describe('3.2 mirrors', () => {
  test('"hs_email_optout_<subscriptionId>": one type, and "a change bumps lastmodifieddate"', async () => {
    const hubspot = await start();
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const { id, get } = contactCalls(hubspot);
    const ada = await id({ email: ADA });
    hubspot.clock.advance(5_000);
    await preferenceCalls(hubspot).write(ADA, newsletter, 'UNSUBSCRIBED');
    const name = `hs_email_optout_${newsletter}`;
    const { body } = await get(ada, `?properties=hs_email_optout,${name}&propertiesWithHistory=${name}`);
    expect(body.properties).toMatchObject({ hs_email_optout: null, [name]: 'true' });
    expect(body.updatedAt).toBe('2026-03-04T12:00:05.000Z');
    expect(body.propertiesWithHistory[name][0]).toMatchObject({ value: 'true', sourceType: 'INTEGRATION' });
    await preferenceCalls(hubspot).write(ADA, newsletter, 'SUBSCRIBED');
    expect((await get(ada, `?properties=${name}`)).body.properties[name]).toBe('false');
  });
});

describe.each(['v4', '2026-03', '2026-09'].map((version) => `/communication-preferences/${version}`))(
  '3.4 %s',
  (base) => {
    test('"channel=EMAIL is required (400 without it)"', async () => {
      const hubspot = await start();
      for (const [method, path] of [
        ['GET', `/statuses/${ADA}`],
        ['GET', `/statuses/${ADA}/unsubscribe-all`],
        ['POST', `/statuses/${ADA}/unsubscribe-all`],
      ] as const) {
        const { status, body } = await call(hubspot, method, base + path);
        expect([status, body.category]).toEqual([400, 'VALIDATION_ERROR']);
      }
      const body = { statusState: 'UNSUBSCRIBED', subscriptionId: typeNamed(hubspot, 'Newsletter') };
      expect((await call(hubspot, 'POST', `${base}/statuses/${ADA}`, body)).status).toBe(400);
      expect((await call(hubspot, 'POST', `${base}/statuses/nobody`, { ...body, channel: 'EMAIL' })).status).toBe(400);
      expect((await preferenceCalls(hubspot, base).write(ADA, 1, 'UNSUBSCRIBED')).status).toBe(400);
    });

    test('"v4 SUBSCRIBED → 200 RESUBSCRIBE_OCCURRED; repeat → NO_STATUS_CHANGE"', async () => {
      const hubspot = await start();
      const newsletter = typeNamed(hubspot, 'Newsletter');
      const { write } = preferenceCalls(hubspot, base);
      const reason = async (state: string) => {
        const { status, body } = await write(ADA, newsletter, state);
        return [status, body.results[0].status, body.results[0].setStatusSuccessReason];
      };
      expect(await reason('SUBSCRIBED')).toEqual([200, 'SUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED']);
      expect(await reason('SUBSCRIBED')).toEqual([200, 'SUBSCRIBED', 'NO_STATUS_CHANGE']);
      expect(await reason('UNSUBSCRIBED')).toEqual([200, 'UNSUBSCRIBED', 'REQUESTED_CHANGE_OCCURRED']);
      expect(await reason('UNSUBSCRIBED')).toEqual([200, 'UNSUBSCRIBED', 'NO_STATUS_CHANGE']);
      expect(await reason('SUBSCRIBED')).toEqual([200, 'SUBSCRIBED', 'RESUBSCRIBE_OCCURRED']);
      expect(await reason('NOT_SPECIFIED')).toEqual([200, 'NOT_SPECIFIED', 'REQUESTED_CHANGE_OCCURRED']);
      expect(await reason('NOT_SPECIFIED')).toEqual([200, 'NOT_SPECIFIED', 'NO_STATUS_CHANGE']);
      expect((await write(ADA, newsletter, 'MAYBE')).status).toBe(400);
    });

    test('unsubscribe-all: verbose, repeatable, and its time stays the first one', async () => {
      const hubspot = await start();
      const { unsubscribeAll, wide, statuses } = preferenceCalls(hubspot, base);
      const first = await unsubscribeAll(ADA, '&verbose=true');
      expect(first.body.results).toHaveLength(4); // the active types
      expect(first.body.results[0]).toMatchObject({
        status: 'UNSUBSCRIBED',
        source: 'Public status API',
        setStatusSuccessReason: 'UNSUBSCRIBE_FROM_ALL_OCCURRED',
      });
      hubspot.clock.advance(60_000);
      expect((await unsubscribeAll(ADA, '&verbose=true')).body.results[0].setStatusSuccessReason).toBe(
        'NO_STATUS_CHANGE',
      );
      expect((await wide(ADA)).body.results[0].timestamp).toBe(new Date(NOON).toISOString());
      expect((await statuses(ADA)).body.results.map((one: { status: string }) => one.status)).toEqual(
        Array.from({ length: 4 }, () => 'UNSUBSCRIBED'),
      );
    });

    test('definitions, by business unit too', async () => {
      const hubspot = await start();
      const all = await call(hubspot, 'GET', `${base}/definitions`);
      expect([all.body.status, all.body.results.length]).toEqual(['COMPLETE', 5]);
      const brand = hubspot.state().brands[0]?.id;
      const own = await call(hubspot, 'GET', `${base}/definitions?businessUnitId=${brand}`);
      expect(own.body.results).toMatchObject([{ name: 'Outlet news' }]);
      hubspot.switches({ preferenceEnvelope: 'SUCCESS' }); // "v4 docs sample shows envelope status SUCCESS"
      expect((await call(hubspot, 'GET', `${base}/definitions`)).body.status).toBe('SUCCESS');
    });

    test('links/generate gives preference-page links', async () => {
      const hubspot = await start();
      const { status, body } = await call(hubspot, 'POST', `${base}/links/generate?channel=EMAIL`, {
        subscriberIdString: ADA,
      });
      expect([status, body.subscriberIdString]).toEqual([200, ADA]);
      expect(body.managePreferencesUrl).toMatch(/^https:/);
      expect(body.unsubscribeAllUrl).toMatch(/^https:/);
    });
  },
);

describe('3.4 "Whether subscribing one type clears a portal-wide opt-out is UNVERIFIED"', () => {
  test.each([false, true])('a switch: %s', async (ends) => {
    const hubspot = await start({ switches: { resubscribeEndsWideOptOut: ends } });
    const [newsletter, events] = [typeNamed(hubspot, 'Newsletter'), typeNamed(hubspot, 'Events')];
    const { write, unsubscribeAll, wide } = preferenceCalls(hubspot);
    await contactCalls(hubspot).id({ email: ADA });
    await unsubscribeAll(ADA);
    const { body } = await write(ADA, newsletter, 'SUBSCRIBED');
    expect(body.results[0].setStatusSuccessReason).toBe('RESUBSCRIBE_OCCURRED');
    expect((await statusOf(hubspot, ADA, newsletter)).status).toBe('SUBSCRIBED');
    expect((await statusOf(hubspot, ADA, events)).status).toBe('UNSUBSCRIBED');
    expect((await wide(ADA)).body.results).toHaveLength(ends ? 0 : 1);
    expect(await optOutOf(hubspot, ADA)).toBe(ends ? 'false' : 'true');
    await unsubscribeAll(ADA);
    expect((await statusOf(hubspot, ADA, newsletter)).status).toBe('UNSUBSCRIBED');
    expect(await optOutOf(hubspot, ADA)).toBe('true');
  });
});

describe('3.1 "Brand-wide (business unit) opt-out, add-on only"', () => {
  test('covers the types of the brand', async () => {
    const hubspot = await start();
    const brand = hubspot.state().brands[0]?.id;
    const [newsletter, outlet] = [typeNamed(hubspot, 'Newsletter'), typeNamed(hubspot, 'Outlet news')];
    const { unsubscribeAll, wide } = preferenceCalls(hubspot);
    await contactCalls(hubspot).id({ email: ADA });
    await unsubscribeAll(ADA, `&businessUnitId=${brand}`);
    expect((await wide(ADA)).body.results).toMatchObject([
      { wideStatusType: 'BUSINESS_UNIT_WIDE', businessUnitId: brand },
    ]);
    expect((await statusOf(hubspot, ADA, outlet)).status).toBe('UNSUBSCRIBED');
    expect((await statusOf(hubspot, ADA, newsletter)).status).toBe('NOT_SPECIFIED');
    expect(await optOutOf(hubspot, ADA)).toBeNull();
    expect((await unsubscribeAll(ADA, '&businessUnitId=77')).status).toBe(400);
  });
});

describe('4. "legal basis required when the privacy switch is on"', () => {
  test.each(['never', 'subscribing', 'always'])('%s', async (legalBasisRequired) => {
    const hubspot = await start({ switches: { legalBasisRequired } });
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const { write } = preferenceCalls(hubspot);
    const basis = { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'form of 2024' };
    expect((await write(ADA, newsletter, 'SUBSCRIBED')).status).toBe(legalBasisRequired === 'never' ? 200 : 400);
    const written = await write(ADA, newsletter, 'SUBSCRIBED', basis);
    expect(written.status).toBe(200);
    const optOut = await write(ADA, newsletter, 'UNSUBSCRIBED');
    expect(optOut.status).toBe(legalBasisRequired === 'always' ? 400 : 200);
    expect((await write('bob@example.org', newsletter, 'SUBSCRIBED', { ...basis, legalBasis: 'WISH' })).status).toBe(
      400,
    );
    await write('bob@example.org', newsletter, 'SUBSCRIBED', basis);
    expect(await statusOf(hubspot, 'bob@example.org', newsletter)).toMatchObject(basis);
  });
});

describe('3.4 "statuses/batch/…: Enterprise only, else 403"', () => {
  const batch = (hubspot: Hubspot, name: string, inputs: readonly unknown[], query = 'channel=EMAIL') =>
    call(hubspot, 'POST', `/communication-preferences/v4/statuses/batch/${name}?${query}`, { inputs });

  test('403 on other plans, also with the scope', async () => {
    const hubspot = await start();
    for (const name of ['read', 'write', 'unsubscribe-all', 'unsubscribe-all/read']) {
      expect((await batch(hubspot, name, [ADA])).status, name).toBe(403);
    }
    expect(hubspot.state().addresses.size).toBe(0);
  });

  test('on Enterprise: many addresses in a call; a bad one is an error of the envelope', async () => {
    const hubspot = await start({ switches: { plan: 'enterprise' } });
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const written = await batch(hubspot, 'write', [
      { subscriberIdString: ADA, channel: 'EMAIL', statusState: 'UNSUBSCRIBED', subscriptionId: newsletter },
      { subscriberIdString: 'nobody', channel: 'EMAIL', statusState: 'UNSUBSCRIBED', subscriptionId: newsletter },
    ]);
    expect(written.body).toMatchObject({
      numErrors: 1,
      results: [{ subscriberIdString: ADA, status: 'UNSUBSCRIBED' }],
    });
    const out = await batch(hubspot, 'unsubscribe-all', [ADA, 'bob@example.org'], 'channel=EMAIL&verbose=true');
    expect(out.body.results.map((one: { statuses: unknown[] }) => one.statuses.length)).toEqual([4, 4]);
    const wide = await batch(hubspot, 'unsubscribe-all/read', [ADA, 'eve@example.org', 'nobody']);
    expect(wide.status).toBe(207); // "Envelope 207 with errors[] possible in batch read"
    expect(wide.body.results).toMatchObject([
      { subscriberIdString: ADA, wideStatuses: [{ wideStatusType: 'PORTAL_WIDE' }] },
      { subscriberIdString: 'eve@example.org', wideStatuses: [] },
    ]);
    const read = await batch(hubspot, 'read', [ADA]);
    expect(read.body.results[0].statuses).toHaveLength(4);
    expect((await batch(hubspot, 'read', [ADA], '')).status).toBe(400);
    expect(
      (
        await batch(
          hubspot,
          'read',
          Array.from({ length: 101 }, () => ADA),
        )
      ).status,
    ).toBe(400);
    hubspot.switches({ preferenceBatchMax: 500 });
    expect(
      (
        await batch(
          hubspot,
          'read',
          Array.from({ length: 101 }, () => ADA),
        )
      ).status,
    ).toBe(200);
  });
});
