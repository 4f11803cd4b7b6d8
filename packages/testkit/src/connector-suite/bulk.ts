import type { BulkJobs, FieldValue, JobTicket, Op, Outcome, RecordRef, Session } from '@heed/contract';
import { ConnectorError } from '@heed/contract';
import type { FaultRule } from '@heed/sandbox';
import { expect } from 'vitest';
import { addOne, addresses, type Bench, errorOf, SIGNAL, seenAt, withTimeOuts, writeAll } from './bench.ts';
import type { Check } from './check.ts';
import { opsFor } from './ops.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';

const needsBulk: NonNullable<Check['unless']> = ({ can }) => (can.bulk === null ? 'no bulk lane' : null);

const laneOf = (session: Session): BulkJobs => {
  if (session.bulk === null) throw new Error('can.bulk is claimed and session.bulk is null');
  return session.bulk;
};

/** Asks as long as the job runs, the vendor's clock moving as it says; checks that there is one outcome for each op. */
const finish = async (
  bench: Bench,
  session: Session,
  ticket: JobTicket,
  ops: readonly Op[],
): Promise<ReadonlyMap<string, Outcome>> => {
  for (let asked = 0; asked < 200; asked += 1) {
    const report = await laneOf(session).report(ticket, ops, SIGNAL);
    if (report.state === 'ended') {
      expect(report.outcomes.map(({ op }) => op).sort()).toEqual(ops.map(({ id }) => id).sort());
      return new Map(report.outcomes.map((outcome) => [outcome.op, outcome]));
    }
    expect(report.askAgainMs).toBeGreaterThan(0);
    bench.vendor.clock.advance(report.askAgainMs);
  }
  throw new Error('the job does not end');
};

const started = async (session: Session, ops: readonly Op[]): Promise<JobTicket> =>
  laneOf(session).start(await laneOf(session).open(ops, SIGNAL), ops, SIGNAL);

/** By a job that one session starts and another asks about. */
const byJob = async (bench: Bench, ops: readonly Op[]): Promise<ReadonlyMap<string, Outcome>> => {
  const ticket = await started(bench.open().session, ops);
  return finish(bench, bench.open().session, ticket, ops);
};

const patchTo = (bench: Bench, record: RecordRef, email: string, text: FieldValue): Op =>
  ({ ...opsFor(bench).patch(record, email, ''), fields: { [bench.given.textField]: text } }) as Op;

const people = async (bench: Bench, count: number, name = 'p') => {
  const emails = addresses(count, name);
  const records = await bench.people.add(emails.map((email) => ({ email })));
  return emails.map((email, index) => ({ email, record: records[index] as RecordRef }));
};

const recordOf = (person: { readonly record: RecordRef } | undefined): RecordRef => {
  if (person === undefined) throw new Error('nobody was added');
  return person.record;
};

/** What became of each op, without what differs from run to run. */
const told = (outcomes: ReadonlyMap<string, Outcome>) =>
  [...outcomes.values()]
    .map((one) => [one.op, one.result, 'refusal' in one ? one.refusal.kind : null])
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

const TEXTS: readonly FieldValue[] = [
  'Plain',
  'Änderung, "quoted"; \\ 名前 😀',
  'two\nlines',
  '=1+1',
  "'; DROP",
  'a|b^c`d\te',
  '0012',
  null,
];

