import type { Past } from './past.ts';
import type { OptOut } from './what-happened.ts';

/** Opt-outs that whoever runs as `run` surely knows to have been said about exactly this address. */
export const knownAt = (past: Past, run: number, address: string): readonly OptOut[] =>
  past.optOuts.filter(({ shown }) =>
    past.knows(
      run,
      shown.filter((one) => one.address === address),
    ),
  );

/**
 * Opt-outs that follow a record to this address without a doubt (C15): made on the record itself, known, and the record
 * was seen at the address; it moved there, or was there when ticked.
 */
export const followedTo = (past: Past, run: number, address: string): readonly OptOut[] =>
  past.optOuts.filter(
    (optOut) =>
      optOut.system === 'crm' &&
      optOut.sure &&
      past.knows(run, optOut.shown) &&
      past.stays.some(
        (stay) =>
          stay.record === optOut.holder &&
          stay.address === address &&
          (stay.until ?? Number.POSITIVE_INFINITY) > optOut.n &&
          past.knows(
            run,
            [...stay.shownIn].map((one) => ({ run: one })),
          ),
      ),
  );
