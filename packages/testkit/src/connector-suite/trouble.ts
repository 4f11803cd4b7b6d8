import type { ConnectorError } from '@heed/contract';
import { memoryQuota } from '@heed/toolkit';
import { expect } from 'vitest';
import {
  addOne,
  addresses,
  type Bench,
  emailsOf,
  errorOf,
  lookup,
  type Opened,
  readAll,
  rowsOf,
  SIGNAL,
  withTimeOuts,
  writeAll,
  writeOne,
} from './bench.ts';
import type { Check } from './check.ts';
import { opsFor } from './ops.ts';

/** Nothing that anybody is told may have this name in it. */
export const ANN = 'ann.secretive@example.org';

/** The five ways to ask something, each ending in an error or not. */
export const asking = (bench: Bench, { session }: Opened): readonly (() => Promise<unknown>)[] => [
  () => session.check(SIGNAL),
  () => session.describe(SIGNAL),
  () => readAll(bench, session),
  () => lookup(bench, session, { emails: [ANN] }),
  () => session.deciding(ANN, SIGNAL),
];

const credentialChecks: readonly Check[] = [
  {
    name: 'trouble: wrong credentials are an auth error everywhere, told once per op, and not tried for ever',
    async run(bench) {
      const record = await addOne(bench, ANN);
      const opened = bench.open({ config: bench.given.badCredentials(bench.vendor) });
      for (const ask of asking(bench, opened)) expect((await errorOf(ask())).kind).toBe('auth');
      const outcome = await writeOne(opened.session, opsFor(bench).optOut(record, ANN));
      expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'auth' } });
      expect(bench.vendor.calls().length).toBeLessThan(20);
    },
  },
  {
    name: 'trouble: a token that ran out is renewed, or is an auth error; never a loop',
    async run(bench) {
      await addOne(bench, ANN);
      const opened = bench.open();
      await opened.session.check(SIGNAL);
      bench.vendor.faults([{ kind: 'expired-token', count: 1 }]);
      const rows = await lookup(bench, opened.session, { emails: [ANN] }).catch((error: ConnectorError) => error.kind);
      expect([JSON.stringify('auth'), JSON.stringify([ANN])]).toContain(
        JSON.stringify(typeof rows === 'string' ? rows : emailsOf(rows)),
      );
      bench.vendor.faults([{ kind: 'expired-token' }]);
      const before = bench.vendor.calls().length;
      expect((await errorOf(lookup(bench, opened.session, { emails: [ANN] }))).kind).toBe('auth');
      expect(bench.vendor.calls().length - before).toBeLessThan(20);
    },
  },
];

/** Faults of every call, and what they are called. */
export const LASTING = [
  [{ kind: 'throttle' }, ['rate-limited']],
  [{ kind: 'server-error', status: 500 }, ['unavailable']],
  [{ kind: 'server-error', status: 503 }, ['unavailable']],
  [{ kind: 'html', status: 503 }, ['unavailable', 'rate-limited']],
  [{ kind: 'reset' }, ['unavailable']],
  [{ kind: 'truncated' }, ['unavailable', 'protocol']],
  [{ kind: 'timeout-before' }, ['unavailable']],
] as const;

