import type { Act } from './acts.ts';

/** What of a profile decides how both systems must look in the end. */
export interface Rules {
  readonly crmToMarketing: boolean;
  /** Contacts are made for subscribed members without a record. */
  readonly createContacts: boolean;
}

/** How a record or member must look: `Contact ann@x.org` -> one text for each that must be there. */
export type Look = ReadonlyMap<string, readonly string[]>;

/** Of a person who came back: Heed leaves the record as it is (C7), and whether it had been opted out by then only Heed knows. */
const EITHER = 'opted out or not';

/** Whether a record or member is as it has to be. */
export const fits = (is: string, should: string): boolean =>
  is === should || (should.endsWith(EITHER) && is.split(', ')[0] === should.split(', ')[0]);

export const recordLook = (first: string, last: string, optedOut: boolean): string =>
  `${first} ${last}, ${optedOut ? 'opted out' : 'not opted out'}`;
export const memberLook = (first: string, last: string, status: string): string => `${first} ${last}, ${status}`;

/** What people did, in order. */
export interface Diary {
  /** Before Heed carried everything for the first time; empty if it never did. */
  readonly known: readonly Act[];
  readonly since: readonly Act[];
}

interface CrmRecord {
  readonly type: string;
  address: string;
  /** Opted out in the CRM by somebody, or brought along by a record that was merged into this one. */
  ticked: boolean;
  first: string;
  readonly last: string;
  named: boolean;
  live: boolean;
}

interface Member {
  status: string;
  first: string;
  readonly last: string;
  named: boolean;
}

interface Told {
  readonly records: Map<string, CrmRecord>;
  readonly members: Map<string, Member>;
  /** Addresses that opted out in the marketing tool, ever, by anybody there (C1). */
  readonly said: Set<string>;
  /** Addresses a record of which was opted out in the CRM, ever. */
  readonly ticked: Set<string>;
  /** Addresses that opted in again by their own proven act. */
  readonly back: Set<string>;
  /** Where members of people nobody opted out are to be found after their record's address changed. */
  readonly moved: Map<string, string>;
}

/**
 * How both systems must look when all is quiet, from what people did and from the consent rules alone: no code of the
 * engine's, no reading of what Heed wrote. Addresses are written as the people wrote them.
 */
export const expectedAfter = ({ known, since }: Diary, rules: Rules): Look => {
  const told = listen(known);
  if (rules.createContacts) addContacts(told);
  for (const act of since) hear(told, act);
  renameMembers(told);
  const look = new Map<string, readonly string[]>();
  const show = (key: string, text: string): void => {
    look.set(key, [...(look.get(key) ?? []), text].sort());
  };
  const live = [...told.records.values()].filter((record) => record.live);
  const byAddress = Map.groupBy(live, (record) => record.address);
  for (const [address, records] of byAddress) {
    const member = told.members.get(address) ?? null;
    // Of several records with one address the first type of the profile, Contact, has the fields of the member.
    const [winner] = records.toSorted((a, b) => a.type.localeCompare(b.type));
    for (const record of records) {
      const first = record === winner ? firstOfRecord(record, member) : record.first;
      const look = recordLook(first, record.last, isOut(told, rules, record, member));
      show(`${record.type} ${address}`, told.back.has(address) ? `${first} ${record.last}, ${EITHER}` : look);
    }
    if (winner !== undefined && member === null && !isOptedOut(told, address) && !isLeftBehind(told, address))
      show(`member ${address}`, memberLook(winner.first, winner.last, 'subscribed'));
  }
  for (const [address, member] of told.members) {
    const [record] = byAddress.get(address) ?? [];
    const mayHear = member.status === 'subscribed' && !isOptedOut(told, address);
    const first = mayHear && record?.named === true ? record.first : member.first;
    const leaves = member.status === 'subscribed' && mustLeave(told, rules, address);
    show(`member ${address}`, memberLook(first, member.last, leaves ? 'unsubscribed' : member.status));
    if (record === undefined && rules.createContacts && mayHear)
      show(`Contact ${address}`, recordLook(member.first, member.last, false));
  }
  return look;
};

/** Whether a look is that of somebody who is opted out. */
export const showsOptOut = (text: string): boolean => /, (opted out|opted out or not|unsubscribed)$/.test(text);

/** Whom an opt-out may reach at all, at any moment: `Contact ann@x.org`, `member ann@x.org`. */
export const mayBeOptedOut = (look: Look): ReadonlySet<string> =>
  new Set([...look].filter(([, texts]) => texts.some(showsOptOut)).map(([key]) => key));

const listen = (acts: readonly Act[]): Told => {
  const told: Told = {
    records: new Map(),
    members: new Map(),
    said: new Set(),
    ticked: new Set(),
    back: new Set(),
    moved: new Map(),
  };
  for (const act of acts) hear(told, act);
  return told;
};

