import type { MemberState, RecordRef } from '@heed/contract';
import type { NotSyncedReason } from '../state/report.ts';
import type { Fact, Source } from './fact.ts';
import type { FieldReading } from './opt-out-field.ts';
import type { Binding } from './reach.ts';
import type { ConsentSettings } from './settings.ts';
import { type OptOut, sameSystem } from './standing.ts';

/** A live CRM record of the address, as far as consent needs to see it. */
export interface CrmView {
  readonly record: RecordRef;
  /** The strictest of its consent fields (C4: either one means opted out). */
  readonly reading: FieldReading;
  /** At least one consent field that means opted out is not set to it yet. */
  readonly canBeSet: boolean;
  /** Whatever shows it opted out may be a default that nobody asked for (C28). */
  readonly byDefault: boolean;
  readonly inLists: boolean;
  /** It was ticked by itself once, by no write of ours: unticked since, it is left (C6). */
  readonly wasTicked: boolean;
  /** Opt-outs that this record lost and must get back (C16). */
  readonly lost: readonly OptOut[];
  /** Changed by somebody else since the given time (vendor's clock), in doubt yes. */
  readonly editedSince: (time: number) => boolean;
}

/** The member of the address in the profile's audience. `vanished`: we or the tool knew one that is gone (C12a, C19). */
export type MemberView =
  | { readonly kind: 'none' }
  | { readonly kind: 'vanished' }
  | {
      readonly kind: 'known';
      readonly record: RecordRef;
      readonly state: MemberState;
      /** Opted out of this very topic for all to see; not somebody who merely never joined it. */
      readonly showsOptOut: boolean;
      readonly refusedForever: boolean;
    };

/** Everything that decides about one address and topic in one profile. */
export interface Case {
  readonly settings: ConsentSettings;
  readonly crm: Source;
  readonly marketing: Source;
  readonly bindings: readonly Binding[];
  readonly records: readonly CrmView[];
  readonly member: MemberView;
  /** Facts that `heed reject` took out of C3 for this profile (C23). */
  readonly rejected: ReadonlySet<number>;
  /** The opt-in facts that `heed review accept` accepted (C7). */
  readonly accepted: ReadonlySet<number>;
  /** An opt-out of this address was owed to the member while a record was in the lists (C5). */
  readonly wasOwed: boolean;
}

export interface Remark {
  readonly reason: NotSyncedReason;
  readonly rule: string;
}

/** What the rules demand. Level-triggered: it says how things must be, not what to do next. */
export interface Verdict {
  /** The row of table C0 that decided. */
  readonly row: 1 | 2 | 3 | 4 | 5 | 6;
  /** The rules it rests on, for people: `C0.3 C1`. */
  readonly rule: string;
  /**
   * The facts it rests on, origins first; never an echo alone (C8, I4). The first one is what an echo of it in the CRM keeps: it
   * stands there.
   */
  readonly because: readonly number[];
  /** The same for an opt-out of the member: the first one stands in the marketing system. */
  readonly memberBecause: readonly number[];
  /** The opt-out goes to every CRM record of the address, known or not (C1). */
  readonly spreads: boolean;
  /** Records whose opt-out field must be set. */
  readonly set: readonly RecordRef[];
  /** Records whose opt-out field is to be cleared, all or none (C7). */
  readonly clear: readonly RecordRef[];
  readonly member: 'leave' | 'opt-out';
  /** This opt-out of the member was made in the CRM by no proven person, so a guard may hold it (C23). */
  readonly guarded: boolean;
  /** Fields may travel from the CRM to marketing. */
  readonly fields: boolean;
  /** A member may be created, if C19 agrees. */
  readonly create: boolean;
  readonly remark: Remark | null;
}

/** A member who gets marketing mail, or would with the next campaign. Pending is neither (C11). */
export const isMailable = (member: MemberView): boolean =>
  member.kind === 'known' && (member.state.status === 'subscribed' || member.state.status === 'non-subscribed');

/** Table C0: the first row that fits decides; nothing else writes consent. Pure. */
export const decide = (one: Case): Verdict => {
  const optOuts = one.bindings.filter((binding) => binding.via !== 'doubtful');
  const standing = optOuts.filter((optOut) => optOut.stands(one.crm) || optOut.stands(one.marketing));
  if (standing.length > 0) return standingVerdict(one, standing);
  if (one.bindings.some((binding) => binding.via === 'doubtful' && binding.stands(one.marketing))) return doubtful(one);
  if (optOuts.length > 0) return liftedVerdict(one, optOuts);
  const gone = outOfReach(one.member);
  return gone === null ? nobodyOptedOut(one) : leftAlone(gone);
};

/** `target`: where they are carried to. An echo of what no longer stands there would end at once (C7, C8). */
const numbersOf = (optOuts: readonly OptOut[], target: Source): readonly number[] => {
  const rank = (one: OptOut): number => (one.stands(target) ? STANDS : 0) + strength(one.origin);
  const ranked = optOuts.map((one) => ({ n: one.origin.n, rank: rank(one) }));
  return [...new Set(ranked.sort((a, b) => b.rank - a.rank).map(({ n }) => n))];
};

