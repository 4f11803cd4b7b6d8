import type { AddressKey } from '../identity/address.ts';
import {
  cameTo,
  hadAddress,
  isLive,
  isRecordOf,
  leftAt,
  livesAt,
  mayHaveBeenAt,
  movedOn,
  type Person,
  peopleOf,
} from '../identity/person.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import { ALL_MAIL, collapsedTopic, type Fact, type Ledger, type Source, sameRecord } from './fact.ts';
import { doubtOf, type OptOut, optOutsOf, sameSystem } from './standing.ts';

/** How an opt-out comes to bind an address. */
export type Via =
  /** Said about this very address. */
  | 'own'
  /** Said about another address of the same person, and followed them here (C15). */
  | 'followed'
  /** Said on a record that was merged into, converted to or restored as one of this address (C16). */
  | 'inherited'
  /** Said about an address that several people shared: a human must say whether it is this person's (C15). */
  | 'doubtful';

export interface Binding extends OptOut {
  readonly via: Via;
}

export interface Reach {
  /** Opt-outs that bind the address, in ledger order. */
  readonly bindings: readonly Binding[];
  /** Records that lost a standing opt-out by a merge, conversion or restore, with the opt-outs to set again (C16). */
  readonly heirs: ReadonlyMap<string, readonly OptOut[]>;
}

/** What an opt-out can bind in this profile: its systems, its consent fields, and what binds the whole customer (C26). */
export interface Scope {
  readonly crm: Source;
  /** The consent fields that the profile reads as the CRM's opt-out (C4), including `consent.optInField`. */
  readonly crmFields: readonly string[];
  readonly marketing: Source;
  /** Null: all mail. Else the topic by its name in the profile, and by its id in the marketing system if that knows it (C17). */
  readonly topic: { readonly name: string; readonly id: string | null } | null;
}

/** `customer`: all mail, in any of its connections; `topics`: single topics, wherever they were said. */
type Everywhere = 'customer' | 'topics';

const binds = (scope: Scope | Everywhere, fact: Fact): boolean => {
  if (scope === 'customer') return fact.topic === ALL_MAIL;
  if (scope === 'topics') return fact.topic !== ALL_MAIL;
  if (scope.topic !== null && fact.topic === collapsedTopic(scope.topic.name)) return isOf(scope, fact.source);
  // A list binds the whole customer, or the profiles of the one connection that it was narrowed to (C20).
  const { role, connection, field } = fact.source;
  const said = scope.topic === null ? ALL_MAIL : role === 'list' ? scope.topic.name : scope.topic.id;
  if (fact.complaint) return said === ALL_MAIL;
  if (role === 'list') {
    const all = ['', scope.crm.connection, scope.marketing.connection];
    return fact.topic === said && all.includes(connection);
  }
  if (role === 'marketing') return fact.topic === said && isOf(scope, fact.source);
  // A field of the CRM is what a profile says it is: all mail for one, a topic for another (C26).
  const wider = fact.topic !== ALL_MAIL && fact.topic !== field;
  return !wider && isOf(scope, fact.source) && scope.crmFields.includes(field);
};

const isOf = (scope: Scope, source: Source): boolean =>
  sameSystem(source, scope.crm) || sameSystem(source, scope.marketing);

/** A sibling is somebody else: a record of another person that may have shared the address when it happened. */
const wasShared = (people: readonly Person[], person: Person, fact: Fact): boolean =>
  people.some(
    (other) =>
      other !== person &&
      other.records.some((shadow) => mayHaveBeenAt(shadow, fact.address, fact.when.from, fact.when.until)),
  );

/**
 * Whether an opt-out made at `fact.address` follows a record to `address`, and back to an older one (C15). What surely
 * happened after it had left does not; two systems' clocks differ, and a late commit carries an early stamp.
 */
const follows = (shadow: Shadow, fact: Fact, address: AddressKey, shadows: readonly Shadow[]): boolean => {
  if (!hadAddress(shadow, fact.address) || !hadAddress(shadow, address)) return false;
  const left = leftAt(shadow, fact.address);
  if (left !== null && fact.when.from !== null && fact.when.from > left + doubtOf(fact)) return false;
  if (movedOn(shadow, fact.address, address)) return true;
  return !shadows.some((other) => other.system.role === 'crm' && livesAt(other, address));
};

/** A member whose own address was changed takes its opt-outs along like a record does (Words: person; C15). */
const followsMember = (
  people: readonly Person[],
  shadows: readonly Shadow[],
  fact: Fact,
  address: AddressKey,
): Via | null => {
  const moved = shadows.filter(
    (shadow) => shadow.system.role === 'marketing' && follows(shadow, fact, address, shadows),
  );
  if (moved.length === 0) return null;
  if (moved.some((member) => sameRecord(member.record, fact.record))) return 'followed';
  const there = people.filter(({ records }) =>
    records.some((shadow) => mayHaveBeenAt(shadow, fact.address, fact.when.from, fact.when.until)),
  );
  return there.length <= 1 ? 'followed' : 'doubtful';
};

/** Who was merged within the doubt of two clocks before it happened has not surely left before it (C15). */
const surelyFrom = (fact: Fact): number | null => (fact.when.from === null ? null : fact.when.from - doubtOf(fact));

