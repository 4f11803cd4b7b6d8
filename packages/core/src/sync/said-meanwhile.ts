import type { Row } from '@heed/contract';
import type { NewFact } from '../consent/fact.ts';
import type { Observer } from '../consent/observe.ts';
import { isAboutTheSame, isNewsBeside, optOutsToldBy } from '../consent/overtaken.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import type { Run } from './run-state.ts';

interface Around {
  /** By record key. */
  readonly known: ReadonlyMap<string, Shadow>;
  readonly intentsOf: (row: Row) => readonly Intent[];
  /** What the look-ups themselves tell. */
  readonly facts: readonly NewFact[];
}

/**
 * Opt-outs that rows told in whose place a look-up came, and that neither it nor the ledger knows: nobody would ever hear of them
 * again (C1). Asks the store only if there is one.
 */
export const saidMeanwhile = async (
  run: Run,
  overtaken: readonly Row[],
  { known, intentsOf, facts }: Around,
  by: Observer,
): Promise<readonly NewFact[]> => {
  const told = overtaken.flatMap((row) =>
    optOutsToldBy(row, known.get(recordKey(row.record)) ?? null, intentsOf(row), by)
      .filter((said) => !facts.some((fact) => fact.says === 'opted-out' && isAboutTheSame(fact, said)))
      .map((said) => ({ said, row })),
  );
  if (told.length === 0) return [];
  const ledger = await run.engine.store.factsOf([...new Set(told.map(({ said }) => said.address))]);
  return told.filter(({ said, row }) => isNewsBeside(ledger, said, row)).map(({ said }) => said);
};
