import type { Outcome } from '@heed/contract';
import { chunk, failed, type Gate, inParallel, rejected } from '@heed/toolkit';
import { BATCH_MEMBERS } from '../api.ts';
import { batchBody, batchItem } from '../bodies.ts';
import { errorOfBatchItem } from '../errors.ts';
import { CONNECTIONS } from '../limits.ts';
import { answersOf, type ItemAnswers, nullIfRefused, putBack, unmentioned } from './batch-answer.ts';
import { created, createOne, type NewMember } from './create.ts';
import { inState, type Writing } from './outcomes.ts';

/** Fewer are created one by one. */
const WORTH_A_BATCH = 10;

/** New members that may go by batch, and those that must go one by one. */
export interface Sorted {
  readonly byBatch: readonly NewMember[];
  readonly oneByOne: readonly NewMember[];
}

/**
 * Who may be created by batch. Whether a batch takes an archived member for a new one (and revives a hidden opt-out) is not
 * documented. So it gets only addresses that the engine did not find in what this session read, and that were not archived
 * since (C12a). Others who came to be members meanwhile are errors of the batch, and are looked at then. Pending ones go one
 * by one: each is a mail, and each needs its own answer. (C11)
 */
export const sortCreates = async (
  writing: Writing,
  wanted: readonly NewMember[],
  signal: AbortSignal,
): Promise<Sorted> => {
  const distinct = [...new Map(wanted.map((one) => [one.hash, one])).values()];
  const candidates = distinct.filter(({ as }) => as !== 'pending');
  if (candidates.length < WORTH_A_BATCH) return { byBatch: [], oneByOne: wanted };
  const archived = await writing.changes.archived(signal);
  const byBatch = archived === null ? [] : candidates.filter(({ hash }) => !archived.has(hash));
  const inBatch = new Set<NewMember>(byBatch);
  return { byBatch, oneByOne: wanted.filter((one) => !inBatch.has(one)) };
};

/** Creates by batches of 500, four at a time. */
export const createByBatch = async (
  writing: Writing,
  wanted: readonly NewMember[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const pieces = await inParallel(chunk(wanted, BATCH_MEMBERS), CONNECTIONS, (piece) =>
    gate.all(
      piece.map(({ op }) => op),
      () => createPiece(writing, piece, gate, signal),
    ),
  );
  return pieces.flat();
};

const createPiece = async (
  writing: Writing,
  piece: readonly NewMember[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const items = piece.map(({ op, as, mergeFields }) => batchItem(op.email, as, mergeFields));
  const answer = await writing.api.addMembers(batchBody(items), signal).catch(nullIfRefused);
  // One odd item can have the whole request refused: then nobody was created, and each is tried alone.
  if (answer === null)
    return inParallel(piece, CONNECTIONS, (one) => gate.one(one.op, () => createOne(writing, one, signal)));
  const by = answersOf(answer);
  return inParallel(piece, CONNECTIONS, (one) => gate.one(one.op, () => outcomeOf(writing, one, by, signal)));
};

/** The answer is always 200: what became of each stands in three lists. */
const outcomeOf = async (
  writing: Writing,
  wanted: NewMember,
  answers: ItemAnswers,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { op, hash } = wanted;
  const made = answers.created.get(hash);
  if (made !== undefined) return created(writing, wanted, made);
  const error = answers.errors.get(hash);
  if (error?.error_code === 'ERROR_CONTACT_EXISTS') return createOne(writing, wanted, signal);
  if (error !== undefined) {
    if (error.field !== null) writing.mergeFields.forget();
    return rejected(op.id, errorOfBatchItem('add members', error));
  }
  if (answers.updated.has(hash)) {
    // Somebody archived it in the last moment, and the batch brought it back to life. Back it goes. (C12a)
    await putBack(writing.api, hash, signal);
    return rejected(op.id, inState('archived', 'it is not brought back to life'));
  }
  return failed(op.id, unmentioned());
};
