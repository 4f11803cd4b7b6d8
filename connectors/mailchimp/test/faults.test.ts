// Whatever goes wrong on the way, an outcome tells the truth: applied is what Mailchimp shows, rejected is what it does not.
import type { Op, Outcome } from '@heed/contract';
import { expect, it } from 'vitest';
import { addMany, type Mailchimp, memberIn, openFor, ops, readAll, signal, startMailchimp } from './support.ts';

const people = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `p${n}@example.org`);

const KINDS = [
  'throttle',
  'server-error',
  'html',
  'redirect',
  'reset',
  'reset-after',
  'truncated',
  'wrong-length',
  'corrupt-gzip',
  'false-encoding',
  'empty',
  'wrong-shape',
  'wrong-date',
] as const;

const expectTruth = (kind: string, outcomes: readonly Outcome[], isSo: (email: string) => boolean): void => {
  expect(outcomes).toHaveLength(40);
  for (const { op, result } of outcomes) {
    if (result === 'unknown') continue;
    expect([kind, op, result !== 'rejected']).toEqual([kind, op, isSo(op.slice(2))]);
  }
};

const started = async (): Promise<{
  readonly vendor: Mailchimp;
  readonly session: ReturnType<typeof openFor>['session'];
}> => {
  const vendor = await startMailchimp();
  await addMany(vendor, people(40));
  vendor.clock.advance(3_600_000);
  const { session } = openFor(vendor);
  await session.describe(signal);
  await readAll(session);
  vendor.clock.advance(60_000);
  return { vendor, session };
};

it.each(KINDS)('a batch of opt-outs: %s', async (kind) => {
  for (const route of ['POST /3.0/lists/{list}', 'GET /3.0/lists/{list}/members']) {
    const { vendor, session } = await started();
    vendor.faults([{ kind, route, count: 1 }]);
    const outcomes = await session.write(
      people(40).map((email) => ops.optOut(email)),
      signal,
    );
    expectTruth(kind, outcomes, (email) => memberIn(vendor, email).status === 'unsubscribed');
  }
});

it.each(KINDS)('a job: %s', async (kind) => {
  for (const route of ['POST /3.0/batches', 'GET /3.0/batches/{batch}', 'GET /3.0/batches']) {
    const { vendor, session } = await started();
    const all: readonly Op[] = people(40).map((email) => ops.patch(email, { FNAME: 'New' }));
    const { bulk } = session;
    if (bulk === null) throw new Error('no bulk lane');
    let ticket = await bulk.open(all, signal);
    vendor.faults([{ kind, route, count: 1 }]);
    ticket = await bulk.start(ticket, all, signal).catch(() => ticket);
    for (let asked = 0; asked < 100; asked += 1) {
      const report = await bulk.report(ticket, all, signal).catch(() => null);
      if (report?.state === 'ended') {
        expectTruth(kind, report.outcomes, (email) => memberIn(vendor, email).mergeFields.FNAME === 'New');
        break;
      }
      expect(asked).toBeLessThan(99);
      vendor.clock.advance(report?.askAgainMs ?? 10_000);
    }
    expect(
      vendor.calls().filter(({ method, path }) => method === 'POST' && path.endsWith('/batches')).length,
    ).toBeLessThan(6);
  }
});
