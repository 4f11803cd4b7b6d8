import { ConnectorError, type Millis, type Outcome } from '@heed/contract';
import { chunk, inParallel } from '@heed/toolkit';
import { hashOf } from '../address-hash.ts';
import { BATCH_MEMBERS } from '../api.ts';
import { batchBody, batchItem, newStatus } from '../bodies.ts';
import { errorOfBatchItem } from '../errors.ts';
import { CONNECTIONS } from '../limits.ts';
import { memberStream } from '../streams.ts';
import type { WireBatchAnswer } from '../wire.ts';
import { createOne, type NewMember } from './create.ts';
import { done, failed, inState, rejected, type Writing } from './outcomes.ts';

/** Fewer are created one by one. */
const WORTH_A_BATCH = 10;
/** Looks back a little behind the read, as reads do. */
const OVERLAP_MS = 5 * 60_000;
/** If more than this changed since the read, the batch is no shortcut any more. */
const MOST_PAGES = 5;

/** New members that may go by batch, and those that must go one by one. */
export interface Sorted {
  readonly byBatch: readonly NewMember[];
  readonly oneByOne: readonly NewMember[];
}

/**
 * Who may be created by batch. Whether a batch takes an archived member for a new one (and revives a hidden opt-out) is not
 * documented. So it gets only addresses that the engine did not find in what this session read, and that are not among the
 * members who changed since. Pending ones go one by one: each is a mail, and each needs its own answer. (C11)
 */
export const sortCreates = async (
  writing: Writing,
  wanted: readonly NewMember[],
  signal: AbortSignal,
): Promise<Sorted> => {
  const distinct = [...new Map(wanted.map((one) => [one.hash, one])).values()];
  const candidates = distinct.filter(({ as }) => as !== 'pending');
  if (writing.knownUpTo === null || candidates.length < WORTH_A_BATCH) return { byBatch: [], oneByOne: wanted };
  const changed = await changedSince(writing, writing.knownUpTo - OVERLAP_MS, signal);
  const byBatch = changed === null ? [] : candidates.filter(({ hash }) => !changed.has(hash));
  const inBatch = new Set<NewMember>(byBatch);
  return { byBatch, oneByOne: wanted.filter((one) => !inBatch.has(one)) };
};

/** The members changed since then, archived ones included; null if they are too many. */
const changedSince = async (
  { api, complaints }: Writing,
  since: Millis,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> => {
  const book = { refresh: async () => [], known: async () => complaints, sofar: complaints };
  const changed = new Set<string>();
  for (const status of [null, 'archived'] as const) {
    const stream = memberStream('changed', { api, complaints: book }, [], status);
    let from: Parameters<typeof stream.fetch>[0] = { at: since, id: null };
    for (let pages = 0; from !== null; pages += 1) {
      if (pages === MOST_PAGES) return null;
      const { rows, next } = await stream.fetch(from, signal);
      for (const { record } of rows) changed.add(record.id);
      from = next;
    }
  }
  return changed;
};

/** Creates by batches of 500, two at a time. */
export const createByBatch = async (
  writing: Writing,
  wanted: readonly NewMember[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const pieces = await inParallel(chunk(wanted, BATCH_MEMBERS), 2, (piece) => createPiece(writing, piece, signal));
  return pieces.flat();
};

const createPiece = async (
  writing: Writing,
  piece: readonly NewMember[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const items = piece.map(({ op, as, mergeFields }) => batchItem(op.email, as, mergeFields));
  try {
    const answer = await writing.api.addMembers(batchBody(items), signal);
    return await inParallel(piece, CONNECTIONS, (one) =>
      outcomeOf(writing, one, answer, signal).catch((error: unknown) => failed(one.op.id, error)),
    );
  } catch (error) {
    // One odd item can have the whole request refused: then nobody was created, and each is tried alone.
    const refused = error instanceof ConnectorError && (error.kind === 'invalid' || error.kind === 'refused');
    if (!refused || error.details.mayHaveApplied === true) return piece.map(({ op }) => failed(op.id, error));
    return inParallel(piece, CONNECTIONS, (one) =>
      createOne(writing, one, signal).catch((alone: unknown) => failed(one.op.id, alone)),
    );
  }
};

/** The answer is always 200: what became of each stands in three lists. */
const outcomeOf = async (
  writing: Writing,
  wanted: NewMember,
  answer: WireBatchAnswer,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { op, hash, as, mergeFields } = wanted;
  const created = answer.new_members.find(({ id }) => id === hash);
  if (created !== undefined) {
    return done(
      writing,
      op.id,
      created.status === newStatus(as) ? 'applied' : 'unchanged',
      created,
      Object.keys(mergeFields),
    );
  }
  const error = answer.errors.find(({ email_address: email }) => hashOf(email) === hash);
  if (error?.error_code === 'ERROR_CONTACT_EXISTS') return createOne(writing, wanted, signal);
  if (error !== undefined) return rejected(op.id, errorOfBatchItem('add members', error));
  if (answer.updated_members.some(({ id }) => id === hash)) {
    // Somebody archived it in the last moment, and the batch brought it back to life. Back it goes. (C12a)
    await writing.api.archive(hash, signal);
    return rejected(op.id, inState('archived', 'it is not brought back to life'));
  }
  return failed(
    op.id,
    new ConnectorError('protocol', 'add members: the answer does not mention this member', { mayHaveApplied: true }),
  );
};