const laneChecks: readonly Check[] = [
  {
    name: 'bulk: the lane has a source, fits its jobs, and never takes consent',
    async run(bench) {
      const { can } = bench;
      expect(bench.open().session.bulk === null).toBe(can.bulk === null);
      if (can.bulk === null) return;
      expect(can.bulk.kinds.length).toBeGreaterThan(0);
      expect(can.bulk.kinds).not.toContain('opt-out');
      expect(can.bulk.kinds).not.toContain('clear');
      expect(can.bulk.fromOps).toBeLessThanOrEqual(can.bulk.mostOps);
      expect(can.bulk.source.length).toBeGreaterThan(10);
    },
  },
  {
    name: 'bulk: a job does what single calls would do, and says the same of each op',
    unless: needsBulk,
    async run(bench) {
      const doings = async (write: (ops: readonly Op[]) => Promise<ReadonlyMap<string, Outcome>>) => {
        bench.vendor.reset();
        const all = await people(bench, TEXTS.length);
        const ops = all.map(({ email, record }, index) => patchTo(bench, record, email, TEXTS[index] ?? null));
        const bob = await addOne(bench, BOB, true);
        const gone = await addOne(bench, 'gone@example.org');
        await bench.people.edit(recordOf(all.at(-1)), 'Before');
        await bench.people.remove(gone);
        const { patch } = opsFor(bench);
        ops.push(patch(bob, BOB, 'Changed'), patch(gone, 'gone@example.org', 'x'));
        ops.push(patch({ ...bob, id: 'no such id' }, 'nobody@example.org', 'x'));
        const outcomes = told(await write(ops));
        const seen = (await bench.people.seen()).map(({ email, consent, text }) => ({ email, consent, text }));
        return { outcomes, seen: seen.toSorted((a, b) => (a.email < b.email ? -1 : 1)) };
      };
      const single = await doings((ops) => writeAll(bench.open().session, ops));
      expect(await doings((ops) => byJob(bench, ops))).toEqual(single);
      expect(single.outcomes.filter(([, result]) => result === 'applied')).toHaveLength(TEXTS.length + 1);
    },
  },
  {
    name: 'bulk: opened and never started it applies nothing, every op is stale, and that is for good',
    unless: needsBulk,
    async run(bench) {
      const all = await people(bench, 3);
      const before = await bench.people.seen();
      const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
      const { session } = bench.open();
      const ticket = await laneOf(session).open(ops, SIGNAL);
      const outcomes = await finish(bench, bench.open().session, ticket, ops);
      for (const outcome of outcomes.values())
        expect(outcome).toMatchObject({ result: 'rejected', refusal: { kind: 'stale' } });
      // The one who opened it comes too late.
      await laneOf(session)
        .start(ticket, ops, SIGNAL)
        .then(
          () => finish(bench, session, ticket, ops),
          (error: unknown) => expect(error).toBeInstanceOf(ConnectorError),
        );
      bench.vendor.clock.advance(3_600_000);
      expect(await bench.people.seen()).toEqual(before);
    },
  },
  {
    name: 'bulk: asked again, it says the same; anybody finds the job by its ticket',
    unless: needsBulk,
    async run(bench) {
      const all = await people(bench, 2);
      await bench.people.remove(recordOf(all[1]));
      const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
      const ticket = await started(bench.open().session, ops);
      const first = told(await finish(bench, bench.open().session, ticket, ops));
      bench.vendor.clock.advance(60_000);
      expect(told(await finish(bench, bench.open().session, ticket, [...ops].reverse()))).toEqual(first);
      expect(first.map(([, result]) => result)).toEqual(['applied', 'rejected']);
      expect(ticket).not.toContain('@');
      expect(() => JSON.parse(ticket)).not.toThrow();
    },
  },
  {
    name: 'bulk: rows that fail do not stop the others, and are told as failed',
    unless: needsBulk,
    async run(bench) {
      const all = await people(bench, 30);
      const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
      bench.vendor.faults([{ kind: 'partial-batch', details: { every: 3 } }]);
      const outcomes = await byJob(bench, ops);
      await expectTruth(bench, outcomes);
      expect(new Set(told(outcomes).map(([, result]) => result))).toEqual(new Set(['applied', 'rejected']));
    },
  },
  {
    name: 'bulk: consent cannot go by job, and fields that go by job leave it alone',
    unless: needsBulk,
    async run(bench) {
      const [ann, bob] = [await addOne(bench, ANN), await addOne(bench, BOB, true)];
      const before = await seenAt(bench, BOB);
      const { optOut, clear } = opsFor(bench);
      for (const op of [optOut(ann, ANN), clear(bob, BOB)]) {
        const { session } = bench.open();
        const ticket = await laneOf(session).open([op], SIGNAL).catch(onlyConnectorErrors);
        if (ticket === null) continue;
        await laneOf(session).start(ticket, [op], SIGNAL).catch(onlyConnectorErrors);
        expect((await finish(bench, session, ticket, [op])).get(op.id)?.result).toBe('rejected');
      }
      expect((await seenAt(bench, ANN)).optedOut).toBe(false);
      await byJob(bench, [patchTo(bench, bob, BOB, 'Changed')]);
      expect(await seenAt(bench, BOB)).toEqual({ ...before, text: 'Changed' });
    },
  },
  {
    name: 'bulk: nothing to write is nothing sent by a job',
    unless: needsBulk,
    async run(bench) {
      const { session } = bench.open();
      const ticket = await started(session, []);
      expect(await finish(bench, session, ticket, [])).toEqual(new Map());
    },
  },
  {
    name: 'bulk: from the claimed number of ops on, a job costs fewer calls',
    unless: needsBulk,
    async run(bench) {
      const count = bench.can.bulk?.fromOps ?? 0;
      const calls = async (write: (ops: readonly Op[]) => Promise<ReadonlyMap<string, Outcome>>): Promise<number> => {
        bench.vendor.reset();
        const all = await people(bench, count);
        const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
        const before = bench.vendor.calls().length;
        expect(new Set(told(await write(ops)).map(([, result]) => result))).toEqual(new Set(['applied']));
        return bench.vendor.calls().length - before;
      };
      const single = await calls((ops) => writeAll(bench.open().session, ops));
      expect(await calls((ops) => byJob(bench, ops))).toBeLessThan(single);
    },
  },
];

