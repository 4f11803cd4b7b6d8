import type { Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import { followedTo, knownAt } from './known.ts';
import type { Past } from './past.ts';
import { leftBefore } from './stays.ts';
import type { OptIn, OptOut } from './what-happened.ts';

export type Write = Extract<Event, { kind: 'write' }>;
export type OpOf<Kind extends Write['op']['kind']> = Extract<Write['op'], { kind: Kind }>;

/** What one write is judged with. */
export class Bench {
  readonly found: Violation[] = [];
  readonly settings: Settings;
  readonly past: Past;
  readonly write: Write;

  constructor(settings: Settings, past: Past, write: Write) {
    this.settings = settings;
    this.past = past;
    this.write = write;
  }

  blame(invariant: string, rule: string, why: string): void {
    const { op, side, n } = this.write;
    this.found.push({ invariant, rule, text: `${op.kind} to ${side} for ${addressOf(op)} ${why}`, n });
  }

  /** Opt-outs of the same circle so far, whether the engine knows them or not. */
  inCircle(node: string): readonly OptOut[] {
    return this.past.optOuts.filter(({ holder }) => this.past.circles.same(holder, node));
  }

  knownAt(address: string): readonly OptOut[] {
    return knownAt(this.past, this.write.run, address);
  }

  followedTo(address: string): readonly OptOut[] {
    return followedTo(this.past, this.write.run, address);
  }

  /**
   * Could an opt-out bind somebody who lives at `address` now? If it was made or seen there, or on somebody who lives there
   * by now; or at another address from which somebody came, who was shown there and had not left long before. What happens
   * behind people's backs does not follow them (C15), and what no read ever tied together nobody can know.
   */
  mayBind(optOut: OptOut, address: string): boolean {
    const { past } = this;
    const livesHere = (record: string): boolean => keyOf(past.heirOf(record)?.email ?? null) === address;
    if (optOut.address === address || optOut.shown.some((one) => one.address === address)) return true;
    if (keyOf(past.members.get(optOut.holder)?.email ?? null) === address || livesHere(optOut.holder)) return true;
    return past.stays.some(
      (stay) =>
        stay.address === optOut.address &&
        stay.shownIn.size > 0 &&
        !leftBefore(stay, optOut.at - past.orderDoubtMs) &&
        livesHere(stay.record),
    );
  }

  /** Nobody can opt in for a record that comes to the address only later, and comes opted out. */
  mayBeTheirs(optIn: OptIn, record: string): boolean {
    const { past } = this;
    const theirs = past.stays.filter((stay) => stay.record === record || past.heirOf(stay.record)?.key === record);
    const now = theirs.find((stay) => stay.record === record && stay.until === null);
    if (now === undefined || !now.cameOut || now.from < optIn.from) return true;
    return theirs.some((stay) => stay.address === optIn.address && stay.from < optIn.from);
  }

  liveRecordsAt(address: string): readonly RecordSnap[] {
    return [...this.past.records.values()].filter(({ life, email }) => life === 'live' && keyOf(email) === address);
  }

  /** A record of the list that was deleted, merged or renamed away from here while the run was going on: no read can show it. */
  lostFromListInRun(address: string): boolean {
    const { past } = this;
    return past.stays.some(({ record, address: there, until, untilAt }) => {
      const now = past.records.get(record);
      if (there !== address || now?.inList !== true) return false;
      return until === null ? now.life !== 'live' && !past.isSettled(record) : past.isTooLate(until, untilAt ?? 0);
    });
  }

  /**
   * One record alone moved here from an address where its member still is, mailable, and the engine was shown both there:
   * the member follows or stays, but is not made again. Where lists decide who is linked at all, nothing is claimed.
   */
  hasMemberElsewhere(address: string): boolean {
    const { past, write } = this;
    const here = this.liveRecordsAt(address);
    const [mover] = here;
    if (mover === undefined || here.length > 1 || this.settings.rules.lists) return false;
    return past.stays.some(
      (stay) =>
        stay.record === mover.key &&
        stay.address !== null &&
        stay.address !== address &&
        past.stays.every(({ address: other, record }) => other !== stay.address || record === mover.key) &&
        [...stay.shownIn].some(
          (run) =>
            past.isClean(run) &&
            run < write.run &&
            past.isSync(run) &&
            this.#isMailableMemberShown(stay.address ?? '', run),
        ),
    );
  }

  #isMailableMemberShown(address: string, run: number): boolean {
    const seen = (this.past.shownMembers.get(address) ?? []).filter((one) => one.run <= run).at(-1);
    if (seen === undefined || !this.past.isClean(seen.run)) return false;
    const now = this.past.members.get(seen.snap.key);
    const mailable = (one: MemberSnap | undefined): boolean =>
      one?.status === 'subscribed' || one?.status === 'non-subscribed';
    return mailable(seen.snap) && mailable(now) && keyOf(now?.email ?? null) === address;
  }

  member(): MemberSnap | null {
    const { target } = this.write;
    return target !== null && 'status' in target ? target : null;
  }

  /** The last state of the member that the engine was shown, if a durable run or this one showed it. */
  lastShown(key: string): MemberSnap | null {
    const sights = [...this.past.shownMembers.values()].flat();
    const all = [...sights, ...this.past.answers].filter((one) => one.snap.key === key);
    const last = all.reduce<(typeof all)[number] | null>(
      (late, one) => (late === null || one.made >= late.made ? one : late),
      null,
    );
    return last !== null && this.past.knows(this.write.run, [last]) ? last.snap : null;
  }

  /** Every record type's opt-out field has been hidden from before this run began (C18)? */
  isBlind(beganAt: number): boolean {
    return [...this.past.hiddenSince.values()].some((n) => n < beganAt);
  }
}

const addressOf = (op: Write['op']): string => ('email' in op ? op.email : op.from);
