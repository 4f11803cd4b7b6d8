import type { CrmRecord, RecordType, SimulatedCrm } from './crm.ts';
import type { RecordSnap } from './history.ts';
import type { Member, SimulatedMarketing } from './marketing.ts';
import type { Act, ActName, Schedule } from './schedule.ts';
import { TOPIC_DEEDS } from './topic-acts.ts';
import type { World } from './world.ts';

/** Performs what people do. An act that nobody can do at the moment is nothing. */
export class Actors {
  readonly #world: World;
  readonly #crm: SimulatedCrm;
  readonly #marketing: SimulatedMarketing;
  readonly #mark: string;
  #fresh = 0;
  #values = 0;

  /** `mark`: what the values begin with that these people enter. */
  constructor(world: World, crm: SimulatedCrm, marketing: SimulatedMarketing, mark = 'v') {
    this.#mark = mark;
    this.#world = world;
    this.#crm = crm;
    this.#marketing = marketing;
  }

  /** The people there are at first: long ago, so nobody can say what happened when. */
  settle(people: Schedule['people'], where: 'both' | 'crm' | 'marketing' = 'both'): void {
    const { topic } = this.#world.settings.rules;
    for (const [index, { crm, marketing, flags }] of people.entries()) {
      const email = `p${index}@x.org`;
      const shape = crm % 20;
      const types: readonly RecordType[] =
        shape < 2
          ? []
          : shape < 9
            ? ['Contact']
            : shape < 14
              ? ['Lead']
              : shape < 18
                ? ['Contact', 'Lead']
                : ['Contact', 'Contact'];
      for (const [nth, type] of where === 'marketing' ? [] : types.entries())
        this.#crm.create(type, 'operator', 'was there', {
          email: nth === 0 ? email : spelledOtherwise(email),
          optedOut: (flags >> nth) % 5 === 0,
          optIn: flags % 3 !== 0,
          outOfTopic: topic && flags % 6 === 2,
          inList: (flags >> (nth + 2)) % 3 !== 0,
          fields: { FirstName: flags % 7 === 0 ? null : this.#value(), Title: this.#value() },
        });
      if (where !== 'crm')
        this.#settleMember(email, marketing % 20, {
          name: flags % 4 === 0 ? null : this.#value(),
          outOfTopic: topic && flags % 5 === 2,
        });
    }
  }

  perform(act: Act): void {
    const mark = this.#world.history.events.length;
    DEEDS[act.what](this, act);
    if (this.#world.history.events.length === mark) return;
  }

  #settleMember(
    email: string,
    shape: number,
    { name, outOfTopic }: { readonly name: string | null; readonly outOfTopic: boolean },
  ): void {
    if (shape < 7) return;
    const fields = { FNAME: name };
    const member = (status: Member['snap']['status'], by: 'person' | 'operator' | 'system'): Member =>
      this.#marketing.create(email, by, 'was there', { status, fields, outOfTopic });
    if (shape < 13) member('subscribed', 'operator');
    else if (shape < 15) member('unsubscribed', 'person');
    else if (shape === 15) member('unsubscribed', 'operator');
    else if (shape === 16)
      this.#marketing.change(member('unsubscribed', 'person'), 'operator', 'archive', { status: 'archived' });
    else if (shape === 17) member('pending', 'person');
    else if (shape === 18) member('non-subscribed', 'operator');
    else member('undeliverable', 'system');
  }

  member(act: Act, wanted: (member: Member) => boolean, deed: (member: Member) => void): void {
    const members = this.#marketing.all().filter(wanted);
    const member = members[act.pick % Math.max(1, members.length)];
    if (member !== undefined) deed(member);
  }

  record(act: Act, wanted: (record: CrmRecord) => boolean, deed: (record: CrmRecord) => void): void {
    const records = [...this.#crm.records.values()].filter(wanted);
    const record = records[act.pick % Math.max(1, records.length)];
    if (record !== undefined) deed(record);
  }

  /** A person, an administrator or the system changes a member. */
  toMember(member: Member, by: 'person' | 'operator' | 'system', act: string, change: Partial<Member['snap']>): void {
    const { ownEvents } = this.#world.settings.quirks;
    const optsIn = by === 'person' && change.status === 'subscribed';
    const proven = optsIn && (ownEvents || member.snap.status === 'pending');
    this.#marketing.change(member, by, act, change, proven);
  }

  toRecord(record: CrmRecord, act: string, change: Partial<RecordSnap>): void {
    this.#crm.change(record, 'operator', act, change);
  }

  joinMember(email: string, status: 'subscribed' | 'pending', act: string): void {
    if (this.#marketing.at(email) !== undefined) return;
    this.#marketing.create(
      email,
      'person',
      act,
      { status },
      status === 'subscribed' && this.#world.settings.quirks.ownEvents,
    );
  }

  drop(member: Member): void {
    this.#marketing.remove(member);
  }

  makeRecord(type: RecordType, act: string, wanted: Partial<RecordSnap>): CrmRecord {
    return this.#crm.create(type, 'operator', act, {
      fields: { FirstName: this.#value(), Title: this.#value() },
      ...wanted,
    });
  }

  renameMember(member: Member, by: 'person' | 'operator', act: string, email: string): void {
    if (this.#marketing.at(email) === undefined) this.#marketing.change(member, by, act, { email });
  }

  toggleVisibility(type: RecordType): void {
    this.#crm.setHidden(type, !this.#crm.hidden.has(type));
  }

  freshAddress(): string {
    this.#fresh += 1;
    return `new${this.#fresh}@y.org`;
  }

  /** Whom an operator means: somebody who has a record or is a member, or in one of four cases somebody who will come. */
  somebody(pick: number): string {
    const known = [...this.otherAddresses(null), ...this.#marketing.all().map(({ snap }) => snap.email)];
    const someone = choose(known, Math.floor(pick / 4));
    const key = (pick % 4 === 0 ? undefined : someone) ?? `new${this.#fresh + 1 + (pick % 3)}@y.org`;
    return key.toLowerCase();
  }

  value(): string {
    return this.#value();
  }

  /** Every address that a live record has, in its spelling, but not this one. */
  otherAddresses(but: string | null): readonly string[] {
    const all = this.#crm.live().flatMap(({ snap }) => snap.email ?? []);
    return all.filter((email) => email.toLowerCase() !== but?.toLowerCase());
  }

  addressesWithoutMember(): readonly string[] {
    return this.otherAddresses(null).filter((email) => this.#marketing.at(email) === undefined);
  }

  /** Addresses the record had before, oldest first. */
  earlierAddresses(record: CrmRecord): readonly string[] {
    const all = this.#world.history.events.flatMap((event) =>
      event.kind === 'record' && event.after.key === record.snap.key ? (event.after.email ?? []) : [],
    );
    return all.filter((email) => email.toLowerCase() !== record.snap.email?.toLowerCase());
  }

  liveLike(record: CrmRecord): readonly CrmRecord[] {
    return this.#crm.live().filter((other) => other !== record && other.snap.type === record.snap.type);
  }

  contactAt(email: string | null): CrmRecord | undefined {
    return this.#crm
      .live()
      .find(({ snap }) => snap.type === 'Contact' && snap.email?.toLowerCase() === email?.toLowerCase());
  }

  get quirks(): World['settings']['quirks'] {
    return this.#world.settings.quirks;
  }

  #value(): string {
    this.#values += 1;
    return `${this.#mark}${this.#values}`;
  }
}

