import {
  type Answer,
  type CallSpec,
  ConnectorError,
  type ErrorDetails,
  type ErrorKind,
  type RateLimit,
} from '@heed/contract';
import { describe, expect, it } from 'vitest';
import {
  createMeter,
  createTools,
  fakeClock,
  memoryQuota,
  memoryVault,
  type PermitRequest,
  type RetryPolicy,
  safeMessage,
} from '../src/index.ts';

const setUp = (limits: readonly RateLimit[] = [], retry: Partial<RetryPolicy> = {}) => {
  const clock = fakeClock();
  const meter = createMeter();
  const quota = memoryQuota(clock);
  const make = () =>
    createTools({
      connector: 'demo',
      account: 'a',
      limits,
      clock,
      random: () => 0.5,
      quota,
      vault: memoryVault(),
      meter,
      retry,
    });
  return { clock, meter, quota, tools: make(), make };
};

const spec = (more: Partial<CallSpec> = {}): CallSpec => ({
  name: 'query',
  kind: 'read',
  repeatable: true,
  signal: new AbortController().signal,
  ...more,
});
const write = (more: Partial<CallSpec> = {}): CallSpec =>
  spec({ name: 'update', kind: 'write', repeatable: false, ...more });

/** Fails with the given errors, one per try, then answers 'ok'. */
const failing = (...errors: readonly (ConnectorError | Error)[]) => {
  const left = [...errors];
  const tries = { count: 0 };
  const request = async (): Promise<Answer<string>> => {
    tries.count += 1;
    const error = left.shift();
    if (error !== undefined) throw error;
    return { value: 'ok' };
  };
  return { tries, request };
};
const failure = (kind: ErrorKind, details: ErrorDetails = {}) => new ConnectorError(kind, kind, details);

const settle = async <T>(clock: ReturnType<typeof fakeClock>, work: Promise<T>): Promise<T> => {
  let done = false;
  const watched = work.finally(() => {
    done = true;
  });
  watched.catch(() => {});
  for (let steps = 0; !done && steps < 1000; steps += 1) if (!(await clock.advanceToNext())) await Promise.resolve();
  return watched;
};

const errorOf = async (work: Promise<unknown>): Promise<ConnectorError> => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ConnectorError);
  return error as ConnectorError;
};

describe('retries', () => {
  it.each(['rate-limited', 'unavailable'] as const)('repeats a read that is %s', async (kind) => {
    const { clock, tools, meter } = setUp();
    const { request, tries } = failing(failure(kind), failure(kind));
    expect(await settle(clock, tools.call(spec(), request))).toBe('ok');
    expect(tries.count).toBe(3);
    expect(meter.counts()).toEqual({ query: { calls: 3, retries: 2, failures: 2, bytes: 0 } });
  });

  it.each(['auth', 'forbidden', 'config', 'invalid', 'missing', 'stale', 'refused', 'protocol'] as const)(
    'never repeats %s',
    async (kind) => {
      const { clock, tools } = setUp();
      const { request, tries } = failing(failure(kind));
      expect((await errorOf(settle(clock, tools.call(spec(), request)))).kind).toBe(kind);
      expect(tries.count).toBe(1);
    },
  );

  it('does not repeat a write that may have been applied, and says so', async () => {
    for (const error of [
      failure('unavailable'),
      failure('unavailable', { mayHaveApplied: true }),
      failure('rate-limited', { mayHaveApplied: true }),
    ]) {
      const { clock, tools } = setUp();
      const { request, tries } = failing(error);
      expect((await errorOf(settle(clock, tools.call(write(), request)))).details.mayHaveApplied).toBe(true);
      expect(tries.count).toBe(1);
    }
  });

  it('repeats a write that surely was not applied', async () => {
    for (const error of [failure('unavailable', { mayHaveApplied: false }), failure('rate-limited')]) {
      const { clock, tools } = setUp();
      const { request, tries } = failing(error);
      expect(await settle(clock, tools.call(write(), request))).toBe('ok');
      expect(tries.count).toBe(2);
    }
  });

  it('keeps the doubt of an earlier try when a later one surely failed', async () => {
    const { clock, tools } = setUp([], { maxAttempts: 2 });
    const { request } = failing(
      failure('unavailable', { mayHaveApplied: true }),
      failure('unavailable', { mayHaveApplied: false }),
    );
    const error = await errorOf(settle(clock, tools.call(write({ repeatable: true }), request)));
    expect(error.details.mayHaveApplied).toBe(true);
  });

  it('gives up after the last try with its error', async () => {
    const { clock, tools } = setUp([], { maxAttempts: 3 });
    const { request, tries } = failing(...Array.from({ length: 9 }, () => failure('unavailable')));
    expect((await errorOf(settle(clock, tools.call(spec(), request)))).kind).toBe('unavailable');
    expect(tries.count).toBe(3);
  });

  it('doubles the pause, with full jitter', async () => {
    const { clock, tools } = setUp();
    const begin = clock.now();
    const at: number[] = [];
    const call = tools.call(spec(), async () => {
      at.push(clock.now() - begin);
      if (at.length < 4) throw failure('unavailable');
      return { value: 1 };
    });
    await settle(clock, call);
    expect(at).toEqual([0, 250, 750, 1750]);
  });

  it('never comes back before Retry-After, nor does anybody else of the account', async () => {
    const { clock, tools, make } = setUp();
    const begin = clock.now();
    let tries = 0;
    const slow = tools.call(spec(), async () => {
      tries += 1;
      if (tries === 1) throw failure('rate-limited', { retryAfterMs: 20_000 });
      return { value: clock.now() - begin };
    });
    await clock.advance(1);
    const other = make().call(spec(), async () => ({ value: clock.now() - begin }));
    await clock.advance(19_000);
    expect(tries).toBe(1);
    expect(await settle(clock, slow)).toBeGreaterThanOrEqual(20_000);
    expect(await settle(clock, other)).toBeGreaterThanOrEqual(20_000);
  });

  it('ends with the error instead of sleeping for hours', async () => {
    const { clock, tools } = setUp();
    const { request, tries } = failing(failure('rate-limited', { retryAfterMs: 3_600_000 }));
    const error = await errorOf(settle(clock, tools.call(spec(), request)));
    expect(error.details.retryAfterMs).toBe(3_600_000);
    expect(tries.count).toBe(1);
  });
});