const faultChecks: readonly Check[] = [
  {
    name: 'trouble: a fault that passes is got over without anybody noticing',
    async run(bench) {
      const record = await addOne(bench, ANN);
      for (const [fault] of LASTING) {
        if (fault.kind === 'truncated') continue;
        const opened = bench.open();
        await opened.session.check(SIGNAL);
        bench.vendor.faults([{ ...fault, count: 2 }]);
        const rows = await withTimeOuts(opened.clock, lookup(bench, opened.session, { records: [record] }));
        expect([fault.kind, emailsOf(rows)]).toEqual([fault.kind, [ANN]]);
        bench.vendor.faults([{ ...fault, count: 2 }]);
        const pages = await withTimeOuts(opened.clock, readAll(bench, opened.session));
        expect([fault.kind, emailsOf(rowsOf(pages))]).toEqual([fault.kind, [ANN]]);
      }
    },
  },
  {
    name: 'trouble: a fault that lasts is an error of the right kind, and outcomes that claim nothing',
    async run(bench) {
      const record = await addOne(bench, ANN);
      for (const [fault, kinds] of LASTING) {
        const opened = bench.open();
        await opened.session.check(SIGNAL);
        bench.vendor.faults([fault]);
        for (const ask of asking(bench, opened).slice(2)) {
          const { kind } = await errorOf(withTimeOuts(opened.clock, ask()));
          expect(kinds, `${fault.kind}: ${kind}`).toContain(kind);
        }
        const outcome = await withTimeOuts(
          opened.clock,
          writeOne(opened.session, opsFor(bench).patch(record, ANN, 'x')),
        );
        expect(['rejected', 'unknown'], fault.kind).toContain(outcome.result);
        bench.vendor.faults([]);
      }
    },
  },
  {
    name: 'trouble: it stops when it is told to',
    async run(bench) {
      const { session } = bench.open();
      await session.check(SIGNAL);
      bench.vendor.faults([{ kind: 'timeout-before' }]);
      const stop = new AbortController();
      const asked = session.lookup(
        { ...bench.given.columns, by: { emails: [ANN] }, evidenceSince: null, changedSince: null },
        stop.signal,
      );
      const error = errorOf(asked);
      setTimeout(() => stop.abort(), 20);
      expect((await error).kind).toBe('unavailable');
    },
  },
];

const limitChecks: readonly Check[] = [
  {
    name: 'limits: several sessions of an account never have more requests open than allowed',
    async run(bench) {
      const max = Math.min(...bench.connector.limits.map((one) => (one.kind === 'concurrent' ? one.max : 1000)));
      for (const allowed of [max, 1]) {
        bench.vendor.reset();
        await bench.people.add(addresses(8).map((email) => ({ email })));
        const quota = memoryQuota({ now: () => bench.vendor.clock.now(), sleep: async () => {} });
        const limits = [{ kind: 'concurrent', max: allowed, source: 'the suite' }] as const;
        const sessions = [bench.open({ quota, limits }), bench.open({ quota, limits })];
        const before = bench.vendor.calls().length;
        bench.vendor.faults([{ kind: 'slow', delayMs: 3 }]);
        const work = sessions.flatMap(({ session }) => [
          ...addresses(8).map((email) => lookup(bench, session, { emails: [email] })),
          readAll(bench, session),
          writeAll(
            session,
            addresses(12, allowed === 1 ? 'a' : 'b').map((email) => opsFor(bench).create(email)),
          ),
        ]);
        await Promise.all(work);
        const open = bench.vendor
          .calls()
          .slice(before)
          .map((call) => call.concurrent);
        expect(Math.max(...open)).toBeLessThanOrEqual(allowed);
        if (allowed > 1) expect(Math.max(...open)).toBeGreaterThan(1);
      }
    },
  },
  {
    name: 'limits: every request goes through the toolkit, and is counted',
    async run(bench) {
      const record = await addOne(bench, ANN);
      const before = bench.vendor.calls().length;
      const { session, meter } = bench.open();
      for (const ask of asking(bench, { session } as Opened)) await ask();
      const { optOut, create, patch } = opsFor(bench);
      await writeAll(session, [optOut(record, ANN), create('new@example.org')]);
      await writeOne(session, patch(record, ANN, 'x'));
      const counted = Object.values(meter.counts()).reduce((sum, { calls }) => sum + calls, 0);
      expect(counted).toBe(bench.vendor.calls().length - before);
    },
  },
  {
    name: 'limits: when the requests of the day are used up, it says so and sends no more',
    async run(bench) {
      const { session, meter } = bench.open({ limits: [{ kind: 'daily', max: 3, source: 'the suite' }] });
      const before = bench.vendor.calls().length;
      let last: ConnectorError | null = null;
      for (let tries = 0; tries < 10 && last === null; tries += 1)
        last = await lookup(bench, session, { emails: [ANN] }).then(
          () => null,
          (error: ConnectorError) => error,
        );
      expect(last?.kind).toBe('rate-limited');
      expect(last?.details.retryAfterMs).toBeGreaterThan(0);
      expect(bench.vendor.calls().length - before).toBeLessThanOrEqual(3);
      expect(Object.keys(meter.counts()).length).toBeGreaterThan(0);
    },
  },
];

export const troubleChecks: readonly Check[] = [...credentialChecks, ...faultChecks, ...limitChecks];
