import type { AddressKey } from '../identity/address.ts';
import { BATCH } from './engine.ts';

/** Some more people than it takes, because in one batch fewer are new than in another. */
const SPARE = 40;
/** A batch may be larger than others by this part: memory is planned for so many. */
const MOST = 1.1;

/**
 * New members of one run, gathered into calls that are full: a vendor that takes 500 in one call counts one for the last 20 as well,
 * and of each batch of people some are not created, so that each would end in such a call.
 */
export interface FullCalls {
  /** How many people the next batch is to have, so that hardly any create has to wait. */
  size(): number;
  /** Whose create waits for the end of the run, of a batch of so many people. */
  waiting(creating: readonly AddressKey[], people: number): ReadonlySet<AddressKey>;
}

/** `perCall`: see `Capabilities.createsInOne`; undefined: nobody waits. `batch`: how many people are decided at once. */
export const fullCalls = (perCall: number | undefined, batch = BATCH): FullCalls => {
  let size = batch;
  let hasWaiting = false;
  return {
    size: () => size,
    waiting(creating, people) {
      // The last people of a run go at once, unless there are others to fill a call with.
      if (perCall === undefined || (people < size && !hasWaiting)) return new Set();
      const tail = creating.slice(creating.length - (creating.length % perCall));
      hasWaiting ||= tail.length > 0;
      const wanted = Math.ceil(((batch - (batch % perCall) + SPARE) * people) / Math.max(1, creating.length));
      size = wanted > MOST * batch ? batch : wanted;
      return new Set(tail);
    },
  };
};
