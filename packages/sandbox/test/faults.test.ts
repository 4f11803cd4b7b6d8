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
  });

  test('unknown kinds are refused, and the rules before stay', async () => {
    sandbox.faults([{ kind: 'server-error' }]);
    const refused = await setOverHttp([{ kind: 'gremlin' }]);
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining('half-add')]);
    expect((await read()).status).toBe(500);
  });
});
