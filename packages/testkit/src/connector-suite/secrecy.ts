import type { ConnectorError, Op } from '@heed/contract';
import { expect, vi } from 'vitest';
import {
  addOne,
  addresses,
  emailsOf,
  endOf,
  errorOf,
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
import { ANN, asking, LASTING } from './trouble.ts';

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

export const strangerAndSecrecyChecks: readonly Check[] = [...secrecyChecks, ...strangerChecks];