/** More than any strength. */
const STANDS = 4;

/** Which origin an echo should keep if several stand: the one that ends last (C8, C20). */
const strength = (fact: Fact): number =>
  fact.source.role === 'list' ? 3 : fact.complaint ? 2 : fact.source.role === 'marketing' ? 1 : 0;

const quiet = {
  spreads: false,
  set: [],
  clear: [],
  memberBecause: [],
  member: 'leave',
  guarded: false,
  fields: false,
  create: false,
} as const;

/** Rows 2 to 4. What marketing ever said goes to every CRM record (C1, C8); what only the CRM said stays there unless enabled (C2, C3). */
const standingVerdict = (one: Case, standing: readonly Binding[]): Verdict => {
  const forCrm = standing.filter((optOut) => optOut.stands(one.crm));
  const forMarketing = standing.filter((optOut) => optOut.stands(one.marketing));
  const listed = standing.filter((optOut) => optOut.origin.source.role === 'list');
  const madeHere = standing.filter((optOut) => isOwnWord(one, optOut));
  const row = listed.length > 0 ? 2 : madeHere.length > 0 ? 3 : 4;
  const said = forCrm.some((optOut) => isOwnWord(one, optOut) || isListed(optOut) || saidByMarketing(one, optOut));
  const spreads = said || (forCrm.length > 0 && isOutAsDemanded(one, forMarketing));
  const member = memberUnderOptOut(one, row, forMarketing);
  return {
    ...quiet,
    row,
    because: numbersOf(standing, one.crm),
    memberBecause: numbersOf(standing, one.marketing),
    rule: [...new Set([`C0.${row}`, member.rule, ...(spreads ? ['C1'] : [])])].join(' '),
    spreads,
    set: one.records.filter((record) => mustBeSet(record, row, spreads)).map(({ record }) => record),
    member: member.write ? 'opt-out' : 'leave',
    guarded: member.guarded,
    remark: remarkOn(one, row, member),
  };
};

/** An untick of what only the CRM had said is left, also when our own opt-out in marketing echoes it (C6, C8). */
const mustBeSet = (record: CrmView, row: 2 | 3 | 4, spreads: boolean): boolean =>
  record.canBeSet && (record.lost.length > 0 || (spreads && (row < 4 || !record.wasTicked)));

/** Made in this marketing system, or a complaint anywhere at the customer (row 3). */
const isOwnWord = (one: Case, { fact, origin }: OptOut): boolean =>
  origin.complaint || (fact.echoOf === null && sameSystem(fact.source, one.marketing));

const isListed = ({ origin }: OptOut): boolean => origin.source.role === 'list';

/** An echo in this marketing system: as a state it still puts the opt-out on sibling records (C8). */
const saidByMarketing = (one: Case, { fact }: OptOut): boolean => sameSystem(fact.source, one.marketing);

/**
 * The member already is what C3 would make of it, though no fact about this address says so: it was opted out at another address
 * and brought here by somebody (C15), or what it echoed was corrected (C6a). As a state it puts the opt-out on sibling records as
 * if C3 had been carried out just now (C8, example 5).
 */
const isOutAsDemanded = (one: Case, standing: readonly OptOut[]): boolean =>
  one.member.kind === 'known' &&
  one.member.showsOptOut &&
  one.settings.crmToMarketing &&
  demandsOf(one, standing).length > 0 &&
  isInScope(one);

/** What counts for C3: `heed reject` takes facts out of it (C23). */
const demandsOf = (one: Case, standing: readonly OptOut[]): readonly OptOut[] =>
  standing.filter(({ origin }) => !one.rejected.has(origin.n));

const isInScope = ({ settings, wasOwed, records }: Case): boolean =>
  settings.scope === 'everyone' || wasOwed || records.some((record) => record.inLists);

interface MemberVerdict {
  readonly write: boolean;
  readonly rule: string;
  readonly guarded: boolean;
  readonly remark: Remark | null;
}

const memberUnderOptOut = (one: Case, row: 2 | 3 | 4, standing: readonly Binding[]): MemberVerdict => {
  const leave = (rule: string, remark: Remark | null = null): MemberVerdict => ({
    write: false,
    rule,
    guarded: false,
    remark,
  });
  const write = (rule: string, guarded: boolean): MemberVerdict => ({ write: true, rule, guarded, remark: null });
  if (standing.length === 0) return leave('C7', { reason: 'waits-for-review', rule: 'C7' });
  const unknown = one.member.kind === 'none' && one.settings.optOutUnknown && row !== 3;
  if (!isMailable(one.member) && !unknown) {
    if (row < 4) return leave(row === 2 ? 'C20' : 'C1');
    // `opted-out-in-crm` counts those who are still mailed (C2); nobody mails this one.
    return leave(one.settings.crmToMarketing ? 'C3' : 'C2', { reason: 'opted-out', rule: `C0.${row}` });
  }
  if (row === 2 && standing.some(isListed)) return write('C20', false);
  const said = standing.filter((optOut) => optOut.via === 'own' && saidByMarketing(one, optOut));
  const saidHere = said.length > 0;
  // The person's word from elsewhere demands its opt-out here once; if somebody else subscribed them again, row 4 decides.
  const unsaid = standing.filter(
    (optOut) => isOwnWord(one, optOut) && !said.some(({ origin }) => origin.n === optOut.origin.n),
  );
  if (unsaid.length > 0) return write(unsaid.some(({ origin }) => origin.complaint) ? 'C26' : 'C15', false);
  const demands = demandsOf(one, standing);
  if (!one.settings.crmToMarketing) {
    return saidHere
      ? leave('C6', { reason: 'subscribed-again-not-by-own-act', rule: 'C6' })
      : leave('C2', { reason: 'opted-out-in-crm', rule: 'C2' });
  }
  if (demands.length === 0) return leave('C23', { reason: 'opted-out-in-crm', rule: 'C23' });
  if (!isInScope(one)) return leave('C5', { reason: 'outside-lists', rule: 'C5' });
  return write(saidHere ? 'C6' : 'C3', !demands.some(({ origin }) => origin.by === 'person' || origin.complaint));
};

