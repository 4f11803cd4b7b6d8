// Checklist points 4 and 15, section 3.3 of the vendor notes: communication preferences v3, against raw HTTP.
import { describe, expect, test } from 'vitest';
import { call, type Hubspot, preferenceCalls, start, typeNamed } from './client.ts';

const AT = '/communication-preferences/v3';
const ADA = 'ada@example.org';

function v3(hubspot: Hubspot) {
  const post = (path: string, emailAddress: string, subscriptionId: number, more: object = {}) =>
    call(hubspot, 'POST', `${AT}/${path}`, { emailAddress, subscriptionId: String(subscriptionId), ...more });
  return {
    subscribe: (email: string, type: number, more?: object) => post('subscribe', email, type, more),
    unsubscribe: (email: string, type: number, more?: object) => post('unsubscribe', email, type, more),
    statusOf: async (email: string, type: number) => {
      const { body } = await call(hubspot, 'GET', `${AT}/status/email/${encodeURIComponent(email)}`);
      return body.subscriptionStatuses.find((one: { id: string }) => one.id === String(type));
    },
  };
}

describe('15. "Definitions: ≥2 types, one inactive, one internal; a business unit"', () => {
  test('GET /definitions', async () => {
    const hubspot = await start();
    const { body } = await call(hubspot, 'GET', `${AT}/definitions`);
    const types = body.subscriptionDefinitions;
    expect(types).toHaveLength(5);
    expect(types.filter((one: { isActive: boolean }) => !one.isActive)).toHaveLength(1);
    expect(types.filter((one: { isInternal: boolean }) => one.isInternal)).toHaveLength(1);
    expect(types.filter((one: { businessUnitId: number }) => one.businessUnitId !== 0)).toHaveLength(1);
    expect(types[0]).toMatchObject({
      id: String(typeNamed(hubspot, 'Newsletter')),
      name: 'Newsletter',
      communicationMethod: 'Email',
      isDefault: false,
      createdAt: '2026-03-04T12:00:00.000Z',
    });
  });
});

describe('3.3 status', () => {
  test('"NOT_SUBSCRIBED means opted out or never opted in: only sourceOfStatus plus v4 tell them apart", with no contact too', async () => {
    const hubspot = await start();
    const [newsletter, events] = [typeNamed(hubspot, 'Newsletter'), typeNamed(hubspot, 'Events')];
    const { subscribe, unsubscribe, statusOf } = v3(hubspot);
    expect(await statusOf(ADA, newsletter)).toEqual({
      id: String(newsletter),
      name: 'Newsletter',
      description: 'Newsletter by e-mail',
      status: 'NOT_SUBSCRIBED',
      sourceOfStatus: 'SUBSCRIPTION_STATUS',
      brandId: null,
      preferenceGroupName: null,
      legalBasis: null,
      legalBasisExplanation: null,
    });
    await subscribe(ADA, newsletter, { legalBasis: 'CONSENT_WITH_NOTICE', legalBasisExplanation: 'form of 2024' });
    await unsubscribe(ADA, events);
    expect(await statusOf('ADA@Example.org', newsletter)).toMatchObject({
      status: 'SUBSCRIBED',
      legalBasis: 'CONSENT_WITH_NOTICE',
      legalBasisExplanation: 'form of 2024',
    });
    expect(await statusOf(ADA, events)).toMatchObject({
      status: 'NOT_SUBSCRIBED',
      sourceOfStatus: 'SUBSCRIPTION_STATUS',
    });
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    expect(await statusOf(ADA, newsletter)).toMatchObject({
      status: 'NOT_SUBSCRIBED',
      sourceOfStatus: 'PORTAL_WIDE_STATUS',
    });
    expect([...hubspot.state().contacts.live()]).toEqual([]);
    expect((await call(hubspot, 'GET', `${AT}/status/email/nobody`)).status).toBe(400);
  });
});

