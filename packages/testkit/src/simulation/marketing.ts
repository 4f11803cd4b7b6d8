import type { NewMemberAs, Op } from '@heed/contract';
import { nextStamp } from './crm.ts';
import type { At, History, MemberSnap, Who } from './history.ts';
import { SearchIndex } from './search-index.ts';
import { TOPIC } from './topic.ts';
import type { World } from './world.ts';

export const MARKETING_FIELDS = ['FNAME', 'TITLE'] as const;

export interface MemberStatus {
  snap: MemberSnap;
  /** Vendor's clock, in its own resolution. */
  stamp: At;
  /** Vendor's clock, exact. */
  since: At;
}

export interface Member extends MemberStatus {
  /** The vendor's feed of the person's own opt-ins: vendor's clock and true time. */
  readonly optIns: { readonly at: At; readonly trueAt: At }[];
  readonly nth: number;
  tagged: boolean;
}

export type MarketingAnswer =
  | { readonly told: 'applied' | 'unchanged'; readonly member: Member }
  | {
      readonly told: 'rejected';
      readonly kind: 'missing' | 'refused' | 'invalid' | 'config';
      readonly member: Member | null;
    };

/**
 * The simulated marketing tool. Its traps are those of real ones: archiving hides an opt-out, creating an archived member
 * revives it, an API user may re-subscribe whom an administrator unsubscribed, but not who unsubscribed himself.
 */
export class SimulatedMarketing {
  /** By id; an address has one member at most. */
  readonly members = new Map<string, Member>();
  readonly history: History;
  /** Who opted out before anybody made a contact of them: no list shows them. */
  readonly #strangers = new Set<string>();
  readonly #world: World;
  readonly #index: SearchIndex<MemberStatus>;
  #gone: readonly { readonly member: Member; readonly shownUntil: At }[] = [];
  #made = 0;

  constructor(world: World, history: History = world.history) {
    this.#world = world;
    this.history = history;
    this.#index = new SearchIndex(world, 'marketing');
  }

  vendorNow(): At {
    return this.#world.vendorNow('marketing');
  }

