import type { MemberState, RecordRef } from '@heed/contract';
import type { Case, CrmView, MemberView, Verdict } from '../../src/consent/decide.ts';
import { type Decision, type Fact, type Source, sameRecord } from '../../src/consent/fact.ts';
import type { FieldReading } from '../../src/consent/opt-out-field.ts';
import type { Binding, Via } from '../../src/consent/reach.ts';
import type { ConsentSettings } from '../../src/consent/settings.ts';
import { optOutsOf } from '../../src/consent/standing.ts';
import { HOUR_MS, key, LIST, MINUTE_MS, OTHER_AUDIENCE, viewFor } from './story.ts';

/** The alphabets of the small world in which every case is decided. */

export const CRM: Source = { role: 'crm', connection: 'salesforce', container: '', field: 'HasOptedOutOfEmail' };
export const AUDIENCE: Source = { role: 'marketing', connection: 'mailchimp', container: 'a1', field: 'status' };
const HERE = key('ann@x.org');
const BEFORE = key('ann@old.org');
const BEGIN = Date.UTC(2026, 0, 5);

interface Letter {
  readonly name: string;
  /** The new fact, with the number of the fact it refers to. */
  readonly fact?: Partial<Fact>;
  readonly via?: Via;
  /** The latest fact of this kind is what it repeats, corrects, rejects or accepts. */
  readonly about?: (fact: Fact) => boolean;
  readonly decision?: 'correction' | 'rejection' | 'acceptance';
}

const isNews = (fact: Fact): boolean => fact.says === 'opted-out' && fact.echoOf === null;
const isCrmNews = (fact: Fact): boolean => isNews(fact) && fact.source.role === 'crm';
const proven = { says: 'opted-in', by: 'person', proof: 'signup' } as const;

/** What may happen, in any order and any number. */
export const LETTERS: readonly Letter[] = [
  { name: 'tick in the CRM', fact: { source: CRM, record: { type: 'Contact', id: '0' } } },
  { name: 'unsubscribed by the person', fact: { source: AUDIENCE, by: 'person' } },
  { name: 'unsubscribed by an operator', fact: { source: AUDIENCE, by: 'operator' } },
  { name: 'complaint here', fact: { source: AUDIENCE, by: 'person', complaint: true } },
  { name: 'complaint elsewhere', fact: { source: OTHER_AUDIENCE, by: 'person', complaint: true } },
  { name: 'opt-out list', fact: { source: LIST, by: 'operator' } },
  { name: 'CRM echo', fact: { source: CRM }, about: isNews },
  { name: 'audience echo', fact: { source: AUDIENCE }, about: isNews },
  {
    name: 'unsubscribed at an older address',
    fact: { source: AUDIENCE, address: BEFORE, by: 'person' },
    via: 'followed',
  },
  { name: 'tick at an older address', fact: { source: CRM, address: BEFORE }, via: 'followed' },
  { name: 'tick on a record that was merged', fact: { source: CRM, address: BEFORE }, via: 'inherited' },
  { name: 'unsubscribed at a shared address', fact: { source: AUDIENCE, address: BEFORE }, via: 'doubtful' },
  { name: 'own opt-in, dated', fact: { source: AUDIENCE, ...proven, when: { from: 0, until: 0, exact: true } } },
  { name: 'own opt-in, seen', fact: { source: AUDIENCE, ...proven } },
  {
    name: 'own opt-in, minutes after',
    fact: { source: AUDIENCE, ...proven, when: { from: 1, until: 1, exact: true } },
  },
  {
    name: 'own opt-in elsewhere',
    fact: { source: OTHER_AUDIENCE, ...proven, when: { from: 0, until: 0, exact: true } },
  },
  { name: 'subscribed by an administrator', fact: { source: AUDIENCE, says: 'opted-in' } },
  { name: 'correction', decision: 'correction', about: isCrmNews },
  { name: 'rejection', decision: 'rejection', about: isCrmNews },
  { name: 'acceptance', decision: 'acceptance', about: (fact) => fact.says === 'opted-in' && fact.proof !== null },
];

const STEP_MS = 6 * HOUR_MS;

/** Everything that a word (a sequence of letters) says. */
export interface Tale {
  readonly word: readonly number[];
  readonly facts: readonly Fact[];
  readonly vias: ReadonlyMap<number, Via>;
  readonly decisions: readonly (Decision & { readonly n: number })[];
  readonly rejected: ReadonlySet<number>;
  readonly accepted: ReadonlySet<number>;
  /** For each letter the place of the letter it is about, or -1. */
  readonly about: readonly number[];
}

