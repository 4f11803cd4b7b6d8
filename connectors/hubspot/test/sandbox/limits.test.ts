// Checklist point 10 and section 2.4 of the vendor notes: limits, headers, troubles; against raw HTTP.
import { describe, expect, test } from 'vitest';
import { askToken, CONTACTS, call, contactCalls, start } from './client.ts';

const names = (headers: Headers): readonly string[] =>
  [...headers.keys()].filter((name) => name.startsWith('x-hubspot-ratelimit')).sort();

describe('10. "10 s window per token with headers, search 5/s without interval headers, daily quota, the three 429 bodies"', () => {
  test('"190 / 10 s": the window of an app', async () => {
    const hubspot = await start({ switches: { tenSecondLimit: 3 } });
    const { raw } = contactCalls(hubspot);
    const first = await raw('GET', '');
    expect(Object.fromEntries([...first.headers].filter(([name]) => name.startsWith('x-hubspot-ratelimit')))).toEqual({
      'x-hubspot-ratelimit-daily': '625000',
      'x-hubspot-ratelimit-daily-remaining': '624999',
      'x-hubspot-ratelimit-interval-milliseconds': '10000',
      'x-hubspot-ratelimit-max': '3',
      'x-hubspot-ratelimit-remaining': '2',
      'x-hubspot-ratelimit-secondly': '0',
      'x-hubspot-ratelimit-secondly-remaining': '0',
    });
    await raw('GET', '');
    await raw('GET', '');
    const refused = await raw('GET', '');
    expect(refused.status).toBe(429);
    expect(refused.body).toMatchObject({
      status: 'error',
      message: 'You have reached your ten_secondly_rolling limit.',
      errorType: 'RATE_LIMIT',
      policyName: 'TEN_SECONDLY_ROLLING',
    });
    expect(refused.headers.get('retry-after')).toBeNull();
    expect(refused.headers.get('x-hubspot-ratelimit-remaining')).toBe('0');
    hubspot.clock.advance(10_000);
    expect((await raw('GET', '')).status).toBe(200);
  });

  test.each([
    ['free', '100', '250000'],
    ['professional', '190', '625000'],
    ['enterprise', '190', '1000000'],
  ])('the limits of the plan %s', async (plan, burst, daily) => {
    const hubspot = await start({ switches: { plan } });
    const { headers } = await contactCalls(hubspot).raw('GET', '');
    expect([headers.get('x-hubspot-ratelimit-max'), headers.get('x-hubspot-ratelimit-daily')]).toEqual([burst, daily]);
  });

  test('"Public OAuth app | 110 / 10 s | none [per day]"; "OAuth responses lack Daily headers"; apps do not share', async () => {
    const hubspot = await start({ switches: { dailyLimit: 1 } });
    const { body } = await askToken(hubspot, {
      grant_type: 'refresh_token',
      refresh_token: hubspot.oauth.refreshToken,
    });
    for (let at = 0; at < 2; at += 1) {
      const { status, headers } = await call(hubspot, 'GET', CONTACTS, undefined, body.access_token);
      expect([status, headers.get('x-hubspot-ratelimit-max')]).toEqual([200, '110']);
      expect(names(headers).filter((name) => name.includes('daily'))).toEqual([]);
    }
    expect((await call(hubspot, 'GET', CONTACTS)).status).toBe(200);
  });

  test('"Search endpoints | 5 / s per account, all apps together"; "only Daily pair"', async () => {
    const hubspot = await start();
    const { search } = contactCalls(hubspot);
    const { body } = await askToken(hubspot, {
      grant_type: 'refresh_token',
      refresh_token: hubspot.oauth.refreshToken,
    });
    const first = await search({});
    expect(names(first.headers)).toEqual(['x-hubspot-ratelimit-daily', 'x-hubspot-ratelimit-daily-remaining']);
    for (let at = 0; at < 4; at += 1) await search({});
    const refused = await call(hubspot, 'POST', `${CONTACTS}/search`, {}, body.access_token);
    expect(refused.status).toBe(429);
    expect(Object.keys(refused.body).sort()).toEqual(['category', 'correlationId', 'message', 'status']);
    expect(refused.body).toMatchObject({ message: 'You have reached your secondly limit.', category: 'RATE_LIMITS' });
    hubspot.clock.advance(1_000);
    expect((await search({})).status).toBe(200);
  });

  test('"the daily quota resets at midnight there", in the time zone of the account', async () => {
    const hubspot = await start({ switches: { dailyLimit: 2 } }); // 07:00 in New York
    const { raw, search } = contactCalls(hubspot);
    expect((await raw('GET', '')).headers.get('x-hubspot-ratelimit-daily-remaining')).toBe('1');
    await search({});
    const refused = await raw('GET', '');
    expect(refused).toMatchObject({
      status: 429,
      body: { message: 'You have reached your daily limit.', errorType: 'RATE_LIMIT', policyName: 'DAILY' },
    });
    hubspot.clock.advance(17 * 3_600_000 - 1);
    expect((await raw('GET', '')).status).toBe(429);
    hubspot.clock.advance(1);
    expect((await raw('GET', '')).status).toBe(200);
  });
});

