import { ORDER_DOUBT_MS } from './order-doubt.ts';
import type { Past } from './past.ts';
import type { OptIn, OptOut } from './what-happened.ts';

/**
 * Could any reading of C7 say that a later own act of the person lifted this opt-out? An opt-in that came before it never
 * lifts. One that came after it may or may not, depending on what could be proven and ordered: both are accepted then.
 */
export const maybeLifted = (past: Past, optOut: OptOut): boolean =>
  past.optIns.some((optIn) => mayBeLater(optIn, optOut) && touches(past, optIn.member, optOut));

const mayBeLater = (optIn: OptIn, optOut: OptOut): boolean =>
  optIn.n > optOut.n || (optIn.aheadMs > 0 && optIn.at + optIn.aheadMs + ORDER_DOUBT_MS > optOut.at);

/**
 * Must every reading of C7 say so? Only claimed for the plain case: one address, one record, one member; the opt-out was
 * known before the act, the act lies clearly later, its proof was shown, and nothing was archived in between. For what
 * the CRM said, the opt-in counts too: it lifts, for marketing, every earlier opt-out whoever made it.
 */
export const surelyLifted = (past: Past, optOut: OptOut, run: number | null): boolean =>
  past.circles.isPlain(optOut.holder) &&
  past.optIns.some(
    (optIn) =>
      !optIn.inferred &&
      optIn.n > optOut.n &&
      touches(past, optIn.member, optOut) &&
      optOut.shown.some(
        (one) =>
          past.isClean(one.run) &&
          one.n < optIn.n &&
          past.knows(run, [one]) &&
          optIn.at - endOf(optOut, one) > past.orderDoubtMs,
      ) &&
      past.knows(
        run,
        optIn.shown.filter(
          ({ exact, n }) =>
            // What another system said is older only than an opt-in whose own time is exact (Words: when).
            (exact || optOut.system === 'marketing') &&
            // Whether a member shown archived was so before the act or only after it no read can tell: not proven (C7).
            !archivedBetween(past, optIn.member, optOut.n, n),
        ),
      ),
  );

/** What the CRM said may be as late as its record was changed when that was shown; marketing's own order is that of reads. */
const endOf = (optOut: OptOut, shown: OptOut['shown'][number]): number =>
  optOut.system === 'crm' ? shown.until : optOut.at;

const touches = (past: Past, member: string, optOut: OptOut): boolean => past.circles.same(member, optOut.holder);

const archivedBetween = (past: Past, member: string, from: number, until: number): boolean =>
  past.archivals.some((one) => one.member === member && one.n > from && one.n < until);