/** Null if a letter is about something that never happened. */
export const taleOf = (word: readonly number[]): Tale | null => {
  const facts: Fact[] = [];
  const vias = new Map<number, Via>();
  const decisions: (Decision & { n: number })[] = [];
  const rejected = new Set<number>();
  const accepted = new Set<number>();
  const about: number[] = [];
  for (const [place, at] of word.entries()) {
    const letter = LETTERS[at] as Letter;
    const n = place + 1;
    const target = letter.about === undefined ? null : (facts.findLast(letter.about) ?? undefined);
    if (target === undefined) return null;
    about.push(target === null ? -1 : target.n - 1);
    if (letter.decision !== undefined && target !== null) {
      decisions.push(decisionOf(letter.decision, target.n, n));
      if (letter.decision === 'rejection') rejected.add(target.n);
      if (letter.decision === 'acceptance') accepted.add(target.n);
    } else if (letter.fact !== undefined) {
      // An echo of what was said at a shared address was made there, and is as doubtful as its origin.
      const doubtful = target !== null && vias.get(target.n) === 'doubtful';
      facts.push({ ...factOf(n, letter.fact, target), ...(doubtful ? { address: BEFORE } : {}) });
      vias.set(n, letter.via ?? (doubtful ? 'doubtful' : 'own'));
    }
  }
  return { word, facts, vias, decisions, rejected, accepted, about };
};

const decisionOf = (
  kind: 'correction' | 'rejection' | 'acceptance',
  fact: number,
  n: number,
): Decision & { n: number } =>
  kind === 'correction'
    ? { n, kind, facts: [fact], by: 'op', because: 'mistake' }
    : kind === 'rejection'
      ? { n, kind, profile: 'p', facts: [fact], by: 'op' }
      : { n, kind, address: HERE, facts: [fact], by: 'op' };

const factOf = (n: number, more: Partial<Fact>, target: Fact | null): Fact => {
  const at = BEGIN + n * STEP_MS;
  const exact = more.when?.exact === true;
  // "Minutes after" is dated three minutes past the fact before it: within the doubt of two clocks.
  const until = more.when?.until === 1 ? at - STEP_MS + 3 * MINUTE_MS : at;
  return {
    n,
    address: HERE,
    topic: '*',
    source: CRM,
    says: 'opted-out',
    by: 'unknown',
    complaint: false,
    record: null,
    proof: null,
    echoOf: target?.n ?? null,
    run: null,
    ...more,
    when: { from: exact ? until : at - STEP_MS, until, exact },
  };
};

/** All words up to this length that make sense. */
export const tales = (length: number): readonly Tale[] => {
  const found: Tale[] = [];
  const grow = (word: readonly number[]): void => {
    const tale = taleOf(word);
    if (tale === null) return;
    found.push(tale);
    if (word.length < length) for (let at = 0; at < LETTERS.length; at += 1) grow([...word, at]);
  };
  grow([]);
  return found;
};

const shorter = new WeakMap<Tale, Map<number, Tale | null>>();

/** The same tale without one opt-out; null if that letter is no opt-out or another letter is about it. */
export const without = (tale: Tale, place: number): Tale | null => {
  const all = shorter.get(tale) ?? new Map<number, Tale | null>();
  shorter.set(tale, all);
  const before = all.get(place);
  if (before !== undefined) return before;
  const fresh = cut(tale, place);
  all.set(place, fresh);
  return fresh;
};

const cut = (tale: Tale, place: number): Tale | null => {
  const letter = LETTERS[tale.word[place] ?? -1];
  if (letter?.fact === undefined || (letter.fact.says ?? 'opted-out') !== 'opted-out' || letter.about !== undefined)
    return null;
  if (tale.about.includes(place)) return null;
  return { ...tale, facts: tale.facts.filter((fact) => fact.n !== place + 1) };
};

const member = (status: MemberState['status'], refusedForever = false): MemberView => ({
  kind: 'known',
  record: { type: 'member', id: 'ann' },
  state: { status, by: 'unknown', complaint: false, since: null, optIn: null, topics: {} },
  showsOptOut: status === 'unsubscribed',
  refusedForever,
});

export const MEMBERS: readonly MemberView[] = [
  member('subscribed'),
  { kind: 'none' },
  member('unsubscribed'),
  { kind: 'vanished' },
  member('pending'),
  member('non-subscribed'),
  member('undeliverable'),
  member('archived'),
  member('subscribed', true),
];

export interface RecordState {
  readonly reading: FieldReading;
  readonly inLists: boolean;
}
const r = (reading: FieldReading, inLists = true): RecordState => ({ reading, inLists });

export const RECORDS: readonly (readonly RecordState[])[] = [
  [r('not-opted-out')],
  [r('opted-out')],
  [r('not-opted-out'), r('opted-out', false)],
  [],
  [r('not-opted-out', false)],
  [r('not-opted-out'), r('not-opted-out', false)],
  [r('unlisted')],
  [r('opted-out'), r('unreadable')],
];

export interface Setting {
  readonly settings: ConsentSettings;
  readonly wasOwed: boolean;
  readonly edited: boolean;
}