describe('a wait of years', () => {
  it('silences the account for an hour at most', async () => {
    const { clock, tools, make } = setUp();
    await errorOf(settle(clock, tools.call(spec(), failing(failure('rate-limited', { retryAfterMs: 1e12 })).request)));
    const other = await errorOf(make().call(spec(), failing().request));
    expect(other).toMatchObject({ kind: 'rate-limited', details: { retryAfterMs: 3_600_000 } });
    await clock.advance(3_600_000);
    expect(await settle(clock, make().call(spec(), failing().request))).toBe('ok');
  });
});

describe('time-outs and stops', () => {
  const never = (): Promise<never> => new Promise(() => {});

  it('gives each call a time-out, aborts it and doubts a write', async () => {
    const { clock, tools } = setUp();
    let aborted = false;
    const call = tools.call(write({ timeoutMs: 30_000 }), (signal) => {
      signal.addEventListener('abort', () => {
        aborted = true;
      });
      return never();
    });
    call.catch(() => {});
    await clock.advance(29_999);
    expect(aborted).toBe(false);
    await clock.advance(1);
    const error = await errorOf(call);
    expect(aborted).toBe(true);
    expect(error).toMatchObject({ kind: 'unavailable', details: { code: 'time-out', mayHaveApplied: true } });
    expect(error.message).toMatch(/^\w+ \w+: no answer within \d+ s$/); // Which system, which call.
  });

  it('repeats a read that timed out', async () => {
    const { clock, tools } = setUp();
    let tries = 0;
    const call = tools.call(spec(), () => {
      tries += 1;
      return tries === 1 ? never() : Promise.resolve({ value: tries });
    });
    expect(await settle(clock, call)).toBe(2);
  });

  it('ends at once when the caller stops, and leaves no connection behind', async () => {
    const { clock, tools } = setUp([{ kind: 'concurrent', max: 1, source: 'test' }]);
    const stop = new AbortController();
    const call = tools.call(write({ signal: stop.signal }), never);
    call.catch(() => {});
    await clock.advance(10);
    stop.abort();
    expect(await errorOf(call)).toMatchObject({
      kind: 'unavailable',
      details: { code: 'stopped', mayHaveApplied: true },
    });
    expect(
      await settle(
        clock,
        tools.call(spec(), async () => ({ value: 'free' })),
      ),
    ).toBe('free');
    expect(clock.sleepers()).toEqual([]);
  });

  it('sends nothing for a caller that has stopped', async () => {
    const { tools } = setUp();
    const { request, tries } = failing();
    const error = await errorOf(tools.call(write({ signal: AbortSignal.abort() }), request));
    expect(error.details).toEqual({ code: 'stopped', mayHaveApplied: false });
    expect(tries.count).toBe(0);
  });

  it('turns anything else into a protocol error without its secrets', async () => {
    const { tools } = setUp();
    const error = await errorOf(
      tools.call(write(), failing(new Error('boom for ann@example.org with Bearer abcdef1234')).request),
    );
    expect(error).toMatchObject({ kind: 'protocol', details: { mayHaveApplied: true } });
    expect(safeMessage(error)).not.toMatch(/ann|abcdef1234/);
  });
});