describe('4. "v3 subscribe after opt-out → exact 400; v3 double unsubscribe → 400 already"', () => {
  test('after an opt-out of the type, and after one of all mail', async () => {
    const hubspot = await start();
    const [newsletter, events] = [typeNamed(hubspot, 'Newsletter'), typeNamed(hubspot, 'Events')];
    const { subscribe, unsubscribe, statusOf } = v3(hubspot);
    expect((await unsubscribe(ADA, newsletter)).body).toMatchObject({ status: 'NOT_SUBSCRIBED' });
    const refused = await subscribe(ADA, newsletter);
    expect([refused.status, refused.body]).toMatchObject([
      400,
      {
        status: 'error',
        message: `Subscription ${newsletter} for ${ADA} cannot be updated because they have unsubscribed`,
        category: 'VALIDATION_ERROR',
      },
    ]);
    const twice = await unsubscribe(ADA, newsletter);
    expect([twice.status, twice.body.message]).toEqual([
      400,
      `${ADA} is already unsubscribed from subscription ${newsletter}`,
    ]);
    await preferenceCalls(hubspot).unsubscribeAll(ADA);
    expect((await subscribe(ADA, events)).body.message).toContain('because they have unsubscribed');
    expect((await unsubscribe(ADA, events)).status).toBe(400);
    expect((await statusOf(ADA, events)).status).toBe('NOT_SUBSCRIBED');
  });

  test('subscribing twice is a switch', async () => {
    const hubspot = await start();
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const { subscribe } = v3(hubspot);
    expect((await subscribe(ADA, newsletter)).body.status).toBe('SUBSCRIBED');
    expect((await subscribe(ADA, newsletter)).status).toBe(400);
    hubspot.switches({ v3RepeatedSubscribe: 'accepted' });
    expect((await subscribe(ADA, newsletter)).status).toBe(200);
  });

  test('"Missing field → 400 Invalid input JSON … Cannot build PublicUpdateSubscriptionStatusRequest"', async () => {
    const hubspot = await start();
    const empty = await call(hubspot, 'POST', `${AT}/subscribe`, {});
    expect([empty.status, empty.body.message]).toEqual([
      400,
      'Invalid input JSON on line 1, column 2: Cannot build PublicUpdateSubscriptionStatusRequest, some of required attributes are not set [emailAddress, subscriptionId]',
    ]);
    expect((await v3(hubspot).subscribe(ADA, 1)).status).toBe(400);
  });
});

describe('2026-09: "same plus POST /subscribe, /unsubscribe, /resubscribe and GET /status/email/{emailAddress} (v3-style bodies)"', () => {
  test.each(['accepted', 'refused'])('"2026-09 /resubscribe semantics" are unverified: %s', async (resubscribe2026) => {
    const hubspot = await start({ switches: { resubscribe2026 } });
    const newsletter = typeNamed(hubspot, 'Newsletter');
    const at = '/communication-preferences/2026-09';
    const body = { emailAddress: ADA, subscriptionId: String(newsletter) };
    expect((await call(hubspot, 'POST', `${at}/unsubscribe`, body)).body.status).toBe('NOT_SUBSCRIBED');
    expect((await call(hubspot, 'POST', `${at}/subscribe`, body)).status).toBe(400);
    const back = await call(hubspot, 'POST', `${at}/resubscribe`, body);
    expect(back.status).toBe(resubscribe2026 === 'accepted' ? 200 : 400);
    const { body: read } = await call(hubspot, 'GET', `${at}/status/email/${ADA}`);
    expect(read.subscriptionStatuses[0].status).toBe(resubscribe2026 === 'accepted' ? 'SUBSCRIBED' : 'NOT_SUBSCRIBED');
    expect((await call(hubspot, 'GET', `${at}/definitions`)).body.results).toHaveLength(5);
    expect((await call(hubspot, 'POST', '/communication-preferences/2026-03/resubscribe', body)).status).toBe(404);
  });
});
