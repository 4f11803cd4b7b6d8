import type { Event } from '../history.ts';
import type { Settings } from '../settings.ts';
import type { Violation } from './judge.ts';
import { isOut } from './what-happened.ts';

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

/** A run asks for opt-outs every ten minutes, whatever it waits for; a little more, since requests take time. */
const ASKED_EVERY_MS = 12 * 60_000;

type MemberEvent = Extract<Event, { kind: 'member' }>;

/** C21: an opt-out that is made while a run waits for jobs waits for no end of anything. */
export const judgeWaiting = ({ quirks }: Settings, events: readonly Event[]): readonly Violation[] => {
  const longestMs = ASKED_EVERY_MS + quirks.marketingLagMs;
  const found: Violation[] = [];
  let waiting: MemberEvent[] = [];
  let late: MemberEvent[] = [];
  let sync = 0;
  for (const event of events) {
    if (event.kind === 'run' && event.phase === 'began') {
      // What happened while another process stood still was nobody's to see.
      waiting = [];
      late = [];
      sync = event.mode === 'sync' ? event.run : 0;
    }
    if (event.kind === 'member') {
      // Whatever else happens to the member ends its waiting.
      waiting = waiting.filter(({ after }) => after?.key !== event.before?.key);
      if (sync > 0 && event.by !== 'us' && optsOut(event)) waiting.push(event);
    }
    if (event.kind === 'shown-member' && isOut(event.snap)) {
      const seen = waiting.filter(({ after }) => after?.key === event.snap.key);
      late.push(...seen.filter(({ at }) => event.at - at > longestMs));
      waiting = waiting.filter((one) => !seen.includes(one));
    }
    if (event.kind !== 'run' || event.phase !== 'ended' || event.run !== sync) continue;
    late.push(...waiting.filter(({ at }) => event.at - at > longestMs));
    if (event.clean)
      for (const { after } of late)
        found.push({ invariant: 'I3', rule: 'C21', text: `the opt-out of ${after?.key} had to wait`, n: event.n });
    waiting = [];
    late = [];
    sync = 0;
  }
  return found;
};

const optsOut = ({ before, after }: MemberEvent): boolean =>
  before !== null && after !== null && !isOut(before) && isOut(after);