/** An untick of what only the CRM had said is worth more to the reader than that nothing was written (C6, example 6a). */
const remarkOn = (one: Case, row: 2 | 3 | 4, member: MemberVerdict): Remark => {
  const unticked = one.records.length > 0 && one.records.every((record) => record.reading === 'not-opted-out');
  const plain = member.remark === null || member.remark.rule === 'C2';
  if (row === 4 && unticked && plain && !member.write) return { reason: 'unticked-still-opted-out', rule: 'C6' };
  return member.remark ?? { reason: 'opted-out', rule: `C0.${row}` };
};

/** Row 1: the person opted in again by their own proven act (C7). */
const liftedVerdict = (one: Case, optOuts: readonly Binding[]): Verdict => {
  const optIns = optOuts.map((optOut) => optOut.liftedBy(one.crm)).filter((fact) => fact !== null);
  // One, in a list: there is always one, and without it nothing would be accepted or untouched.
  const latest = optIns.sort((a, b) => b.n - a.n).slice(0, 1);
  const ticked = one.records.filter((record) => record.reading !== 'not-opted-out');
  const accepted = latest.some((optIn) => one.accepted.has(optIn.n));
  const subscribed = one.member.kind === 'known' && one.member.state.status === 'subscribed';
  const untouched = latest.some(({ when }) => one.records.every((record) => !record.editedSince(when.until)));
  const wanted = one.settings.clearWhenConfirmed || accepted;
  const readable = one.records.every((record) => record.reading !== 'unreadable');
  const clear = ticked.length > 0 && wanted && subscribed && untouched && readable;
  const settled = ticked.length === 0 || accepted;
  return {
    ...quiet,
    row: 1,
    rule: 'C0.1 C7',
    because: [...latest.map((optIn) => optIn.n), ...numbersOf(optOuts, one.crm)],
    clear: clear ? ticked.map(({ record }) => record) : [],
    fields: settled && outOfReach(one.member) === null,
    remark: settled ? outOfReach(one.member) : { reason: 'waits-for-review', rule: 'C7' },
  };
};

/** C15: several people shared the address at which it was made. Nothing is written for it until a human has said whose it is. */
const doubtful = (one: Case): Verdict => ({
  ...quiet,
  row: 4,
  rule: 'C0.4 C15',
  because: numbersOf(one.bindings, one.crm),
  remark: { reason: 'shared-address', rule: 'C15' },
});

/** Why nobody can be reached at the member, whatever consent says (row 5); null: they can. */
const outOfReach = (member: MemberView): Remark | null => {
  if (member.kind === 'vanished') return { reason: 'vanished', rule: 'C12a' };
  if (member.kind === 'none') return null;
  if (member.state.status === 'archived') return { reason: 'archived', rule: 'C12a' };
  if (member.state.status === 'undeliverable') return { reason: 'undeliverable', rule: 'C10' };
  return member.refusedForever ? { reason: 'refused-by-vendor', rule: 'C0.5' } : null;
};

const leftAlone = (remark: Remark): Verdict => ({
  ...quiet,
  row: 5,
  rule: [...new Set(['C0.5', remark.rule])].join(' '),
  because: [],
  remark,
});

/** Row 6. A field that shows opted out although no fact says so (a corrected mistake still ticked) is a barrier all the same. */
const nobodyOptedOut = (one: Case): Verdict => {
  const barring = one.records.filter((record) => record.reading === 'opted-out' || record.reading === 'unlisted');
  const barred = barring.length > 0;
  const byDefault = barring.every((record) => record.byDefault);
  const unreadable = one.records.some((record) => record.reading === 'unreadable');
  return {
    ...quiet,
    row: 6,
    rule: unreadable ? 'C0.6 C18' : 'C0.6',
    because: [],
    fields: !barred && !unreadable,
    create: !barred && !unreadable,
    remark: unreadable
      ? { reason: 'consent-unreadable', rule: 'C18' }
      : barred
        ? byDefault
          ? { reason: 'no-consent', rule: 'C28' }
          : { reason: 'opted-out-in-crm', rule: 'C0' }
        : null,
  };
};
