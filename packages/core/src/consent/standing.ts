import type { Millis } from '@heed/contract';
import { type Decision, type Fact, type Ledger, type Source, sameSource } from './fact.ts';

/** Two clocks of two vendors may disagree by this much; within it the opt-out is the later one (Words: when). */
export const DOUBT_MS = 5 * 60_000;

/** Within this much the order of this fact and what another system said is in doubt. */
export const doubtOf = ({ when }: Pick<Fact, 'when'>): Millis => DOUBT_MS + (when.doubtMs ?? 0);

export const sameSystem = (a: Source, b: Source): boolean =>
  a.role === b.role && a.connection === b.connection && a.container === b.container;

/**
 * An opt-in is later only if its own time is exact and clearly past the opt-out, or if a read showed the opt-out and a
 * later read of the same system shows the opt-in. In doubt the opt-out is the later one. (Words: when; C7)
 */
export const isLater = (optIn: Fact, optOut: Fact): boolean => {
  if (optIn.source.role === 'crm') return isLaterInCrm(optIn, optOut);
  const doubtMs = doubtOf(optIn) + (optOut.when.doubtMs ?? 0);
  if (optIn.when.exact && optIn.when.until > optOut.when.until + doubtMs) return true;
  // Facts are numbered as reads bring them. An exact date that is not past the opt-out belongs to an older opt-in.
  const shownLater = sameSystem(optIn.source, optOut.source) && optIn.n > optOut.n;
  return shownLater && (!optIn.when.exact || optIn.when.until > optOut.when.until);
};

/**
 * One read of a CRM may show the opt-out of one record and the opt-in of another of the address: only what a read showed before the
 * opt-in began is earlier. A field of the profile's own is a scope of its own (C26).
 */
const isLaterInCrm = ({ n, source, when }: Fact, optOut: Fact): boolean =>
  sameSource(source, optOut.source) && n > optOut.n && when.from !== null && when.from >= optOut.when.until;

/** Corrected facts and their echoes do not count any more (C6a). */
const withdrawnBy = (decisions: readonly Decision[]): ReadonlySet<number> =>
  new Set(decisions.flatMap((decision) => (decision.kind === 'correction' ? decision.facts : [])));

/**
 * Whose opt-outs an opt-in lifts (C7): for its own marketing system everybody's, for the CRM not another marketing system's. One that
 * was made in a CRM counts in that CRM alone: it takes nothing away there that a marketing system said, and nothing anywhere else.
 */
const reaches = (optIn: Fact, optOut: Fact, target: Source): boolean => {
  if (target.role === 'marketing') return sameSystem(optIn.source, target);
  if (optIn.source.role === 'crm' && !sameSystem(optIn.source, target)) return false;
  return sameSystem(optIn.source, optOut.source) || optOut.source.role !== 'marketing';
};

/** One opt-out of an address, and whether it still stands for a system that might be written to. */
export interface OptOut {
  readonly fact: Fact;
  /** The fact behind an echo; itself if it is none (C8). */
  readonly origin: Fact;
  stands(target: Source): boolean;
  /** The opt-in that lifted it there. */
  liftedBy(target: Source): Fact | null;
}

/**
 * The opt-outs among these facts, without corrected ones. The facts may be of several addresses: an opt-in counts for an
 * opt-out of its own address, and for those that followed a person to `address` (C15), unless `counts` knows better.
 */
export const optOutsOf = (
  ledger: Ledger,
  address: Fact['address'],
  counts: (optIn: Fact, origin: Fact) => boolean = (optIn, origin) =>
    optIn.address === address || optIn.address === origin.address,
): readonly OptOut[] => {
  const withdrawn = withdrawnBy(ledger.decisions);
  const byNumber = new Map(ledger.facts.map((fact) => [fact.n, fact]));
  const originOf = (fact: Fact): Fact => (fact.echoOf === null ? fact : (byNumber.get(fact.echoOf) ?? fact));
  const optIns = ledger.facts.filter((fact) => fact.says === 'opted-in' && fact.proof !== null);
  const optOuts = ledger.facts.filter(
    (fact) => fact.says === 'opted-out' && !withdrawn.has(fact.n) && !withdrawn.has(originOf(fact).n),
  );

  const liftedBy = (origin: Fact, target: Source): Fact | null => {
    // An echo happens after its origin, so an opt-in later than the echo is later than the origin as well.
    const repeated = optOuts.filter((fact) => originOf(fact).n === origin.n);
    const lifting = optIns.filter(
      (optIn) =>
        optIn.topic === origin.topic &&
        counts(optIn, origin) &&
        reaches(optIn, origin, target) &&
        (isLater(optIn, origin) || repeated.some((echo) => isLater(optIn, echo))),
    );
    // What a marketing system proves says more than what the CRM itself does.
    return lifting.findLast(({ source }) => source.role !== 'crm') ?? lifting.at(-1) ?? null;
  };
  return optOuts.map((fact) => {
    const origin = originOf(fact);
    return {
      fact,
      origin,
      stands: (target: Source) => liftedBy(origin, target) === null,
      liftedBy: (target: Source) => liftedBy(origin, target),
    };
  });
};

/**
 * Opt-outs that must not make anybody mailable by a create, in whichever connection of the customer they stand (C26). An opt-in made
 * in a CRM is none in a marketing system, so it makes nobody mailable.
 */
export const standsAnywhere = (optOut: OptOut): boolean => {
  const lifted = optOut.liftedBy(optOut.fact.source);
  return lifted === null || lifted.source.role === 'crm';
};