describe('10. "fault injection 423, 477 + Retry-After, 502 HTML, socket reset, slow body"', () => {
  test('each as the vendor answers it', async () => {
    const hubspot = await start();
    const { raw } = contactCalls(hubspot);
    hubspot.faults([
      { kind: 'locked', count: 1 },
      { kind: 'migrating', count: 1, retryAfterS: 3_600 },
      { kind: 'daily-limit', count: 1 },
    ]);
    expect((await raw('GET', '')).status).toBe(423);
    const migrating = await raw('GET', '');
    expect([migrating.status, migrating.headers.get('retry-after')]).toEqual([477, '3600']);
    expect((await raw('GET', '')).body.policyName).toBe('DAILY');
    hubspot.faults([
      { kind: 'html', status: 502, count: 1 },
      { kind: 'reset', count: 1 },
      { kind: 'server-error', status: 503, count: 1 },
      { kind: 'throttle', count: 1 },
      { kind: 'throttle', count: 1, details: { policy: 'DAILY' } },
    ]);
    const html = await raw('GET', '');
    expect([html.status, html.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
    await expect(raw('GET', '')).rejects.toThrow();
    expect(await raw('GET', '')).toMatchObject({ status: 503, body: { status: 'error' } });
    expect((await raw('GET', '')).body.policyName).toBe('TEN_SECONDLY_ROLLING');
    expect((await raw('GET', '')).body.policyName).toBe('DAILY');
    hubspot.faults([{ kind: 'throttle', count: 1 }]);
    expect((await raw('POST', '/search', {})).body).not.toHaveProperty('policyName');
  });

  test('a write whose answer was lost did happen: "create (retry ends in 409)"', async () => {
    const hubspot = await start();
    const { create } = contactCalls(hubspot);
    hubspot.faults([{ kind: 'reset-after', count: 1 }]);
    await expect(create({ email: 'ada@example.org' })).rejects.toThrow();
    expect((await create({ email: 'ada@example.org' })).status).toBe(409);
  });

  test('"414 | URI too long | fewer properties in GET"', async () => {
    const hubspot = await start();
    const { status, body } = await contactCalls(hubspot).raw('GET', `?properties=${'x'.repeat(16_000)}`);
    expect([status, typeof body]).toEqual([414, 'string']);
  });

  test('calls name the records they touched', async () => {
    const hubspot = await start();
    const ada = await contactCalls(hubspot).id({ email: 'ada@example.org' });
    expect(hubspot.calls()).toMatchObject([{ method: 'POST', path: CONTACTS, status: 201, touched: [ada] }]);
  });
});
