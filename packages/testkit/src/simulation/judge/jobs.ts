import type { Event } from '../history.ts';
import type { Violation } from './judge.ts';

/** The engine gives up a job that runs for longer, and looks at its records instead. */
const GIVEN_UP_MS = 24 * 3_600_000;

/** I7 for jobs: nothing is written twice, and nothing is sent to a record to which a job is still writing. */
export const judgeJobs = (events: readonly Event[]): readonly Violation[] => {
  const found: Violation[] = [];
  const blame = (text: string, n: number): void => {
    found.push({ invariant: 'I7', rule: '', text, n });
  };
  const written = new Set<string>();
  /** By op: the record that a job is to write, since when. */
  const running = new Map<string, { readonly record: string; readonly since: number }>();
  const records = new Map<string, string>();
  for (const event of events) {
    if (event.kind === 'job')
      for (const op of event.ops) {
        if (event.phase === 'taken') running.set(op, { record: records.get(op) ?? '', since: event.at });
        else running.delete(op);
      }
    if (event.kind !== 'write' && event.kind !== 'job-write') continue;
    const { op, side, target, took, at, n } = event;
    const record = `${side} ${target?.key ?? ''}`;
    records.set(op.id, record);
    if (took && written.has(op.id)) blame(`${op.kind} to ${record} was written twice`, n);
    if (took) written.add(op.id);
    if (event.kind === 'job-write' || op.kind === 'opt-out' || op.kind === 'clear' || target === null) continue;
    const still = [...running.values()].some((one) => one.record === record && at - one.since < GIVEN_UP_MS);
    if (still) blame(`${op.kind} to ${record} was sent while a job was still writing to it`, n);
  }
  return found;
};
