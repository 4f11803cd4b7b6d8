import { describe } from 'vitest';
import { promisesOfBuckets } from './store-suite/buckets.ts';
import { promisesOfCrashes } from './store-suite/crashes.ts';
import { promisesOfErasures } from './store-suite/erasures.ts';
import { promisesOfHeldPeople } from './store-suite/held-people.ts';
import { promisesOfIntents } from './store-suite/intents.ts';
import { promisesOfLeases } from './store-suite/leases.ts';
import { promisesOfTheLedger } from './store-suite/ledger.ts';
import { promisesOfMarks } from './store-suite/marks.ts';
import { promisesOfNeighbourhoods } from './store-suite/neighbourhoods.ts';
import { promisesOfOptOutLists } from './store-suite/opt-out-lists.ts';
import { promisesOfPages } from './store-suite/pages.ts';
import { promisesOfRuns } from './store-suite/runs.ts';
import { promisesOfSettlements } from './store-suite/settlements.ts';
import { benches, type StoreSubject } from './store-suite/subject.ts';

export type { StoreState, StoreSubject } from './store-suite/subject.ts';

/**
 * What every store promises, whatever it is built on. A new one runs this one call:
 * `describeStore({ name: 'sqlite', open, surgery })`.
 */
export const describeStore = (subject: StoreSubject): void => {
  describe(`store: ${subject.name}`, () => {
    const bench = benches(subject);
    promisesOfPages(bench);
    promisesOfNeighbourhoods(bench);
    promisesOfMarks(bench);
    promisesOfOptOutLists(bench);
    promisesOfSettlements(bench);
    promisesOfBuckets(bench);
    promisesOfIntents(bench);
    promisesOfRuns(bench);
    promisesOfTheLedger(bench);
    promisesOfErasures(bench);
    promisesOfHeldPeople(bench);
    promisesOfLeases(bench);
    promisesOfCrashes(bench);
  });
};