const onlyConnectorErrors = (error: unknown): null => {
  expect(error).toBeInstanceOf(ConnectorError);
  return null;
};

/** Applied is what was changed, rejected what was not; in doubt it may be either. */
const expectTruth = async (bench: Bench, outcomes: ReadonlyMap<string, Outcome>): Promise<void> => {
  for (const { email, text } of await bench.people.seen()) {
    const result = outcomes.get(`patch ${email}`)?.result;
    if (result !== 'unknown') expect([email, result === 'applied']).toEqual([email, text === 'Changed']);
  }
};

const WRITING = ['POST', 'PUT', 'PATCH'];
const KINDS = ['timeout-before', 'timeout-after', 'reset', 'reset-after', 'truncated', 'server-error'];

const doubtChecks: readonly Check[] = [
  {
    name: 'bulk: an answer that is lost on the way makes no outcome wrong and sends no job twice',
    unless: needsBulk,
    async run(bench) {
      for (const kind of KINDS) {
        for (let after = 0; after < 4; after += 1) {
          bench.vendor.reset();
          const all = await people(bench, 4);
          const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
          const { session, clock } = bench.open();
          await session.check(SIGNAL);
          bench.vendor.faults(oneLost(kind, after));
          const opened = await withTimeOuts(clock, laneOf(session).open(ops, SIGNAL).catch(onlyConnectorErrors));
          if (opened === null) {
            bench.vendor.faults([]);
            bench.vendor.clock.advance(3_600_000);
            expect((await bench.people.seen()).map(({ text }) => text)).not.toContain('Changed');
            continue;
          }
          const ticket = await withTimeOuts(
            clock,
            laneOf(session).start(opened, ops, SIGNAL).catch(onlyConnectorErrors),
          );
          bench.vendor.faults([]);
          // Whoever saw the start fail has the ticket of `open` only.
          const outcomes = await finish(bench, bench.open().session, ticket ?? opened, ops);
          bench.vendor.clock.advance(3_600_000);
          await expectTruth(bench, outcomes);
        }
      }
    },
  },
  {
    name: 'bulk: trouble while asking is an error, and asking again then tells the truth',
    unless: needsBulk,
    async run(bench) {
      const all = await people(bench, 4);
      const ops = all.map(({ email, record }) => patchTo(bench, record, email, 'Changed'));
      const ticket = await started(bench.open().session, ops);
      bench.vendor.clock.advance(3_600_000);
      for (const kind of ['server-error', 'reset', 'html', 'throttle']) {
        const { session, clock } = bench.open();
        await session.check(SIGNAL);
        bench.vendor.faults([{ kind }]);
        const error = await withTimeOuts(clock, errorOf(laneOf(session).report(ticket, ops, SIGNAL)));
        expect(['unavailable', 'rate-limited', 'protocol'], kind).toContain(error.kind);
        bench.vendor.faults([]);
      }
      const outcomes = await finish(bench, bench.open().session, ticket, ops);
      expect(new Set(told(outcomes).map(([, result]) => result))).toEqual(new Set(['applied']));
      await expectTruth(bench, outcomes);
    },
  },
];

const oneLost = (kind: string, after: number): readonly FaultRule[] =>
  WRITING.map((method) => ({
    kind,
    route: `${method} /**`,
    count: 1,
    after,
    ...(kind === 'server-error' ? { status: 503 } : {}),
  }));

export const bulkChecks: readonly Check[] = [...laneChecks, ...doubtChecks];
