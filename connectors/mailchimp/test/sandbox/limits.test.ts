// Checklist point 11 and section 1 of the vendor notes: connections, edge, key; against raw HTTP.
import { describe, expect, test } from 'vitest';
import { audienceCalls, call, start } from './client.ts';

describe('11. "Connection limit: the 11th parallel request → 429 without headers; fault injection 403/503 HTML, ECONNRESET, slow 120 s"', () => {
  test('ten calls are held, the eleventh is refused without Retry-After', async () => {
    const mailchimp = await start();
    mailchimp.faults([{ kind: 'timeout-before', route: 'DELETE /**' }]);
    const gone = new AbortController();
    const held = Array.from({ length: 10 }, () =>
      fetch(`${mailchimp.url}/3.0/x`, { method: 'DELETE', signal: gone.signal }).catch(() => 'gave up'),
    );
    let answer = await call(mailchimp, 'GET', '/ping');
    while (answer.status === 200) answer = await call(mailchimp, 'GET', '/ping'); // until all ten have arrived
    expect(answer).toMatchObject({
      status: 429,
      body: { title: 'Too Many Requests', detail: 'You have exceeded the limit of 10 simultaneous connections.' },
    });
    expect(answer.headers.get('retry-after')).toBeNull();
    expect([...answer.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
    gone.abort();
    await Promise.all(held);
  });

  test('"High volume can be answered by a bare 403 or 503 HTML page without JSON", resets and throttling', async () => {
    const mailchimp = await start();
    mailchimp.faults([
      { kind: 'html', status: 403, count: 1 },
      { kind: 'html', count: 1 },
      { kind: 'throttle', count: 1 },
      { kind: 'server-error', status: 502, count: 1 },
      { kind: 'reset', count: 1 },
    ]);
    const first = await call(mailchimp, 'GET', '/ping');
    expect([first.status, first.headers.get('content-type')]).toEqual([403, 'text/html; charset=utf-8']);
    expect((await call(mailchimp, 'GET', '/ping')).status).toBe(503);
    const throttled = await call(mailchimp, 'GET', '/ping');
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, null]);
    expect((await call(mailchimp, 'GET', '/ping')).body.status).toBe(502);
    await expect(call(mailchimp, 'GET', '/ping')).rejects.toThrow();
  });

  test('a write whose answer was lost did happen: "POST add then means Member Exists"', async () => {
    const mailchimp = await start();
    const { add } = audienceCalls(mailchimp);
    mailchimp.faults([{ kind: 'reset-after', route: 'POST /3.0/lists/*/members', count: 1 }]);
    await expect(add('ada@example.org')).rejects.toThrow();
    expect((await add('ada@example.org')).body.title).toBe('Member Exists');
  });
});

describe('1. "HTTP Basic with any user name, or Authorization: Bearer <key>"', () => {
  test('both work; a wrong key or data centre is 401 API Key Invalid', async () => {
    const mailchimp = await start();
    expect(mailchimp.accessToken).toMatch(/^[0-9a-f]{32}-us6$/);
    expect(mailchimp.env).toEqual({ SANDBOX_MAILCHIMP_KEY: mailchimp.accessToken });
    const ping = (authorization?: string) =>
      fetch(`${mailchimp.url}/3.0/ping`, authorization === undefined ? {} : { headers: { authorization } });
    expect(await (await ping(`Bearer ${mailchimp.accessToken}`)).json()).toEqual({
      health_status: "Everything's Chimpy!",
    });
    expect((await call(mailchimp, 'GET', '/ping')).status).toBe(200);
    const wrong = await ping(`Bearer ${mailchimp.accessToken.replace('us6', 'us7')}`);
    expect([wrong.status, await wrong.json()]).toMatchObject([
      401,
      {
        title: 'API Key Invalid',
        detail: "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
      },
    ]);
    expect((await ping()).status).toBe(401);
    mailchimp.faults([{ kind: 'expired-token' }]);
    expect((await call(mailchimp, 'GET', '/ping')).body.title).toBe('API Key Invalid');
  });

  test('"Identity: GET / → account_id, login_id, account_name, email, role, pricing_plan_type, total_subscribers"', async () => {
    const mailchimp = await start();
    await audienceCalls(mailchimp).add('ada@example.org');
    const { body } = await call(mailchimp, 'GET', '/');
    expect(body).toMatchObject({ role: 'owner', total_subscribers: 1, account_timezone: 'UTC' });
    expect((await call(mailchimp, 'GET', '')).body.account_id).toBe(body.account_id);
    expect(await start({ seed: 9 }).then((other) => other.state().accountId)).not.toBe(body.account_id);
  });
});