const isLive = ({ snap }: CrmRecord): boolean => snap.life === 'live';
const has =
  (...statuses: readonly Member['snap']['status'][]) =>
  ({ snap }: Member): boolean =>
    statuses.includes(snap.status);
const spelledOtherwise = (email: string): string => email.charAt(0).toUpperCase() + email.slice(1);
const choose = <Item>(items: readonly Item[], number: number): Item | undefined =>
  items[number % Math.max(1, items.length)];

type Deed = (actors: Actors, act: Act) => void;

const DEEDS: Readonly<Record<ActName, Deed>> = {
  unsubscribe: (actors, act) =>
    actors.member(
      act,
      (member) =>
        has('subscribed', 'non-subscribed', 'pending')(member) ||
        (has('unsubscribed')(member) && member.snap.by !== 'person'),
      (member) => actors.toMember(member, 'person', 'unsubscribe', { status: 'unsubscribed' }),
    ),
  complain: (actors, act) =>
    actors.member(act, has('subscribed'), (member) =>
      actors.toMember(member, 'person', 'complain', {
        status: act.other % 2 === 0 ? 'unsubscribed' : 'undeliverable',
        complaint: true,
      }),
    ),
  'opt in again': (actors, act) =>
    actors.member(
      act,
      (member) =>
        !member.snap.complaint &&
        has('unsubscribed', 'non-subscribed', act.other % 5 === 0 ? 'archived' : 'unsubscribed')(member),
      (member) =>
        actors.toMember(member, 'person', 'opt in again', { status: act.other % 3 === 0 ? 'pending' : 'subscribed' }),
    ),
  confirm: (actors, act) =>
    actors.member(act, has('pending'), (member) =>
      actors.toMember(member, 'person', 'confirm', { status: 'subscribed' }),
    ),
  'sign up': (actors, act) => {
    const email = choose(actors.addressesWithoutMember(), act.pick) ?? actors.freshAddress();
    actors.joinMember(
      act.other % 4 === 0 ? actors.freshAddress() : email,
      act.other % 3 === 0 ? 'pending' : 'subscribed',
      'sign up',
    );
  },
  'change own address': (actors, act) =>
    actors.member(act, has('subscribed', 'unsubscribed'), (member) =>
      actors.renameMember(member, 'person', 'change own address', actors.freshAddress()),
    ),
  'admin unsubscribes': (actors, act) =>
    actors.member(act, has('subscribed', 'non-subscribed', 'pending'), (member) =>
      actors.toMember(member, 'operator', 'admin unsubscribes', { status: 'unsubscribed' }),
    ),
  'admin resubscribes': (actors, act) =>
    actors.member(
      act,
      (member) => has('unsubscribed')(member) && member.snap.by !== 'person',
      (member) => actors.toMember(member, 'operator', 'admin resubscribes', { status: 'subscribed' }),
    ),
  archive: (actors, act) =>
    actors.member(act, has('subscribed', 'unsubscribed', 'non-subscribed'), (member) =>
      actors.toMember(member, 'operator', 'archive', { status: 'archived' }),
    ),
  'revive archived': (actors, act) =>
    actors.member(act, has('archived'), (member) =>
      actors.toMember(member, 'operator', 'revive archived', { status: 'subscribed' }),
    ),
  'delete member': (actors, act) =>
    actors.member(
      act,
      () => true,
      (member) => actors.drop(member),
    ),
  bounce: (actors, act) =>
    actors.member(act, has('subscribed'), (member) =>
      actors.toMember(member, 'system', 'bounce', { status: 'undeliverable' }),
    ),
  'edit member field': (actors, act) =>
    actors.member(
      act,
      () => true,
      (member) => {
        const name = act.other % 4 === 0 ? 'TITLE' : 'FNAME';
        actors.toMember(member, 'operator', `edit ${name}`, {
          fields: { ...member.snap.fields, [name]: actors.value() },
        });
      },
    ),
  'rename member': (actors, act) =>
    actors.member(
      act,
      () => true,
      (member) => {
        const email = act.other % 2 === 0 ? choose(actors.addressesWithoutMember(), act.other) : actors.freshAddress();
        if (email !== undefined) actors.renameMember(member, 'operator', 'rename member', email);
      },
    ),
  tick: (actors, act) =>
    actors.record(
      act,
      (record) => isLive(record) && !record.snap.optedOut,
      (record) => actors.toRecord(record, 'tick', { optedOut: true }),
    ),
  untick: (actors, act) =>
    actors.record(
      act,
      (record) => isLive(record) && record.snap.optedOut,
      (record) => actors.toRecord(record, 'untick', { optedOut: false }),
    ),
  'edit record field': (actors, act) =>
    actors.record(act, isLive, (record) => {
      const name = act.other % 3 === 0 ? 'Title' : 'FirstName';
      const value = act.other % 11 === 0 ? null : actors.value();
      actors.toRecord(record, `edit ${name}`, { fields: { ...record.snap.fields, [name]: value } });
    }),
  'rename record': (actors, act) =>
    actors.record(act, isLive, (record) => actors.toRecord(record, 'rename record', { email: actors.freshAddress() })),
  'take over an address': (actors, act) =>
    actors.record(act, isLive, (record) => {
      const email = choose(actors.otherAddresses(record.snap.email), act.other);
      if (email !== undefined) actors.toRecord(record, 'take over an address', { email });
    }),
  'rename back': (actors, act) =>
    actors.record(
      act,
      (record) => isLive(record) && actors.earlierAddresses(record).length > 0,
      (record) => {
        const email = choose(actors.earlierAddresses(record), act.other);
        if (email !== undefined) actors.toRecord(record, 'rename back', { email });
      },
    ),
  'create record': (actors, act) => {
    actors.makeRecord(act.pick % 2 === 0 ? 'Contact' : 'Lead', 'create record', {
      email: act.pick % 9 === 0 ? null : actors.freshAddress(),
      optedOut: act.other % 6 === 0,
      inList: act.other % 3 !== 0,
      optIn: act.other % 4 !== 0,
    });
  },
  'create sharing record': (actors, act) => {
    const email = choose(actors.otherAddresses(null), act.pick);
    if (email === undefined) return;
    actors.makeRecord(act.other % 2 === 0 ? 'Contact' : 'Lead', 'create sharing record', {
      email: spelledOtherwise(email),
      optedOut: act.other % 7 === 0,
      inList: act.other % 3 !== 0,
      optIn: act.other % 5 !== 0,
    });
  },
  'delete record': (actors, act) =>
    actors.record(act, isLive, (record) => actors.toRecord(record, 'delete record', { life: 'deleted' })),
  'restore record': (actors, act) =>
    actors.record(
      act,
      ({ snap }) => snap.life === 'deleted',
      (record) =>
        actors.toRecord(record, 'restore record', {
          life: 'live',
          ...(actors.quirks.restoreLosesFlag ? { optedOut: false, outOfTopic: false } : {}),
        }),
    ),
  merge: (actors, act) =>
    actors.record(act, isLive, (loser) => {
      const master = choose(actors.liveLike(loser), act.other);
      // The master's values prevail: a loser's opt-out is lost (C16).
      if (master !== undefined) actors.toRecord(loser, 'merge', { life: master.snap.key });
    }),
  convert: (actors, act) =>
    actors.record(
      act,
      (record) => isLive(record) && record.snap.type === 'Lead',
      (lead) => {
        const { email, optedOut, optIn, inList, fields, outOfTopic: had } = lead.snap;
        const existing = act.other % 2 === 0 ? actors.contactAt(email) : undefined;
        const kept = actors.quirks.convertLosesFlag ? false : optedOut;
        const outOfTopic = actors.quirks.convertLosesFlag ? false : had;
        const wanted = { email, optedOut: kept, outOfTopic, optIn, inList, fields };
        const contact = existing ?? actors.makeRecord('Contact', 'convert makes', wanted);
        actors.toRecord(lead, 'convert', { life: contact.snap.key });
      },
    ),
  'toggle list': (actors, act) =>
    actors.record(act, isLive, (record) => actors.toRecord(record, 'toggle list', { inList: !record.snap.inList })),
  'toggle opt-in': (actors, act) =>
    actors.record(act, isLive, (record) => actors.toRecord(record, 'toggle opt-in', { optIn: !record.snap.optIn })),
  'toggle field visibility': (actors, act) => actors.toggleVisibility(act.pick % 2 === 0 ? 'Contact' : 'Lead'),
  ...TOPIC_DEEDS,
};
