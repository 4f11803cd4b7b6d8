import type { JobReport, Op, Outcome } from '@heed/contract';
import { describe, expect, it } from 'vitest';
import { callsTo, make, never, open, stored, useSandbox } from './kit.ts';

const running = useSandbox();
const HOUR_MS = 3_600_000;

const patches = (count: number, type = 'contact'): readonly Op[] =>
  Array.from({ length: count }, (_, n): Op => {
    const id = make(running(), type, { email: `p${n}@example.org` });
    const fields = {
      firstName: `Name ${n}`,
      custentity_tier: '2',
      isInactive: true,
      custentity_opt_out_date: '2026-11-20',
    };
    return { kind: 'patch', id: `p${n}`, record: { type, id }, email: `p${n}@example.org`, fields, ifVersion: null };
  });

const jobsOf = (session: ReturnType<typeof open>) => {
  if (session.bulk === null) throw new Error('no jobs');
  return session.bulk;
};

const finished = async (ticket: string, ops: readonly Op[]): Promise<readonly Outcome[]> => {
  // Another process than the one that started it.
  const session = open(running());
  for (let asked = 0; asked < 2_000; asked += 1) {
    const report: JobReport = await jobsOf(session).report(ticket, ops, never);
    if (report.state === 'ended') return report.outcomes;
    running().clock.advance(report.askAgainMs);
  }
  throw new Error('the job does not end');
};

const results = (outcomes: readonly Outcome[]) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(outcomes, ({ result }) => result)).map(([result, all]) => [result, all?.length]),
  );

describe('changes by asynchronous batches', () => {
  it('of both types, 100 a batch; fields of every kind are found as they were written', async () => {
    const ops = [...patches(130), ...patches(10, 'customer').map((op) => ({ ...op, id: `c${op.id}` }))];
    const session = open(running());
    const ticket = await jobsOf(session).start(await jobsOf(session).open(ops, never), ops, never);
    expect(results(await finished(ticket, ops))).toEqual({ applied: 140 });
    expect(callsTo(running()).filter((call) => call.startsWith('PATCH'))).toHaveLength(3);
    expect(callsTo(running()).some((call) => call.includes('/task'))).toBe(false);
  });

  it('that never end are not waited for: what they did shows at the records, the rest is in doubt', async () => {
    const ops = patches(10);
    const session = open(running());
    running().faults([{ kind: 'job-stuck', details: { at: 0.5 } }]);
    const ticket = await jobsOf(session).start(await jobsOf(session).open(ops, never), ops, never);
    const outcomes = await finished(ticket, ops);
    expect(results(outcomes)).toEqual({ applied: 5, unknown: 5 });
    for (const [n, op] of ops.entries())
      expect(stored(running(), 'contact', op.kind === 'patch' ? op.record.id : '').firstName).toBe(
        n < 5 ? `Name ${n}` : undefined,
      );
  });

  it('that failed in the middle: the rest is planned anew', async () => {
    const ops = patches(10);
    const session = open(running());
    running().faults([{ kind: 'job-failed', details: { at: 0.5 } }]);
    const ticket = await jobsOf(session).start(await jobsOf(session).open(ops, never), ops, never);
    const outcomes = await finished(ticket, ops);
    expect(results(outcomes)).toEqual({ applied: 5, rejected: 5 });
    expect(outcomes.every((one) => one.result !== 'rejected' || one.refusal.kind === 'stale')).toBe(true);
  });

  it('that NetSuite no longer keeps are told by the records', async () => {
    const ops = patches(3);
    const session = open(running());
    const ticket = await jobsOf(session).start(await jobsOf(session).open(ops, never), ops, never);
    running().clock.advance(HOUR_MS);
    await finished(ticket, ops);
    running().state().jobs.clear();
    expect(results(await finished(ticket, ops))).toEqual({ applied: 3 });
  });

  it('whose answer was lost are found by their key, and sent once', async () => {
    const ops = patches(3);
    const session = open(running());
    const opened = await jobsOf(session).open(ops, never);
    running().faults([{ kind: 'reset-after', route: 'PATCH /**', count: 1 }]);
    await jobsOf(session).start(opened, ops, never);
    expect(results(await finished(opened, ops))).toEqual({ applied: 3 });
    expect(running().state().jobs.size).toBe(1);
  });

  it('with a ticket of another version, or of other changes, claim nothing', async () => {
    const ops = patches(2);
    const session = open(running());
    for (const ticket of ['', '{"v":2}', 'null']) expect(results(await finished(ticket, ops))).toEqual({ unknown: 2 });
    const opened = await jobsOf(session).open(ops, never);
    await expect(jobsOf(session).start(opened, ops.slice(1), never)).rejects.toMatchObject({ kind: 'stale' });
  });
});
