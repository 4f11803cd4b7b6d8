import type { Op } from '@heed/contract';
import type { Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { TOPIC } from '../topic.ts';
import { keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import type { Past } from './past.ts';
import { poisonedKeys } from './poison.ts';

/** Somebody left the one topic, or an operator ticked its box. Nothing ever lifts it: nobody can prove an opt-in to a topic. */
interface TopicOut {
  readonly n: number;
  readonly system: 'crm' | 'marketing';
  readonly holder: string;
  /** False: Heed may take it for the echo of its own write, or cannot see that it is new. */
  sure: boolean;
  readonly shown: { readonly run: number; readonly n: number; readonly address: string }[];
  endedBy: number | null;
}

type Snap = RecordSnap | MemberSnap;
type Write = Extract<Event, { kind: 'write' }>;

/** An opt-out of the topic alone; one that touches all mail as well is judged as one of all mail. */
export const isAboutTopic = (op: Op): boolean =>
  op.kind === 'opt-out' && (op.topic === TOPIC.marketing || (TOPIC.crm in op.set && !('OptedOut' in op.set)));

/**
 * C17: opt-outs of the one topic travel like those of all mail, nothing but them makes Heed write one, and nobody is ever taken
 * back in. `past` is the whole history. That none is widened is what the judgement of all mail says: it knows of no topics.
 */
export const judgeTopic = (settings: Settings, past: Past, events: readonly Event[]): readonly Violation[] => {
  if (!settings.rules.topic) return [];
  const court = new TopicCourt(settings, past, events);
  for (const event of events) court.step(event);
  const isOver = events.some((event) => event.kind === 'note' && event.text === 'END');
  return [...court.found, ...(isOver ? court.demands() : [])];
};

class TopicCourt {
  readonly found: Violation[] = [];
  readonly #settings: Settings;
  readonly #past: Past;
  readonly #events: readonly Event[];
  readonly #outs: TopicOut[] = [];
  /** Holder -> the event that made it as it was shown last, and whether that was out. */
  readonly #seen = new Map<string, { readonly made: number; readonly out: boolean }>();
  /** Whom Heed ever sent an opt-out of the topic. */
  readonly #sent: string[] = [];
  readonly #lost: string[] = [];
  readonly #behind = { crm: false, marketing: false };

  constructor(settings: Settings, past: Past, events: readonly Event[]) {
    this.#settings = settings;
    this.#past = past;
    this.#events = events;
  }

  step(event: Event): void {
    if (event.kind === 'clock') this.#behind[event.side] = event.wrongByMs < 0;
    if (event.kind === 'record') this.#onChange(event, 'crm');
    if (event.kind === 'member') this.#onChange(event, 'marketing');
    if (event.kind === 'shown-record' && event.outOfTopic !== null)
      this.#show(event, event.snap, event.outOfTopic && event.snap.life === 'live');
    // Under an opt-out of everything it says nothing, until it outlives that.
    if (event.kind === 'shown-member')
      this.#show(event, event.snap, event.snap.status === 'unsubscribed' ? null : event.snap.outOfTopic);
    if (event.kind === 'write') this.#onWrite(event);
  }

  /** The end: everybody is out of the topic where the rules say so. */
  demands(): readonly Violation[] {
    const { rules } = this.#settings;
    const poisoned = poisonedKeys(this.#settings, this.#events, 'opt-out');
    const { records, members } = this.#past;
    const standing = this.#outs.filter(({ holder, sure }) => sure && !this.#past.isForgotten(holder));
    return standing.flatMap((out): readonly Violation[] => {
      const addresses = new Set(out.shown.flatMap((one) => (this.#past.isClean(one.run) ? [one.address] : [])));
      const isMissing = (one: Snap): boolean =>
        !one.outOfTopic && !poisoned.has(one.key) && addresses.has(keyOf(one.email) ?? '');
      const crm = out.system === 'crm' ? [] : [...records.values()].filter(({ life }) => life === 'live');
      const carried = out.system === 'crm' && rules.crmToMarketing;
      const marketing = carried ? [...members.values()].filter((member) => this.#mustLeave(member)) : [];
      return [...crm, ...marketing].filter(isMissing).map((one) => ({
        invariant: 'I3',
        rule: carried ? 'C3 C17' : 'C1 C17',
        text: `${one.key} at ${one.email} is in the topic, though ${out.holder} left it (event ${out.n})`,
        n: this.#events.length - 1,
      }));
    });
  }

  #onChange(event: Extract<Event, { kind: 'record' | 'member' }>, system: TopicOut['system']): void {
    const { before, after, n, by } = event;
    const was = before !== null && isOutOfTopic(before);
    const is = after !== null && isOutOfTopic(after);
    const key = after?.key ?? before?.key ?? '';
    if (by === 'us' && before?.outOfTopic === true && after?.outOfTopic === false)
      this.#blame('I1', 'C6 C17', `${key} was taken back into the topic`, n);
    if (after !== null && 'life' in after && before !== null && after.life !== (before as RecordSnap).life)
      this.#lost.push(key);
    if (was && !is) for (const out of this.#outs) if (out.holder === key && out.endedBy === null) out.endedBy = n;
    if (!is || was || by === 'us') return;
    // What came along with a conversion or a restore repeats an older one.
    const copied = event.act === 'convert makes' || event.act === 'restore record';
    const isNews = this.#seen.get(key)?.out !== true && !this.#sent.includes(key) && !copied;
    this.#outs.push({ n, system, holder: key, sure: isNews && !this.#behind[system], shown: [], endedBy: null });
  }

  /** `out`, null: it says nothing. What is older than what was seen before tells nothing either. */
  #show({ run, n }: { readonly run: number; readonly n: number }, snap: Snap, out: boolean | null): void {
    const made = this.#past.madeBy(snap).n;
    const before = this.#seen.get(snap.key);
    if (made < (before?.made ?? 0)) return;
    this.#seen.set(snap.key, { made, out: out ?? before?.out ?? false });
    const address = keyOf(snap.email);
    if (out !== true || address === null) return;
    this.#outs
      .findLast((one) => one.holder === snap.key && one.n <= made && (one.endedBy === null || one.endedBy > made))
      ?.shown.push({ run, n, address });
  }

  #onWrite(write: Write): void {
    const { op, side, n, run, target } = write;
    const address = 'email' in op ? (keyOf(op.email) ?? '') : '';
    if (side === 'marketing' && op.kind === 'create') {
      const known = this.#outs.filter(
        ({ sure, shown }) =>
          sure &&
          this.#past.knows(
            run,
            shown.filter((one) => one.address === address),
          ),
      );
      if (known.some(({ holder }) => !this.#past.isForgotten(holder)))
        this.#blame('I2', 'C6 C17', `create of ${address}, who would be in a topic that they left`, n);
    }
    if (!isAboutTopic(op)) return;
    const node = target?.key ?? address;
    if (target !== null) this.#sent.push(target.key);
    for (const out of this.#outs) if (out.holder === target?.key && !this.#past.knows(run, out.shown)) out.sure = false;
    if (this.#past.isForgotten(node)) return;
    const behind = this.#outs.filter(({ holder }) => this.#past.circles.same(holder, node));
    if (behind.length === 0) {
      this.#blame('I9', 'C17', `opt-out of the topic to ${side} for ${address} has none behind it`, n);
      return;
    }
    if (this.#settings.rules.crmToMarketing || behind.some(({ system }) => system === 'marketing')) return;
    const isInherited = this.#lost.some((key) => this.#past.circles.same(key, node));
    if (side === 'marketing' || !isInherited)
      this.#blame('C0', 'C2 C17', `opt-out of the topic to ${side} for ${address} carries what only the CRM said`, n);
  }

  /** C3, C5, C6: mailable, in scope, and not fought about. */
  #mustLeave({ key, email, status }: MemberSnap): boolean {
    const { lists, scope } = this.#settings.rules;
    const times = this.#events.filter(
      (event) => event.kind === 'write' && isAboutTopic(event.op) && event.took && event.target?.key === key,
    );
    const isInScope =
      !lists ||
      scope === 'everyone' ||
      [...this.#past.records.values()].some(
        (record) => record.life === 'live' && record.inList && keyOf(record.email) === keyOf(email),
      );
    return (status === 'subscribed' || status === 'non-subscribed') && times.length < 3 && isInScope;
  }

  #blame(invariant: string, rule: string, text: string, n: number): void {
    this.found.push({ invariant, rule, text, n });
  }
}

const isOutOfTopic = (snap: Snap): boolean => snap.outOfTopic && (!('life' in snap) || snap.life === 'live');
