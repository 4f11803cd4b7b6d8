import type { Event } from '../history.ts';
import { Circles } from './circle.ts';

type Write = Extract<Event, { kind: 'write' }>;

interface Plan {
  /** `side kind address`. */
  readonly lines: readonly string[];
  /** A side read too small: the sync reads it in full first, and may then do more (C24). */
  readonly inDoubt: boolean;
}

/** What nobody does about a side in doubt, and may do at once when it is read whole again (C24). */
const NOT_IN_DOUBT = new Set(['create', 'leave', 'clear']);

/**
 * I10: a plan says what the sync right after it sends. Null: it did; otherwise in words how they differ. Left out are only
 * addresses of which the sync found out by its own requests what no read of the plan could show. What a plan in doubt says is
 * sent all the same, and more may be.
 */
export const planDiffers = ({ lines, inDoubt }: Plan, events: readonly Event[], syncBegan: number): string | null => {
  const gone = new Set([...droppedOrGone(events, syncBegan), ...deletedUnseen(events, syncBegan)]);
  // Of whom Heed had to forget a plan names no address, at whichever address they are by now; and what an operator has just
  // entered spreads to other addresses of the person with the writes that carry it (C15, C20).
  const forgotten = forgottenIn(events);
  const unseen = { has: (address: string) => gone.has(address) || address === 'erased' || forgotten(address) };
  const sent = events
    .slice(syncBegan)
    .flatMap((event) => (event.kind === 'write' ? [{ address: addressOf(event), event }] : []))
    .filter(({ address }) => !unseen.has(address))
    .map(({ address, event }) => `${event.side} ${event.op.kind} ${address}`)
    .sort();
  const plan = lines.filter((line) => !unseen.has(line.split(' ')[2] ?? '')).sort();
  const writes = events.slice(syncBegan).filter((event) => event.kind === 'write');
  const wrong = erasedDiffers(lines, writes, forgotten);
  if (wrong !== null) return wrong;
  const isSame = inDoubt
    ? plan.every((line) => NOT_IN_DOUBT.has(line.split(' ')[1] ?? '') || sent.includes(line))
    : sent.join('\n') === plan.join('\n');
  return isSame ? null : `plan said [${plan.join(', ')}], sync sent [${sent.join(', ')}]`;
};

/**
 * Of erased people a plan says how many opt-outs there are, and where, each once. The sync may send more: each of its reads meets
 * them, so what one carried makes the next one carry on to sibling records what another run would for anybody else (C8, C25).
 * `theirs`: by now their records may be at other addresses.
 */
const erasedDiffers = (
  lines: readonly string[],
  writes: readonly Write[],
  theirs: (address: string) => boolean,
): string | null => {
  const planned = lines.filter((line) => line.endsWith(' opt-out erased'));
  const sent = writes
    .filter((write) => write.op.kind === 'opt-out' && theirs(addressOf(write)))
    .map(({ side }) => `${side} opt-out erased`);
  const count = (all: readonly string[], line: string): number => all.filter((one) => one === line).length;
  return planned.every((line) => count(planned, line) <= count(sent, line))
    ? null
    : `plan said [${planned.join(', ')}], sync sent [${sent.join(', ')}]`;
};

const forgottenIn = (events: readonly Event[]): ((address: string) => boolean) => {
  const erased = events.flatMap((event) => (event.kind === 'erased' || event.kind === 'listed' ? event.addresses : []));
  if (erased.length === 0) return () => false;
  const circles = new Circles(events);
  return (address) => erased.some((one) => circles.same(one, address));
};

/**
 * A record was deleted for good, which only the refusal of a write tells; or an earlier field write was accepted and dropped,
 * which only the look-up after an opt-out shows (C22: opt-outs alone are read back).
 */
const droppedOrGone = (events: readonly Event[], syncBegan: number): readonly string[] =>
  events.flatMap((event) => {
    // A job finds it out when it writes.
    if (event.kind === 'job-write') return event.n >= syncBegan && event.target === null ? [addressOf(event)] : [];
    if (event.kind !== 'write') return [];
    const { op, told, took, target } = event;
    const unseen =
      event.n >= syncBegan
        ? told === 'rejected' && target === null && 'record' in op && op.record !== null
        : told === 'applied' && !took && op.kind === 'patch';
    return unseen ? [addressOf(event)] : [];
  });

/**
 * Where an opt-out of somebody erased is met that cannot be carried at once, the next run reads both sides in full (C25). Only
 * such a read shows who was deleted for good, which a plan that goes on from where the last run was cannot know.
 */
const deletedUnseen = (events: readonly Event[], syncBegan: number): readonly string[] =>
  events.some(({ kind }) => kind === 'erased')
    ? events.flatMap((event) =>
        event.kind === 'member' && event.after === null && event.before !== null && event.n < syncBegan
          ? [event.before.email.toLowerCase()]
          : [],
      )
    : [];

const addressOf = ({ op }: Pick<Write, 'op'>): string => ('email' in op ? op.email : op.to).toLowerCase();
