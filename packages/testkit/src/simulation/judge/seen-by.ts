import type { Event, NewEvent, Which } from '../history.ts';
import { keyOf } from './circle.ts';
import { isOut } from './what-happened.ts';

type Side = 'crm' | 'marketing';
type Change = Extract<Event, { kind: 'record' | 'member' }>;

/**
 * The history as it concerns one of two profiles: its two systems, and what its runs did. What the other profile's runs did to
 * the system that both share is nobody's own act here; of the system that only the other one has, no more is left than who is
 * there, and who opted out. Every event keeps its place.
 */
export const seenBy = (which: Which, shares: Side, events: readonly Event[]): readonly Event[] => {
  const runs = new Map(
    events.flatMap((event) => (event.kind === 'run' && event.phase === 'began' ? [[event.run, whichOf(event)]] : [])),
  );
  const isOurs = (side: Side, event: Event): boolean => side === shares || whichOf(event) === which;
  const actors = actorsOf(events, runs);
  return events.map((event): Event => {
    switch (event.kind) {
      case 'record':
        return isOurs('crm', event) ? asForeign(event, which, actors) : elsewhere(event);
      case 'member':
        return isOurs('marketing', event) ? asForeign(event, which, actors) : elsewhere(event);
      case 'shown-record':
      case 'hidden':
        return isOurs('crm', event) ? event : nothing(event);
      case 'shown-member':
        return isOurs('marketing', event) ? event : nothing(event);
      case 'write':
      case 'job-write':
        return runs.get(event.run) === which ? event : writtenByOther(event, shares);
      case 'job':
        return isOurs(event.side, event) ? event : nothing(event);
      case 'run':
        return whichOf(event) === which ? event : runOfOther(event);
      default:
        return event;
    }
  });
};

const whichOf = ({ which = 'first' }: Event): Which => which;

/** Of each change that a run made: whose run. What a write changed stands just before the write. */
const actorsOf = (events: readonly Event[], runs: ReadonlyMap<number, Which>): ReadonlyMap<number, Which> => {
  const actors = new Map<number, Which>();
  let effects: Change[] = [];
  for (const event of events) {
    if ((event.kind === 'record' || event.kind === 'member') && event.by === 'us') effects.push(event);
    if (event.kind !== 'write' && event.kind !== 'job-write') continue;
    for (const { n } of effects) actors.set(n, runs.get(event.run) ?? 'first');
    effects = [];
  }
  return actors;
};

const asForeign = (event: Change, which: Which, actors: ReadonlyMap<number, Which>): Event => {
  if (event.by !== 'us' || actors.get(event.n) === which) return event;
  // A field that was cleared shows as one that somebody unticked.
  return { ...event, by: 'operator', foreign: true, act: event.act === 'clear' ? 'untick' : event.act };
};

const elsewhere = (event: Change): Event => {
  const after = event.after ?? event.before;
  const address = keyOf(after?.email ?? null);
  if (after === null || address === null) return nothing(event);
  const isMember = 'status' in after;
  return replace(event, {
    kind: 'elsewhere',
    address,
    isOut: isMember ? isOut(after) : after.optedOut,
    isSubscribed: isMember && after.status === 'subscribed',
    complaint: isMember && after.complaint,
  });
};

/** What the other one is approved for says nothing about this one (C29), and its runs read nothing for it. */
const runOfOther = (event: Extract<Event, { kind: 'run' }>): Event =>
  event.phase === 'ended' ? { ...event, foreign: true } : { ...event, mode: 'plan', approve: false, foreign: true };

const writtenByOther = (event: Extract<Event, { kind: 'write' | 'job-write' }>, shares: Side): Event => {
  const { op, took } = event;
  if (event.kind === 'job-write' || event.told !== 'applied') return nothing(event);
  if (op.kind === 'create' && took && event.side === 'marketing' && shares === 'marketing')
    return replace(event, { kind: 'made-by-other', address: keyOf(op.email) ?? '' });
  if (op.kind !== 'patch' || took) return nothing(event);
  // Nobody can know it, and what it said that it wrote is carried on.
  const address = keyOf(op.email) ?? '';
  return replace(event, {
    kind: 'elsewhere',
    address,
    isOut: false,
    isSubscribed: false,
    complaint: false,
    isSwallowed: true,
  });
};

const nothing = (event: Event): Event => replace(event, { kind: 'note', text: '' });

const replace = ({ n, at }: Event, event: NewEvent): Event => ({ ...event, n, at }) as Event;