const viaOf = (people: readonly Person[], shadows: readonly Shadow[], fact: Fact, address: AddressKey): Via | null => {
  if (fact.address === address) return 'own';
  let via: Via | null = null;
  for (const person of people) {
    const moved = person.records.some((shadow) => follows(shadow, fact, address, shadows));
    const merged =
      !moved &&
      person.records.some((shadow) => livesAt(shadow, address)) &&
      person.records.some(
        (shadow) => !isLive(shadow) && mayHaveBeenAt(shadow, fact.address, surelyFrom(fact), fact.when.until),
      );
    if (!moved && !merged) continue;
    const theirs = isRecordOf(person, fact.record) || !wasShared(people, person, fact);
    if (theirs) return merged ? 'inherited' : 'followed';
    via = 'doubtful';
  }
  const byMember = followsMember(people, shadows, fact, address);
  return byMember === 'followed' ? byMember : (via ?? byMember);
};

/**
 * An opt-in counts for an opt-out that followed people to `address` (C15) if it was surely theirs: made here after they had
 * come, or at the address of the opt-out before they had left.
 */
const countsFor =
  (address: AddressKey, shadows: readonly Shadow[]) =>
  (optIn: Fact, origin: Fact): boolean => {
    const movers = shadows.filter((shadow) => hadAddress(shadow, origin.address) && hadAddress(shadow, address));
    if (optIn.address === address) {
      if (origin.address === address) return true;
      return movers.every((shadow) => {
        const came = cameTo(shadow, address);
        return came === null || (optIn.when.from !== null && optIn.when.from > came + doubtOf(optIn));
      });
    }
    if (optIn.address !== origin.address) return false;
    return movers.some((shadow) => {
      const left = leftAt(shadow, optIn.address);
      return left === null || optIn.when.until <= left - doubtOf(optIn);
    });
  };

/** Whether the lost record had been unticked by hand before: then it had no opt-out to lose (C16). */
const wasUnticked = (ledger: Ledger, optOut: Fact, lostAt: number): boolean =>
  ledger.facts.some(
    (fact) =>
      fact.says === 'opted-in' &&
      sameRecord(fact.record, optOut.record) &&
      fact.source.field === optOut.source.field &&
      fact.n > optOut.n &&
      fact.when.until <= lostAt,
  );

/** Whether a later fact of the heir mends the loss: our own write, or the very field. Consent taken back sets no opt-out field (C19). */
const mends = (later: Fact, lost: Fact): boolean => later.echoOf !== null || later.source.field === lost.source.field;

/** Opt-outs made on a record before it lost them by a merge, a conversion or a restore, which nothing has mended since. */
const lostBy = (heir: Shadow, person: Person, optOuts: readonly OptOut[], ledger: Ledger): readonly OptOut[] =>
  optOuts.filter(({ fact }) => {
    if (fact.source.role !== 'crm') return false;
    const from = person.records.find((shadow) => sameRecord(shadow.record, fact.record));
    if (from === undefined || (from !== heir && isLive(from))) return false;
    // A record that is its own heir was restored; only what was said before that can have been lost.
    const lostAt = from === heir ? from.lifeChangedAt : (from.lifeChangedAt ?? from.firstReadAt);
    if (lostAt === null || (from === heir && fact.when.until > lostAt)) return false;
    if (from !== heir && wasUnticked(ledger, fact, lostAt)) return false;
    return !optOuts.some(
      (later) =>
        sameRecord(later.fact.record, heir.record) &&
        later.fact !== fact &&
        later.fact.when.until > lostAt &&
        mends(later.fact, fact),
    );
  });

/**
 * Which opt-outs bind an address in a profile. Pure; `shadows` (records and members) and `ledger` must hold the address's
 * neighbourhood. `customer` and `topics`: whatever was said in any connection of the customer (C26).
 * Whether each still stands is asked of it, per system.
 */
export const reachOf = (
  address: AddressKey,
  shadows: readonly Shadow[],
  ledger: Ledger,
  scope: Scope | Everywhere,
): Reach => {
  const people = peopleOf(shadows);
  const optOuts = optOutsOf(ledger, address, countsFor(address, shadows)).filter(({ fact }) => binds(scope, fact));
  const bindings: Binding[] = [];
  for (const optOut of optOuts) {
    // An echo said elsewhere demands no more than its origin, so it follows as its origin does (C8).
    const said = optOut.fact.address === address ? optOut.fact : optOut.origin;
    const via = viaOf(people, shadows, said, address);
    if (via !== null) bindings.push({ ...optOut, via });
  }
  const heirs = new Map<string, readonly OptOut[]>();
  for (const person of typeof scope === 'string' ? [] : people) {
    for (const heir of person.records.filter((shadow) => livesAt(shadow, address))) {
      const lost = lostBy(heir, person, optOuts, ledger).filter(
        (optOut) => typeof scope !== 'string' && optOut.stands(scope.crm),
      );
      if (lost.length > 0) heirs.set(recordKey(heir.record), lost);
    }
  }
  return { bindings, heirs };
};
