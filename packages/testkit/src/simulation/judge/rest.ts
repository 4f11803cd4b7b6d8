import type { Event, MemberSnap, RecordSnap } from '../history.ts';
import type { Settings } from '../settings.ts';
import { keyOf } from './circle.ts';
import type { Violation } from './judge.ts';
import { maybeLifted } from './lifted.ts';
import type { Past } from './past.ts';
import { poisonedKeys } from './poison.ts';
import { isAboutTopic } from './topic.ts';
import { isOut, type OptOut, type Stay } from './what-happened.ts';

/** People have stopped and syncs succeed: is everybody opted out where the rules say so (I3), and does nothing move (I5)? */
export const judgeRest = (settings: Settings, past: Past, events: readonly Event[]): readonly Violation[] => {
  const rest = events.findIndex((event) => event.kind === 'note' && event.text.startsWith('REST'));
  const end = events.findIndex((event) => event.kind === 'note' && event.text === 'END');
  // Without an end the engine failed or the schedule was cut short, which is reported by itself.
  if (rest < 0 || end < 0) return [];
  const court = new Court(settings, past, events, rest);
  return [...court.uncleanRuns(), ...court.crmDemands(), ...court.marketingDemands(), ...court.unrest()];
};

class Court {
  readonly #settings: Settings;
  readonly #past: Past;
  readonly #events: readonly Event[];
  readonly #rest: number;
  readonly #last: number;
  readonly #poisoned: ReadonlySet<string>;

  constructor(settings: Settings, past: Past, events: readonly Event[], rest: number) {
    this.#settings = settings;
    this.#past = past;
    this.#events = events;
    this.#rest = rest;
    this.#last = events.length - 1;
    this.#poisoned = poisonedKeys(settings, events, 'opt-out');
  }

