import { ConnectorError, type Outcome } from '@heed/contract';
import { failed, rejected } from '@heed/toolkit';
import { BATCH, type RowResult } from '../api.ts';
import { contactRef } from '../contact.ts';
import { errorOfRow } from '../errors.ts';
import { done, unmentioned, type Writing } from './outcomes.ts';

/** A contact to update and the op that asks for it. */
export interface Saving {
  readonly op: string;
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** Updates contacts in batches of 100, and tells of each op what came of it. */
export const saveEach = async (
  writing: Writing,
  savings: readonly Saving[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const batch of batches(savings)) outcomes.push(...(await saveBatch(writing, batch, signal)));
  return outcomes;
};

/** At most 100, and no contact twice in one call: what HubSpot does with it is not documented. */
const batches = (savings: readonly Saving[]): readonly (readonly Saving[])[] => {
  const made: { readonly ids: Set<string>; readonly savings: Saving[] }[] = [];
  for (const saving of savings) {
    let target = made.find((one) => one.savings.length < BATCH && !one.ids.has(saving.id));
    if (target === undefined) {
      target = { ids: new Set(), savings: [] };
      made.push(target);
    }
    target.ids.add(saving.id);
    target.savings.push(saving);
  }
  return made.map((one) => one.savings);
};

const saveBatch = async (
  writing: Writing,
  savings: readonly Saving[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  let rows: readonly RowResult[];
  try {
    const contacts = savings.map(({ id, properties }) => ({ id, properties }));
    rows = await writing.api.write('update', contacts, signal);
  } catch (error) {
    if (!isAboutOne(error) || savings.length === 1) return savings.map(({ op }) => failed(op, error));
    // Something in one of them had the whole call refused: find whose it is (I12).
    const half = Math.ceil(savings.length / 2);
    const first = await saveBatch(writing, savings.slice(0, half), signal);
    return [...first, ...(await saveBatch(writing, savings.slice(half), signal))];
  }
  return savings.map((saving, index) => outcomeOf(writing, saving, rows[index] ?? null));
};

/** The whole call was refused, surely not applied, for something that a single row may have wrong. */
export const isAboutOne = (error: unknown): boolean =>
  error instanceof ConnectorError &&
  error.details.mayHaveApplied !== true &&
  ['invalid', 'missing', 'refused'].includes(error.kind);

const outcomeOf = (writing: Writing, { op, id }: Saving, row: RowResult): Outcome => {
  if (row === null) return failed(op, unmentioned());
  if ('problem' in row) return rejected(op, errorOfRow('update contacts', row.problem));
  return done(writing, op, 'applied', contactRef(id));
};