  /** The members as a search shows them at the moment: some as they were before, the newest not at all, the deleted still. */
  searchable(): readonly Member[] {
    const gone = this.#gone.filter(({ shownUntil }) => shownUntil > this.#world.now()).map(({ member }) => member);
    return [...this.members.values(), ...gone].flatMap((member) => {
      if (this.#strangers.has(member.snap.key)) return [];
      const state = this.#index.stateOf(member.snap.key, member);
      return state === null ? [] : [state === member ? member : { ...member, ...state }];
    });
  }

  all(): readonly Member[] {
    return [...this.members.values()];
  }

  at(email: string): Member | undefined {
    return this.all().find(({ snap }) => snap.email.toLowerCase() === email.trim().toLowerCase());
  }

  create(email: string, by: Who, act: string, wanted: Partial<MemberSnap>, proven = false): Member {
    this.#made += 1;
    const snap: MemberSnap = {
      status: 'subscribed',
      complaint: false,
      outOfTopic: false,
      ...wanted,
      by,
      key: `member/m${(this.#made * 3) % 10}${this.#made}`,
      email,
      fields: { FNAME: null, TITLE: null, ...wanted.fields },
    };
    const member: Member = {
      snap,
      stamp: this.#stamp(),
      since: this.vendorNow(),
      optIns: [],
      nth: this.#made,
      tagged: false,
    };
    if (by === 'person') this.#optedIn(member);
    this.members.set(snap.key, member);
    if (this.#world.settings.quirks.listsNoStrangers === true && act === 'was there' && snap.status === 'unsubscribed')
      this.#strangers.add(snap.key);
    this.#index.note(snap.key, member);
    this.history.add(this.#world.now(), { kind: 'member', by, act, before: null, after: snap, proven });
    return member;
  }

  change(member: Member, by: Who, act: string, change: Partial<MemberSnap>, proven = false): void {
    const before = member.snap;
    this.#strangers.delete(before.key);
    const status = change.status !== undefined || change.complaint !== undefined;
    member.snap = { ...before, ...change, by: status ? by : before.by };
    const { lateMs } = this.#world.settings.quirks;
    const late = by !== 'us' && lateMs > 0 && this.#world.draw.chance(0.3) ? this.#world.draw.int(lateMs) : 0;
    member.stamp = nextStamp(member.stamp, this.#stamp(), late);
    if (status) member.since = this.vendorNow();
    this.#index.note(member.snap.key, member);
    if (proven) this.#optedIn(member);
    this.history.add(this.#world.now(), { kind: 'member', by, act, before, after: member.snap, proven });
  }

  remove(member: Member): void {
    this.members.delete(member.snap.key);
    const shownUntil = this.#world.searchableAt('marketing');
    if (shownUntil > this.#world.now()) this.#gone = [...this.#gone, { member, shownUntil }];
    this.history.add(this.#world.now(), {
      kind: 'member',
      by: 'operator',
      act: 'delete member',
      before: member.snap,
      after: null,
      proven: false,
    });
  }

  /** What the API user's write does. */
  apply(op: Op): MarketingAnswer {
    if (op.kind === 'create') return this.#applyCreate(op);
    if (op.kind === 'clear') return { told: 'rejected', kind: 'config', member: null };
    const member = op.record === null ? undefined : this.members.get(`${op.record.type}/${op.record.id}`);
    if (member === undefined) return { told: 'rejected', kind: 'missing', member: null };
    switch (op.kind) {
      case 'opt-out':
        return this.#applyOptOut(member, op.topic);
      case 'patch':
        return this.#applyPatch(member, op.fields);
      case 'rename':
        return this.#applyRename(member, op.to);
      case 'leave':
        return this.#applyLeave(member, op.how);
    }
  }

  isPoisoned(member: Member, how: 'fields' | 'opt-out'): boolean {
    const { poison } = this.#world.settings.quirks;
    return poison?.side === 'marketing' && poison.how === how && poison.nth === member.nth;
  }

  #applyOptOut(member: Member, topic: string): MarketingAnswer {
    if (topic === TOPIC.marketing) return this.#applyOutOfTopic(member);
    if (topic !== '*') return { told: 'rejected', kind: 'config', member };
    if (member.snap.status === 'unsubscribed') return { told: 'unchanged', member };
    if (member.snap.status === 'undeliverable') return { told: 'rejected', kind: 'refused', member };
    if (!this.isPoisoned(member, 'opt-out')) this.change(member, 'us', 'opt-out', { status: 'unsubscribed' });
    return { told: 'applied', member };
  }

  #applyOutOfTopic(member: Member): MarketingAnswer {
    if (member.snap.outOfTopic) return { told: 'unchanged', member };
    if (!this.isPoisoned(member, 'opt-out')) this.change(member, 'us', 'opt-out of topic', { outOfTopic: true });
    return { told: 'applied', member };
  }

  #applyPatch(member: Member, values: Readonly<Record<string, unknown>>): MarketingAnswer {
    if (this.isPoisoned(member, 'fields')) return { told: 'rejected', kind: 'invalid', member };
    const fields = textFields(values);
    if (Object.entries(fields).every(([name, value]) => member.snap.fields[name] === value))
      return { told: 'unchanged', member };
    this.change(member, 'us', 'patch', { fields: { ...member.snap.fields, ...fields } });
    return { told: 'applied', member };
  }

  #applyRename(member: Member, to: string): MarketingAnswer {
    const there = this.at(to);
    if (there === member) return { told: 'unchanged', member };
    if (there !== undefined) return { told: 'rejected', kind: 'invalid', member };
    this.change(member, 'us', 'rename', { email: to });
    return { told: 'applied', member };
  }

  #applyLeave(member: Member, how: 'tag' | 'archive'): MarketingAnswer {
    if (how === 'tag') {
      if (member.tagged) return { told: 'unchanged', member };
      member.tagged = true;
      return { told: 'applied', member };
    }
    if (member.snap.status === 'archived') return { told: 'unchanged', member };
    this.change(member, 'us', 'leave', { status: 'archived' });
    return { told: 'applied', member };
  }

  #applyCreate(op: Extract<Op, { kind: 'create' }>): MarketingAnswer {
    const there = this.at(op.email);
    const status = statusOf(op.as ?? 'subscribed');
    if (there === undefined) {
      const member = this.create(op.email, 'us', 'create', { status, fields: textFields(op.fields) });
      return { told: 'applied', member };
    }
    if (there.snap.status === 'archived') {
      // The trap: the opt-out that archiving hid is gone for good.
      this.change(there, 'us', 'create revives', { status, complaint: false });
      return { told: 'applied', member: there };
    }
    // As the contract of `create` asks where that is the one look before a member is made.
    const isToTell = this.#world.settings.quirks.listsNoStrangers === true;
    if (isToTell && there.snap.status === 'unsubscribed') return { told: 'unchanged', member: there };
    return this.#applyPatch(there, op.fields);
  }

  #optedIn(member: Member): void {
    if (member.snap.status === 'subscribed') member.optIns.push({ at: this.vendorNow(), trueAt: this.#world.now() });
  }

  #stamp(): At {
    const { stampMs } = this.#world.settings.quirks;
    return Math.floor(this.vendorNow() / stampMs) * stampMs;
  }
}

const statusOf = (as: NewMemberAs): MemberSnap['status'] => as;

const textFields = (values: Readonly<Record<string, unknown>>): Record<string, string | null> =>
  Object.fromEntries(
    MARKETING_FIELDS.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, typeof value === 'string' ? value : null]];
    }),
  );
