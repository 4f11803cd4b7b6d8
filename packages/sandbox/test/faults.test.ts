import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultRule, type RunningSandbox, startSandbox } from '../src/index.ts';
import { type ToyState, toy } from './toy-vendor.ts';

let sandbox: RunningSandbox<ToyState>;

beforeEach(async () => {
  sandbox = await startSandbox(toy, { seed: 3, clock: { now: () => 0 } });
});
afterEach(() => sandbox.close());

const headers = (): Record<string, string> => ({ authorization: `Bearer ${sandbox.accessToken}` });
const read = (): Promise<Response> => fetch(`${sandbox.url}/counters/a`, { headers: headers() });
const add = (signal?: AbortSignal): Promise<Response> =>
  fetch(`${sandbox.url}/counters/a/add`, {
    method: 'POST',
    body: '{"by":1}',
    headers: headers(),
    ...(signal === undefined ? {} : { signal }),
  });
const setOverHttp = (rules: readonly FaultRule[]): Promise<Response> =>
  fetch(`${sandbox.url}/__sandbox/faults`, { method: 'POST', body: JSON.stringify({ rules }) });

describe('faults', () => {
  test('throttle, server error, expired token and the page of the edge', async () => {
    await setOverHttp([
      { kind: 'throttle', retryAfterS: 7, count: 1 },
      { kind: 'server-error', status: 503, count: 1 },
      { kind: 'expired-token', count: 1 },
      { kind: 'html', status: 403, count: 1 },
    ]);
    const throttled = await read();
    expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
    expect((await read()).status).toBe(503);
    expect((await read()).status).toBe(401);
    const page = await read();
    expect([page.status, page.headers.get('content-type'), await page.text()]).toEqual([
      403,
      'text/html; charset=utf-8',
      expect.stringContaining('Request Blocked'),
    ]);
    expect((await read()).status).toBe(200);
    expect(sandbox.calls().map((call) => call.fault)).toEqual([
      'throttle',
      'server-error',
      'expired-token',
      'html',
      undefined,
    ]);
  });

  test.each([
    ['timeout-before', 0],
    ['timeout-after', 1],
  ] as const)('%s: the write was applied %i times when the client gives up', async (kind, applied) => {
    sandbox.faults([{ kind, route: 'POST /counters/*/add', count: 1 }]);
    const gone = new AbortController();
    const lost = add(gone.signal).catch(() => 'gave up');
    // A read that finds another call in progress is the proof that the write has arrived and is being held.
    while ((sandbox.calls().at(-1)?.concurrent ?? 0) < 2) await read();
    gone.abort();
    expect(await lost).toBe('gave up');
    while (sandbox.stuck.held > 0) await read();
    expect(sandbox.stuck.givenUp).toBe(1);
    expect(sandbox.state().counters.a ?? 0).toBe(applied);
  });

  test.each([
    ['reset', 0],
    ['reset-after', 1],
  ] as const)('%s: the connection breaks, the write was applied %i times', async (kind, applied) => {
    sandbox.faults([{ kind, count: 1 }]);
    await expect(add()).rejects.toThrow();
    expect(sandbox.state().counters.a ?? 0).toBe(applied);
  });

  test('truncated: applied, and half of the answer arrives', async () => {
    sandbox.faults([{ kind: 'truncated', count: 1 }]);
    const response = await add();
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(sandbox.state().counters.a).toBe(1);
  });

  test('Retry-After in seconds and as a date, also where the vendor sends none', async () => {
    sandbox.faults([
      { kind: 'server-error', retryAfterS: 30, count: 1 },
      { kind: 'html', status: 429, retryAfterS: 60, details: { retryAfter: 'date' }, count: 1 },
    ]);
    expect((await read()).headers.get('retry-after')).toBe('30');
    expect((await read()).headers.get('retry-after')).toBe('Thu, 01 Jan 1970 00:01:00 GMT');
  });

  test('redirect: not applied, and where it leads is told', async () => {
    sandbox.faults([{ kind: 'redirect', status: 307, details: { to: 'http://127.0.0.1:1/' }, count: 1 }]);
    const response = await fetch(`${sandbox.url}/counters/a/add`, {
      method: 'POST',
      body: '{"by":1}',
      headers: headers(),
      redirect: 'manual',
    });
    expect([response.status, response.headers.get('location')]).toEqual([307, 'http://127.0.0.1:1/']);
    expect(sandbox.state().counters.a).toBeUndefined();
  });

  test('oversized: applied; a body of the size that was asked for, or one that ends when nobody takes it', async () => {
    sandbox.faults([{ kind: 'oversized', details: { bytes: 300_000 }, count: 1 }, { kind: 'oversized' }]);
    expect(((await (await add()).json()) as { more: string }).more.length).toBeGreaterThanOrEqual(300_000);
    const endless = await read();
    const reader = endless.body?.getReader();
    for (let taken = 0; taken < 5_000_000; ) taken += (await reader?.read())?.value?.length ?? 0;
    await reader?.cancel();
    while (sandbox.calls().length < 2) await read().then((response) => response.body?.cancel());
    expect(sandbox.state().counters.a).toBe(1);
    expect(sandbox.calls()[1]?.bytes).toBeGreaterThan(4_000_000);
  });

  test('drip: applied; the right answer, byte by byte; meanwhile the call is stuck', async () => {
    sandbox.faults([{ kind: 'drip', delayMs: 1, count: 1 }]);
    const response = await add();
    expect(sandbox.stuck.held).toBe(1);
    expect(await response.json()).toEqual({ value: 1 });
    while (sandbox.stuck.held > 0) await read();
    expect(sandbox.stuck.givenUp).toBe(0);
    expect(sandbox.state().counters.a).toBe(1);
  });

  test.each([10, -5])('wrong-length: applied, and %i bytes too many are announced', async (byBytes) => {
    sandbox.faults([{ kind: 'wrong-length', details: { byBytes }, count: 1 }]);
    await expect(add().then((response) => response.json())).rejects.toThrow();
    expect(sandbox.state().counters.a).toBe(1);
  });

  test.each(['corrupt-gzip', 'false-encoding'] as const)('%s: applied, and nobody can unpack it', async (kind) => {
    sandbox.faults([{ kind, count: 1 }]);
    const response = await add();
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip']);
    await expect(response.text()).rejects.toThrow();
    expect(sandbox.state().counters.a).toBe(1);
  });

  test.each([
    [{ kind: 'empty' }, ''],
    [{ kind: 'wrong-shape' }, 'null'],
    [{ kind: 'wrong-shape', details: { body: [] } }, '[]'],
    [{ kind: 'wrong-shape', details: { body: 'ok' } }, '"ok"'],
  ] as const)('%o: applied; the status is right, the body is not', async (fault, body) => {
    sandbox.faults([{ ...fault, count: 1 }]);
    const response = await add();
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      200,
      'application/json; charset=utf-8',
      body,
    ]);
    expect(sandbox.state().counters.a).toBe(1);
  });

  test('wrong-date: the header lies, the clock does not', async () => {
    sandbox.faults([
      { kind: 'wrong-date', details: { byMs: -3_600_000 }, count: 1 },
      { kind: 'wrong-date', count: 1 },
    ]);
    const dates: (string | null)[] = [];
    for (let index = 0; index < 3; index += 1) dates.push((await read()).headers.get('date'));
    expect(dates).toEqual([
      'Wed, 31 Dec 1969 23:00:00 GMT',
      'Thu, 01 Jan 1970 01:00:00 GMT',
      'Thu, 01 Jan 1970 00:00:00 GMT',
    ]);
    expect(sandbox.clock.now()).toBe(0);
  });

  test('a clock that is wrong, in both directions, until it is put right', async () => {
    const clock = (body: object): Promise<Response> =>
      fetch(`${sandbox.url}/__sandbox/clock`, { method: 'POST', body: JSON.stringify(body) });
    await clock({ wrongMs: -3_600_000, advanceMs: 60_000 });
    expect((await read()).headers.get('date')).toBe('Wed, 31 Dec 1969 23:01:00 GMT');
    await clock({ wrongMs: 3_600_000 });
    expect(sandbox.clock.now()).toBe(3_660_000);
    sandbox.clock.setWrong(0);
    expect(sandbox.clock.now()).toBe(60_000);
    expect((await clock({ wrongMs: 'late' })).status).toBe(400);
    sandbox.clock.setWrong(5);
    sandbox.reset();
    expect(sandbox.clock.now()).toBe(0);
  });

  test('a server that is down refuses connections, and keeps its account', async () => {
    await add();
    await sandbox.down();
    await expect(read()).rejects.toThrow('fetch failed');
    await sandbox.up();
    expect(await (await read()).json()).toEqual({ name: 'a', value: 1 });
    await fetch(`${sandbox.url}/__sandbox/outage`, { method: 'POST', body: '{"forMs":20}' });
    const isUp = (): Promise<boolean> =>
      read().then(
        () => true,
        () => false,
      );
    while (await isUp());
    while (!(await isUp()));
    expect(await (await read()).json()).toEqual({ name: 'a', value: 1 });
  });

  test('hit by route, after and count', async () => {
    sandbox.faults([{ kind: 'server-error', route: 'GET /counters/{name}', after: 1, count: 2 }]);
    expect((await add()).status).toBe(200);
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await read()).status);
    expect(statuses).toEqual([200, 500, 500, 200]);
  });

  test('hit at a rate, the same calls for the same seed and others for another', async () => {
    const pattern = async (seed: number): Promise<string> => {
      const other = await startSandbox(toy, { seed });
      other.faults([{ kind: 'server-error', rate: 0.4 }]);
      let hits = '';
      for (let index = 0; index < 40; index += 1) {
        hits += (await fetch(`${other.url}/token`)).status === 500 ? 'x' : '.';
      }
      await other.close();
      return hits;
    };
    const first = await pattern(11);
    expect(first).toMatch(/x/);
    expect(first).toMatch(/\./);
    expect(await pattern(11)).toBe(first);
    expect(await pattern(12)).not.toBe(first);
  });

  test("a vendor's own kind reaches its handler", async () => {
    sandbox.faults([{ kind: 'half-add', count: 1 }]);
    expect(await (await add()).json()).toEqual({ value: 0.5 });
    expect(await (await add()).json()).toEqual({ value: 1.5 });
    expect(sandbox.calls().map((call) => call.fault)).toEqual(['half-add', undefined]);
  });

  test('unknown kinds are refused, and the rules before stay', async () => {
    sandbox.faults([{ kind: 'server-error' }]);
    const refused = await setOverHttp([{ kind: 'gremlin' }]);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('half-add')]);
    expect((await read()).status).toBe(500);
  });
});