  uncleanRuns(): readonly Violation[] {
    return this.#events
      .slice(this.#rest)
      .flatMap((event) =>
        event.kind === 'run' && event.phase === 'ended' && !event.clean
          ? [this.#blame('I3', '', `a run with nothing in its way ended ${event.status}`, event.n)]
          : [],
      );
  }

  /** C1, C14, C15, C16: the opt-out field. */
  crmDemands(): readonly Violation[] {
    const found: Violation[] = [];
    for (const optOut of this.#standing()) {
      const addresses = this.#addressesOf(optOut);
      for (const record of this.#liveRecords()) {
        const address = keyOf(record.email) ?? '';
        if (record.optedOut) continue;
        if (optOut.system !== 'crm' && addresses.has(address))
          found.push(this.#missing('I3', 'C1 C15', `${record.key} at ${address} is not opted out`, optOut));
        if (optOut.system === 'crm' && addresses.has(address) && this.#isSibling(optOut, record, address))
          found.push(this.#missing('I3', 'C8 C1', `sibling ${record.key} at ${address} is not opted out`, optOut));
        if (this.#inherits(optOut, record))
          found.push(
            this.#missing('I3', 'C16', `${record.key}, which carries on ${optOut.holder}, is not opted out`, optOut),
          );
      }
    }
    return found;
  }

  /** C3, C5, C15: the member. */
  marketingDemands(): readonly Violation[] {
    const found: Violation[] = [];
    for (const optOut of this.#standing()) {
      const addresses = this.#addressesOf(optOut);
      for (const member of this.#past.members.values()) {
        const address = keyOf(member.email) ?? '';
        if (!addresses.has(address) || this.#poisoned.has(member.key)) continue;
        // Pending, archived and undeliverable members are left alone.
        if (member.status !== 'subscribed' && member.status !== 'non-subscribed') continue;
        if (this.#isFought(member)) continue;
        const carried = optOut.system === 'list' || (this.#settings.rules.crmToMarketing && this.#isInScope(address));
        const follows =
          optOut.system === 'marketing' && this.#isLaterAddress(optOut, address) && !this.#isSubscribedAgain(member);
        if (carried)
          found.push(this.#missing('I3', 'C3', `${member.key} at ${address} is still ${member.status}`, optOut));
        else if (follows)
          found.push(this.#missing('I3', 'C15', `${member.key} at ${address} is still ${member.status}`, optOut));
      }
    }
    return found;
  }

  /** I5 */
  unrest(): readonly Violation[] {
    const settled = this.#noteAt('SETTLED');
    const edit = this.#noteAt('ONE EDIT');
    const stuck = new Set([...this.#poisoned, ...poisonedKeys(this.#settings, this.#events, 'fields')]);
    const writes = this.#events
      .filter((event) => event.kind === 'write')
      .filter(({ target }) => !stuck.has(target?.key ?? ''));
    const idle = writes
      .filter((write) => write.n > settled && write.n < edit && !this.#isNews(write, settled))
      .map((write) =>
        this.#blame('I5', '', `a settled world was written to: ${write.op.kind} to ${write.side}`, write.n),
      );
    const counts = new Map<string, number>();
    const again = writes
      .filter(({ n, told }) => n > edit && told !== 'rejected')
      .flatMap((write) => {
        const key = write.target?.key ?? `new ${write.side} ${'email' in write.op ? write.op.email : ''}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
        const many = counts.get(key) === 2;
        return many ? [this.#blame('I5', '', `one human edit made more than one write to ${key}`, write.n)] : [];
      });
    return [...idle, ...again];
  }

  /** The other profile's last run found a complaint, after this one's: only the next run can carry it (C26). */
  #isNews({ op, target }: Extract<Event, { kind: 'write' }>, settled: number): boolean {
    const before = this.#events.slice(0, settled);
    const began = before.findLastIndex(
      (event) => event.kind === 'run' && event.phase === 'began' && event.foreign !== true,
    );
    const told = before.slice(began).flatMap((event) => (event.kind === 'complained' ? event.addresses : []));
    return op.kind === 'opt-out' && told.some((address) => this.#past.circles.same(address, target?.key ?? ''));
  }

  /** Opt-outs that the engine must know by now, and that no later act of the person can have lifted. */
  #standing(): readonly OptOut[] {
    return this.#past.optOuts.filter(
      (one) => one.sure && this.#isKnown(one) && !this.#past.isForgotten(one.holder) && !maybeLifted(this.#past, one),
    );
  }

  /** Shown to a run that ended well; or it was there through all the runs at the end, which must then have shown it. */
  #isKnown(optOut: OptOut): boolean {
    return this.#past.knows(null, optOut.shown) || this.#lasted(optOut);
  }

  #lasted(optOut: OptOut): boolean {
    return optOut.system !== 'list' && optOut.endedBy === null && optOut.n < this.#rest;
  }

  /** The addresses at which it surely stands. */
  #addressesOf(optOut: OptOut): ReadonlySet<string> {
    const direct = this.#directAddresses(optOut);
    if (optOut.system === 'marketing') for (const address of this.#followed(optOut, direct)) direct.add(address);
    return direct;
  }

  #directAddresses(optOut: OptOut): Set<string> {
    const found = new Set<string>();
    for (const one of optOut.shown) if (one.address !== null && this.#past.isClean(one.run)) found.add(one.address);
    const holder =
      optOut.system === 'crm' ? this.#past.records.get(optOut.holder) : this.#past.members.get(optOut.holder);
    if (holder === undefined) return found;
    const now = keyOf(holder.email);
    if (this.#lasted(optOut) && now !== null) found.add(now);
    if (optOut.system === 'marketing') return found;
    // A tick and an address change found by the same read count for both; and it follows the record (C15).
    const seenThere = this.#past.stays.some(
      (stay) => stay.record === optOut.holder && stay.address === optOut.address && this.#isSeen(stay),
    );
    if (seenThere && optOut.address !== null) found.add(optOut.address);
    if ('life' in holder && holder.life === 'live' && now !== null) found.add(now);
    return found;
  }

  /**
   * C15 for an opt-out made in marketing: it follows the one person who surely had the address at that time. If another
   * record ever had the address, the rules may list it for review instead, so nothing is demanded.
   */
  #followed(optOut: OptOut, direct: ReadonlySet<string>): readonly string[] {
    const { stays } = this.#past;
    return stays
      .filter(
        (stay) =>
          stay.address !== null &&
          stay.address === optOut.address &&
          direct.has(stay.address) &&
          stay.from < optOut.n &&
          stay.until !== null &&
          (this.#events[stay.until]?.at ?? 0) - optOut.at > this.#past.orderDoubtMs &&
          this.#isSeen(stay) &&
          stays.every(({ address, record }) => address !== stay.address || record === stay.record),
      )
      .flatMap(({ record }) => {
        const now = this.#past.records.get(record);
        const address = now?.life === 'live' ? keyOf(now.email) : null;
        return address === null ? [] : [address];
      });
  }

  #isLaterAddress(optOut: OptOut, address: string): boolean {
    return this.#followed(optOut, new Set([optOut.address ?? ''])).includes(address) && address !== optOut.address;
  }

  /** Row 3: whom the engine opted out at a later address and somebody else subscribed again is decided as row 4. */
  #isSubscribedAgain({ key }: MemberSnap): boolean {
    const ours = this.#events.findIndex((event) => isOptOutOf(event, key));
    return (
      ours >= 0 &&
      this.#events.some(
        (event) =>
          event.kind === 'member' &&
          event.n > ours &&
          event.by !== 'us' &&
          event.after?.key === key &&
          event.before?.status === 'unsubscribed' &&
          event.after.status === 'subscribed',
      )
    );
  }

  #isSeen(stay: Stay): boolean {
    return this.#past.knows(
      null,
      [...stay.shownIn].map((run) => ({ run })),
    );
  }

  /**
   * Worked example 5: our own unsubscription of the address sets the records that did not say it themselves. Of a member that was
   * opted out at another address and brought here, the state is an echo of what was said there, and demands no more than that (C8):
   * here it counts where C3 would have made it so just now.
   */
  #isSibling(optOut: OptOut, record: RecordSnap, address: string): boolean {
    if (record.key === optOut.holder || this.#past.unticked.has(record.key)) return false;
    // Said there itself and lost unseen, deleted and restored between two reads: that looks like an untick, which is left (C6).
    if (this.#past.optOuts.some((one) => one.holder === record.key && this.#wasTick(one))) return false;
    const demanded = this.#settings.rules.crmToMarketing && this.#isInScope(address);
    return [...this.#past.members.values()].some(
      (member) =>
        keyOf(member.email) === address &&
        member.status === 'unsubscribed' &&
        member.by === 'us' &&
        (demanded || this.#wasOptedOutAt(address, member.key)),
    );
  }

  /** By this profile or another one of the audience. */
  #wasOptedOutAt(address: string, key: string): boolean {
    return this.#events.some(
      (event) => isOptOutOf(event, key) && 'email' in event.op && keyOf(event.op.email) === address,
    );
  }

  #wasTick(optOut: OptOut): boolean {
    return optOut.by === 'opt-out' && optOut.shown.length > 0 && !maybeLifted(this.#past, optOut);
  }

  /** C16: the record carries on one that had the flag when it was merged, converted, or deleted and restored. */
  #inherits(optOut: OptOut, record: RecordSnap): boolean {
    if (
      optOut.system !== 'crm' ||
      optOut.by !== 'opt-out' ||
      optOut.endedBy === null ||
      !this.#past.knows(null, optOut.shown)
    )
      return false;
    const end = this.#events[optOut.endedBy];
    if (end?.kind !== 'record' || end.after.life === 'live') return false;
    if (this.#untickedAfter(record.key, end.n)) return false;
    if (end.after.life === 'deleted') {
      // Without a read in between, deleting and restoring looks like an untick.
      const seenDeleted = this.#events.some(
        (event) =>
          event.kind === 'shown-record' &&
          event.n > end.n &&
          event.snap.key === optOut.holder &&
          event.snap.life === 'deleted' &&
          this.#past.isClean(event.run),
      );
      return seenDeleted && record.key === optOut.holder;
    }
    return this.#past.records.get(optOut.holder)?.life === record.key;
  }

  #untickedAfter(key: string, n: number): boolean {
    return this.#events.some(
      (event) => event.kind === 'record' && event.n > n && event.act === 'untick' && event.after.key === key,
    );
  }

  #liveRecords(): readonly RecordSnap[] {
    return [...this.#past.records.values()].filter(({ life, key }) => life === 'live' && !this.#poisoned.has(key));
  }

  /** C5: with `scope: lists` any live record of the address in a list makes it in scope. */
  #isInScope(address: string): boolean {
    const { lists, scope } = this.#settings.rules;
    if (!lists || scope === 'everyone') return true;
    return [...this.#past.records.values()].some(
      ({ life, email, inList }) => life === 'live' && inList && keyOf(email) === address,
    );
  }

  /** C6: after three times in 30 days the member is set aside: two systems are fighting. */
  #isFought(member: MemberSnap): boolean {
    const times = this.#events.filter((event) => isOptOutOf(event, member.key));
    return times.length >= 3 && !isOut(member);
  }

  #noteAt(text: string): number {
    return this.#events.findIndex((event) => event.kind === 'note' && event.text === text);
  }

  #missing(invariant: string, rule: string, what: string, { n, system, holder, address }: OptOut): Violation {
    return this.#blame(
      invariant,
      rule,
      `${what}, though ${holder} at ${address} was opted out in ${system} (event ${n})`,
      this.#last,
    );
  }

  #blame(invariant: string, rule: string, text: string, n: number): Violation {
    return { invariant, rule, text, n };
  }
}

/** Our own opt-out of everything. */
const isOptOutOf = (event: Event, key: string): event is Extract<Event, { kind: 'write' }> =>
  event.kind === 'write' &&
  event.op.kind === 'opt-out' &&
  !isAboutTopic(event.op) &&
  event.took &&
  event.target?.key === key;