export const SETTINGS: readonly Setting[] = [false, true].flatMap((crmToMarketing) =>
  [false, true].flatMap((clearWhenConfirmed) =>
    [
      { scope: 'everyone', wasOwed: false, edited: false, suppressUnknown: false },
      { scope: 'lists', wasOwed: false, edited: false, suppressUnknown: true },
      { scope: 'lists', wasOwed: true, edited: false, suppressUnknown: false },
      { scope: 'everyone', wasOwed: false, edited: true, suppressUnknown: true },
    ].map(({ scope, wasOwed, edited, suppressUnknown }) => ({
      settings: viewFor({
        crmToMarketing,
        clearWhenConfirmed,
        scope: scope as 'everyone' | 'lists',
        suppressUnknown,
      }).settings,
      wasOwed,
      edited,
    })),
  ),
);

const refOf = (i: number): RecordRef => ({ type: 'Contact', id: `${i}` });

interface Bindings {
  readonly bindings: readonly Binding[];
  readonly lost: readonly Binding[];
}
const known = new WeakMap<Tale, Bindings>();

/** Asked for every state and setting of a tale, so worked out once. */
const bindingsOf = (tale: Tale): Bindings => {
  const before = known.get(tale);
  if (before !== undefined) return before;
  const optOuts = optOutsOf({ facts: tale.facts, decisions: tale.decisions }, HERE);
  const bindings = optOuts.map((optOut): Binding => {
    const lifted = { crm: optOut.liftedBy(CRM), marketing: optOut.liftedBy(AUDIENCE) };
    const of = (target: Source): Fact | null => (target.role === 'crm' ? lifted.crm : lifted.marketing);
    return {
      ...optOut,
      via: tale.vias.get(optOut.fact.n) ?? 'own',
      stands: (target) => of(target) === null,
      liftedBy: of,
    };
  });
  const fresh = { bindings, lost: bindings.filter((one) => one.via === 'inherited' && one.stands(CRM)) };
  known.set(tale, fresh);
  return fresh;
};

/** One case of the small world. */
export const caseOf = (
  tale: Tale,
  memberView: MemberView,
  records: readonly RecordState[],
  { settings, wasOwed, edited }: Setting,
): Case => {
  const { bindings, lost } = bindingsOf(tale);
  return {
    settings,
    crm: CRM,
    marketing: AUDIENCE,
    bindings,
    records: records.map(
      ({ reading, inLists }, i): CrmView => ({
        record: refOf(i),
        reading,
        canBeSet: reading !== 'opted-out',
        byDefault: false,
        inLists,
        wasTicked: bindings.some(({ fact }) => fact.echoOf === null && sameRecord(fact.record, refOf(i))),
        lost: i === 0 ? lost : [],
        editedSince: () => edited,
      }),
    ),
    member: memberView,
    rejected: tale.rejected,
    accepted: tale.accepted,
    wasOwed,
  };
};

export interface Applied {
  readonly tale: Tale;
  readonly member: MemberView;
  readonly records: readonly RecordState[];
}

/** What the world looks like once the verdict was carried out and read back: states and their echoes. */
export const applied = (tale: Tale, was: MemberView, records: readonly RecordState[], verdict: Verdict): Applied => {
  const origin = verdict.because[0] ?? null;
  const facts = [...tale.facts];
  let n = Math.max(0, ...facts.map((fact) => fact.n), ...tale.decisions.map((one) => one.n));
  const echo = (source: Source): void => {
    n += 1;
    const about = facts.find((fact) => fact.n === origin) ?? null;
    facts.push(factOf(n, { source }, about));
  };
  const set = new Set(verdict.set.map((record) => record.id));
  const clear = new Set(verdict.clear.map((record) => record.id));
  if (set.size > 0) echo(CRM);
  if (verdict.member === 'opt-out') echo(AUDIENCE);
  return {
    tale: { ...tale, facts },
    member: verdict.member === 'opt-out' ? member('unsubscribed') : was,
    records: records.map((record, i) =>
      set.has(`${i}`)
        ? { ...record, reading: 'opted-out' }
        : clear.has(`${i}`)
          ? { ...record, reading: 'not-opted-out' }
          : record,
    ),
  };
};

/** A case in words, for a failure that a person must read. */
export const inWords = (
  tale: Tale,
  memberView: MemberView,
  records: readonly RecordState[],
  setting: Setting,
): string =>
  [
    tale.word.map((at) => LETTERS[at]?.name).join(', then ') || 'nothing said',
    `member ${memberView.kind === 'known' ? memberView.state.status : memberView.kind}`,
    `records ${records.map((record) => `${record.reading}${record.inLists ? '' : ' (outside)'}`).join(' + ') || 'none'}`,
    `crmToMarketing ${setting.settings.crmToMarketing}, scope ${setting.settings.scope}, clear ${setting.settings.clearWhenConfirmed}`,
  ].join(' | ');
