import type { ConnectorError, Op } from '@heed/contract';
import { memoryQuota } from '@heed/toolkit';
import { expect, vi } from 'vitest';
import {
  addOne,
  addresses,
  type Bench,
  emailsOf,
  endOf,
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
import { goBetween, redirector, type Stranger, trap } from './hostile.ts';
import { opsFor } from './ops.ts';
import { secretsIn } from './settings.ts';

const ANN = 'ann.secretive@example.org';

/** The four ways to ask something, each ending in an error or not. */
const asking = (bench: Bench, { session }: Opened): readonly (() => Promise<unknown>)[] => [
  () => session.check(SIGNAL),
  () => session.describe(SIGNAL),
  () => readAll(bench, session),
  () => lookup(bench, session, { emails: [ANN] }),
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
const LASTING = [
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

/** Everything that was said while `work` ran, by any door. */
const overhear = async (work: () => Promise<readonly string[]>): Promise<string> => {
  const heard: string[] = [];
  const listen = (chunk: unknown): boolean => {
    heard.push(String(chunk));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(listen),
    vi.spyOn(process.stderr, 'write').mockImplementation(listen),
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...all: unknown[]) => void heard.push(all.map(String).join(' '))),
    ),
  ];
  try {
    heard.push(...(await work()));
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return heard.join('\n');
};

/** All that an error tells, hidden properties and causes included. */
const told = (error: unknown): string => {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const own = Object.getOwnPropertyNames(error)
    .filter((name) => name !== 'stack')
    .map((name) => `${name}: ${JSON.stringify((error as unknown as Record<string, unknown>)[name])}`);
  return [error.message, ...own, error.cause === undefined ? '' : told(error.cause)].join('\n');
};

const secrecyChecks: readonly Check[] = [
  {
    name: 'secrecy: no error, outcome, output or URL has a secret or an address in it',
    async run(bench) {
      const secrets = [
        ...secretsIn(bench.given.config(bench.vendor, bench.vendor.url)),
        ...secretsIn(bench.given.badCredentials(bench.vendor)),
        bench.vendor.accessToken,
      ];
      const record = await addOne(bench, ANN, true);
      const collect = async (opened: Opened): Promise<readonly string[]> => {
        const { optOut, patch, create, rename, leave, clear } = opsFor(bench);
        const bad = { ...record, id: `${record.id.slice(0, -1)}!` };
        const ops: readonly Op[] = [
          optOut(record, ANN),
          patch(record, ANN, 'x'.repeat(70_000)),
          create('ann.secretive@', { id: 'odd' }),
          rename(bad, ANN, 'not an address of ann.secretive'),
          leave(record, ANN, 'archive'),
          clear(bad, ANN),
        ];
        const results = await Promise.allSettled(asking(bench, opened).map((ask) => withTimeOuts(opened.clock, ask())));
        const outcomes = await withTimeOuts(opened.clock, writeAll(opened.session, ops));
        const refusals = [...outcomes.values()].flatMap((one) =>
          'refusal' in one ? [JSON.stringify(one.refusal)] : [],
        );
        return [...results.flatMap((one) => (one.status === 'rejected' ? [told(one.reason)] : [])), ...refusals];
      };
      const heard = await overhear(async () => {
        const all: string[] = [];
        for (const [fault] of [...LASTING, [{ kind: 'expired-token' }] as const, [null] as const]) {
          const opened = bench.open();
          await opened.session.check(SIGNAL);
          bench.vendor.faults(fault === null ? [] : [fault]);
          all.push(...(await collect(opened)));
          bench.vendor.faults([]);
        }
        all.push(...(await collect(bench.open({ config: bench.given.badCredentials(bench.vendor) }))));
        return all;
      });
      expect(heard.length).toBeGreaterThan(500);
      expect(heard.toLowerCase()).not.toContain('secretive');
      const urls = bench.vendor
        .calls()
        .map(({ path }) => decodeURIComponent(path))
        .join('\n');
      for (const value of secrets) {
        expect(heard).not.toContain(value);
        expect(urls).not.toContain(value);
      }
    },
  },
  {
    name: 'secrecy: a cursor has no secret and no address in it',
    async run(bench) {
      await addOne(bench, ANN);
      const { next } = endOf(await readAll(bench, bench.open().session));
      for (const value of [...secretsIn(bench.given.config(bench.vendor, bench.vendor.url)), 'secretive'])
        expect(next).not.toContain(value);
    },
  },
];

const withStrangers = async (
  make: readonly (() => Promise<Stranger>)[],
  work: (all: readonly Stranger[]) => Promise<void>,
) => {
  const strangers: Stranger[] = [];
  try {
    for (const one of make) strangers.push(await one());
    await work(strangers);
  } finally {
    await Promise.all(strangers.map((one) => one.close()));
  }
};

const strangerChecks: readonly Check[] = [
  {
    name: 'strangers: redirects are refused, and nobody goes there',
    async run(bench) {
      const record = await addOne(bench, ANN);
      for (const status of [301, 302, 307, 308]) {
        await withStrangers([trap], async ([elsewhere]) => {
          if (elsewhere === undefined) return;
          await withStrangers([() => redirector(elsewhere.url, status)], async ([vendor]) => {
            const opened = bench.open({ config: bench.given.config(bench.vendor, vendor?.url ?? '') });
            for (const ask of asking(bench, opened)) expect((await errorOf(ask())).kind).toBe('protocol');
            const outcome = await writeOne(opened.session, opsFor(bench).optOut(record, ANN));
            expect(['rejected', 'unknown']).toContain(outcome.result);
            expect(vendor?.visits.length).toBeGreaterThan(0);
          });
          expect(elsewhere.visits).toEqual([]);
        });
      }
    },
  },
  {
    name: 'strangers: links in answers that lead to another host are not followed',
    async run(bench) {
      await bench.people.add(addresses(bench.given.pageRows + 10).map((email) => ({ email })));
      await withStrangers([trap], async ([elsewhere]) => {
        if (elsewhere === undefined) return;
        const astray = (body: string): string => bench.given.foreignLinks(body, elsewhere.url);
        await withStrangers([() => goBetween(bench.vendor.url, astray)], async ([vendor]) => {
          const { session } = bench.open({ config: bench.given.config(bench.vendor, vendor?.url ?? '') });
          await session.check(SIGNAL);
          const read = await readAll(bench, session).then(
            (pages) => emailsOf(rowsOf(pages)).length,
            (error: ConnectorError) => error.kind,
          );
          // Either the links are not needed, or they are refused.
          expect([bench.given.pageRows + 10, 'protocol']).toContain(read);
        });
        expect(elsewhere.visits).toEqual([]);
      });
    },
  },
];

export const troubleChecks: readonly Check[] = [
  ...credentialChecks,
  ...faultChecks,
  ...limitChecks,
  ...secrecyChecks,
  ...strangerChecks,
];