describe('limits', () => {
  it('never has more connections than allowed, over several sessions of the account', async () => {
    const { clock, make } = setUp([{ kind: 'concurrent', max: 3, source: 'test' }]);
    let open = 0;
    let most = 0;
    const sessions = [make(), make()];
    const calls = Array.from({ length: 20 }, (_, index) =>
      sessions[index % 2]?.call(spec(), async () => {
        open += 1;
        most = Math.max(most, open);
        await clock.sleep(100);
        open -= 1;
        return { value: index };
      }),
    );
    expect(await settle(clock, Promise.all(calls))).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(most).toBe(3);
  });

  it('wakes the next one of the same process without waiting for a clock', async () => {
    const { tools } = setUp([{ kind: 'concurrent', max: 1, source: 'test' }]);
    const all = Array.from({ length: 5 }, (_, value) => tools.call(spec(), async () => ({ value })));
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  });

  it('notices a connection that came free while it asked for one', async () => {
    const { clock, quota } = setUp();
    const slowQuota = {
      ...quota,
      take: async (request: PermitRequest) => {
        const grant = await quota.take(request);
        await new Promise((resolve) => setImmediate(resolve));
        return grant;
      },
    };
    const tools = createTools({
      connector: 'demo',
      account: 'a',
      limits: [{ kind: 'concurrent', max: 1, source: 'test' }],
      clock,
      random: Math.random,
      quota: slowQuota,
      vault: memoryVault(),
      meter: createMeter(),
    });
    const all = Array.from({ length: 5 }, (_, value) => tools.call(spec(), async () => ({ value })));
    expect(await Promise.all(all)).toEqual([0, 1, 2, 3, 4]);
  });

  it.each([0, 1, 50, 99])('sends no more than the maximum in any window, begun %i ms into a tenth', async (begin) => {
    const { clock, tools } = setUp([{ kind: 'window', max: 10, windowMs: 1000, source: 'test' }]);
    await clock.advance(begin);
    const at: number[] = [];
    const calls = Array.from({ length: 45 }, () =>
      tools.call(spec(), async () => {
        at.push(clock.now());
        return { value: null };
      }),
    );
    await settle(clock, Promise.all(calls));
    for (const end of at) expect(at.filter((one) => one > end - 1000 && one <= end).length).toBeLessThanOrEqual(10);
    expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeLessThan(6000);
  });

  it('counts only the calls that a window names, and those for no less than all windows', async () => {
    const { clock, tools } = setUp([
      { kind: 'window', max: 4, windowMs: 10_000, source: 'test' },
      { kind: 'window', max: 1, windowMs: 1000, calls: ['search'], source: 'test' },
    ]);
    const began = clock.now();
    const ended = new Map<string, number>();
    const call = (name: string, key: string) =>
      tools.call(spec({ name }), async () => {
        ended.set(key, clock.now() - began);
        return { value: null };
      });
    const all = [
      call('search', 's1'),
      call('page', 'p1'),
      call('search', 's2'),
      call('page', 'p2'),
      call('page', 'p3'),
    ];
    await settle(clock, Promise.all(all));
    expect(ended.get('p1')).toBe(0);
    expect(ended.get('s2')).toBeGreaterThanOrEqual(1000);
    expect(ended.get('s2')).toBeLessThan(2000);
    expect(ended.get('p3')).toBeGreaterThanOrEqual(10_000);
  });

  it('says when the requests of the day are used up, and counts again later', async () => {
    const { clock, tools } = setUp([{ kind: 'daily', max: 2, source: 'test' }]);
    const { request, tries } = failing();
    await tools.call(spec(), request);
    await tools.call(spec(), request);
    const error = await errorOf(settle(clock, tools.call(write(), request)));
    expect(error).toMatchObject({ kind: 'rate-limited', details: { mayHaveApplied: false } });
    expect(tries.count).toBe(2);
    await clock.advance(error.details.retryAfterMs ?? 0);
    expect(await settle(clock, tools.call(spec(), request))).toBe('ok');
  });
});

describe("the vendor's clock", () => {
  it('is learned from the Date headers', async () => {
    const { clock, tools } = setUp();
    expect(tools.vendorNow()).toBe(clock.now());
    await tools.call(spec(), async () => ({ value: 1, date: new Date(clock.now() - 600_000).toUTCString() }));
    expect(tools.vendorNow()).toBe(clock.now() - 600_000);
    await tools.call(spec(), async () => ({ value: 1, date: 'nonsense' }));
    await clock.advance(1000);
    expect(tools.vendorNow()).toBe(clock.now() - 600_000);
  });
});