/** Whoever was subscribed and had no record was given one, and is as good as anybody else from then on (C19). */
const addContacts = ({ records, members }: Told): void => {
  const taken = new Set([...records.values()].map(({ address }) => address));
  for (const [address, { status, first, last }] of members)
    if (status === 'subscribed' && !taken.has(address))
      records.set(`made for ${address}`, {
        type: 'Contact',
        address,
        ticked: false,
        first,
        last,
        named: false,
        live: true,
      });
};

const hear = (told: Told, act: Act): void => {
  const record = 'record' in act ? told.records.get(act.record) : undefined;
  switch (act.act) {
    case 'joins the CRM': {
      const { type, address, first, last, optedOut } = act;
      told.records.set(act.record, { type, address, ticked: optedOut, first, last, named: false, live: true });
      if (optedOut) told.ticked.add(address);
      return;
    }
    case 'joins the audience': {
      const { first, last } = act;
      told.members.set(act.address, { status: 'subscribed', first, last, named: false });
      return;
    }
    case 'gets a name in the audience': {
      const member = told.members.get(act.address);
      if (member !== undefined) Object.assign(member, { first: act.first, named: true });
      return;
    }
    case 'is ticked':
    case 'gets a name in the CRM':
    case 'moves':
    case 'is merged into':
    case 'is deleted':
      if (record !== undefined) hearOfRecord(told, record, act);
      return;
    default:
      hearOfMember(told, act.address, act.act);
  }
};

type OfRecord = Extract<Act, { readonly record: string }>;

const hearOfRecord = (told: Told, record: CrmRecord, act: OfRecord): void => {
  if (act.act === 'is ticked') {
    record.ticked = true;
    told.ticked.add(record.address);
  }
  if (act.act === 'gets a name in the CRM') Object.assign(record, { first: act.first, named: true });
  if (act.act === 'is deleted') record.live = false;
  if (act.act === 'moves') {
    told.moved.set(act.address, record.address);
    // An opt-out follows the person to every later address, and stays on the old one (C15).
    if (told.said.has(record.address)) told.said.add(act.address);
    if (told.ticked.has(record.address)) told.ticked.add(act.address);
    record.address = act.address;
  }
  if (act.act === 'is merged into') {
    record.live = false;
    const master = told.records.get(act.master);
    if (master === undefined) return;
    // The stricter state survives (C16), and the survivor's address is a later one of the same person (C15).
    if (record.ticked || told.said.has(record.address)) master.ticked = true;
    if (told.ticked.has(record.address)) told.ticked.add(master.address);
    if (told.said.has(record.address)) told.said.add(master.address);
  }
};

const hearOfMember = (told: Told, address: string, how: string): void => {
  const member = told.members.get(address);
  if (member === undefined) return;
  if (how === 'subscribes again by the form') {
    member.status = 'subscribed';
    told.said.delete(address); // Lifted, whatever Heed wrote meanwhile: an echo demands nothing any more (C7, C8).
    told.back.add(address);
    return;
  }
  const status = { bounces: 'cleaned', 'is archived': 'archived' }[how] ?? 'unsubscribed';
  member.status = status;
  if (status === 'unsubscribed') told.said.add(address); // A bounce and an archive are no opt-outs (C10, C12).
};

/** The member of somebody whom nobody opted out goes along to the new address; everybody else's stays (C15). */
const renameMembers = ({ members, moved, said, ticked }: Told): void => {
  for (const [to, from] of moved) {
    const member = members.get(from);
    if (member === undefined || said.has(to) || ticked.has(to) || member.status !== 'subscribed') continue;
    members.delete(from);
    members.set(to, member);
  }
};

const isOptedOut = ({ said, ticked }: Told, address: string): boolean => said.has(address) || ticked.has(address);

/** Whose member could not come along gets no second one. */
const isLeftBehind = ({ moved, members }: Told, address: string): boolean => members.has(moved.get(address) ?? '');

/** Marketing always reaches the CRM (C1), the CRM reaches marketing where that is on (C3), and from there every sibling (C8, C14). */
const isOut = (told: Told, rules: Rules, record: CrmRecord, member: Member | null): boolean => {
  const { address } = record;
  if (record.ticked || told.said.has(address)) return true;
  return rules.crmToMarketing && told.ticked.has(address) && member?.status === 'subscribed';
};

const mustLeave = (told: Told, { crmToMarketing }: Rules, address: string): boolean =>
  told.said.has(address) || (crmToMarketing && told.ticked.has(address));

/** A name given in the CRM stays; a name given in the audience comes, opted out or not. */
const firstOfRecord = (record: CrmRecord, member: Member | null): string =>
  !record.named && member?.named === true ? member.first : record.first;
