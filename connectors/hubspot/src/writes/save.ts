import type { Outcome } from '@heed/contract';
import { byHalves, distinctChunks, failed, isOfKind, rejected } from '@heed/toolkit';
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
  const send = async (batch: readonly Saving[]): Promise<readonly Outcome[]> => {
    const contacts = batch.map(({ id, properties }) => ({ id, properties }));
    const rows = await writing.api.write('update', contacts, signal);
    return batch.map((saving, index) => outcomeOf(writing, saving, rows[index] ?? null));
  };
  const outcomes: Outcome[] = [];
  // What HubSpot does with a contact that stands twice in one call is not documented.
  for (const batch of distinctChunks(savings, BATCH, ({ id }) => id))
    outcomes.push(...(await byHalves(batch, send, isAboutOne, ({ op }, error) => failed(op, error))));
  return outcomes;
};

/** The whole call was refused, surely not applied, for something that a single row may have wrong. */
export const isAboutOne = (error: unknown): boolean =>
  isOfKind(error, 'invalid', 'missing', 'refused') && error.details.mayHaveApplied !== true;

const outcomeOf = (writing: Writing, { op, id }: Saving, row: RowResult): Outcome => {
  if (row === null) return failed(op, unmentioned());
  if ('problem' in row) return rejected(op, errorOfRow('update contacts', row.problem));
  return done(writing, op, 'applied', contactRef(id));
};
