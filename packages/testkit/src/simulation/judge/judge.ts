import type { Event, Which } from '../history.ts';
import type { Settings } from '../settings.ts';
import { judgeAcross, settingsOf } from './across.ts';
import { complaintsElsewhere, withComplaint } from './complaints.ts';
import { judgeFields } from './fields.ts';
import { judgeJobs, judgeWaiting } from './jobs.ts';
import { Past } from './past.ts';
import { judgeRest } from './rest.ts';
import { seenBy } from './seen-by.ts';
import { judgeTopic } from './topic.ts';
import { judgeWrite } from './writes.ts';

export interface Violation {
  /** I1 to I12, or `C0` where only the table is broken. */
  readonly invariant: string;
  /** The rules of consent.md that it breaks. */
  readonly rule: string;
  readonly text: string;
  /** The event at which it was noticed. */
  readonly n: number;
}

/**
 * Judges a whole history against consent.md. It shares no code with the engine and knows nothing of it: only what people
 * did, what the engine was shown, and what it sent.
 */
export const judge = (settings: Settings, events: readonly Event[]): readonly Violation[] => {
  if (settings.second === null) return judgeProfile(settings, events);
  const { shares } = settings.second;
  const complaints = complaintsElsewhere(settings, events);
  const judgeOne = (which: Which): readonly Violation[] =>
    judgeProfile(
      settingsOf(settings, which),
      seenBy(which, shares, events).map((event) => withComplaint(event, complaints[which])),
    );
  return [...judgeOne('first'), ...judgeOne('second'), ...judgeAcross(settings, events)];
};

const judgeProfile = (settings: Settings, events: readonly Event[]): readonly Violation[] => {
  const past = new Past(settings, events);
  const found: Violation[] = [];
  const run = { mode: 'sync', approved: false };
  let approvedOnce = false;
  // What a write of the engine changed stands just before the write itself.
  let effects: Event[] = [];
  for (const event of events) {
    if ((event.kind === 'record' || event.kind === 'member') && event.by === 'us') {
      effects.push(event);
      continue;
    }
    // A write is judged by what was before it.
    if (event.kind === 'write') {
      if (run.mode === 'plan')
        found.push(violation('I10', '', `a plan sent ${event.op.kind} to ${event.side}`, event.n));
      if (!approvedOnce)
        found.push(violation('I3', 'C29', 'a profile that waits for its first approval wrote', event.n));
      found.push(...judgeWrite(settings, past, event));
    }
    // What a job does was decided when it was handed over, and judged there.
    if (event.kind === 'write' || event.kind === 'job-write') {
      for (const effect of effects) past.step(effect);
      effects = [];
    }
    if (event.kind === 'run' && event.phase === 'began') {
      run.mode = event.mode;
      approvedOnce ||= event.approve;
    }
    if (event.kind === 'stale-commit')
      found.push(violation('I11', '', `run ${event.run} committed ${event.verb} after it lost its lease`, event.n));
    past.step(event);
  }
  found.push(
    ...judgeFields(settings, events),
    ...judgeJobs(events),
    ...judgeWaiting(settings, events),
    ...judgeRest(settings, past, events),
    ...judgeTopic(settings, past, events),
  );
  return found;
};

export const violation = (invariant: string, rule: string, text: string, n: number): Violation => ({
  invariant,
  rule,
  text,
  n,
});
