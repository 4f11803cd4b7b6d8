import { ConnectorError, type Millis, type OpId, type Outcome } from '@heed/contract';
import { asError, byHalves, distinctChunks, done, failed, rejected } from '@heed/toolkit';
import { type Api, MAX_COLLECTION, type Saved, type ToSave } from './api.ts';
import { notUnderstood } from './ask.ts';
import { refusalOfRow } from './failure.ts';
import { idKey } from './soql.ts';

/** A record to write and the op that asks for it. */
export interface Saving {
  readonly op: OpId;
  readonly record: ToSave;
}

/** Writes records of one type in collections of 200, and tells of each op what came of it. */
export const saveEach = async (
  api: Api,
  how: 'insert' | 'update',
  savings: readonly Saving[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const send = async (some: readonly Saving[]): Promise<readonly Outcome[]> => {
    const records = some.map(({ record }) => record);
    const saved = await api.save(how, records, signal);
    if (how === 'update' && !isInOrder(some, saved)) return some.map((saving) => whoever(saving, saved, api.now()));
    return some.map((saving, index) => outcomeOf(saving, saved[index], api.now()));
  };
  const outcomes: Outcome[] = [];
  // The vendor refuses a record that stands twice in one call. One call after the other: two that write records of one account
  // at once lock each other out (UNABLE_TO_LOCK_ROW).
  for (const some of distinctChunks(savings, MAX_COLLECTION, ({ record }) => record.id))
    outcomes.push(...(await byHalves(some, send, isAboutOne, ({ op }, error) => failed(op, asError(error)))));
  return outcomes;
};

/** The whole call was refused, surely not applied, for something that a single record in it may have wrong. */
const isAboutOne = (error: unknown): boolean => {
  const { kind, details } = asError(error);
  return (
    details.mayHaveApplied !== true && (kind === 'invalid' || kind === 'missing' || details.code === 'INVALID_FIELD')
  );
};

/** The order of the answer is documented to be that of the call; the ids of an update prove it. */
const isInOrder = (savings: readonly Saving[], saved: readonly Saved[]): boolean =>
  savings.every(({ record }, index) => {
    const one = saved[index];
    return one?.ok !== true || one.id === '' || idKey(one.id) === idKey(record.id ?? '');
  });

/** Of an answer in another order only the ids can be trusted: a refusal has none, so nobody knows whose it is. */
const whoever = ({ op, record }: Saving, saved: readonly Saved[], at: number): Outcome => {
  const { type, id = '' } = record;
  if (saved.some((one) => one.ok && idKey(one.id) === idKey(id))) return done(op, 'applied', { type, id }, at);
  return failed(op, notUnderstood('update', true));
};

const outcomeOf = ({ op, record }: Saving, saved: Saved | undefined, at: number): Outcome => {
  if (saved === undefined || !saved.ok) return rejected(op, refusalOfRow(saved?.errors ?? []));
  const id = saved.id || record.id;
  // Made, and nobody knows which: it is looked for.
  if (id === undefined) return failed(op, notUnderstood('create', true));
  return done(op, 'applied', { type: record.type, id }, at);
};

/**
 * One record, only if nobody modified it after the version that was read. The vendor compares LastModifiedDate in whole
 * seconds ("weak validation", REST API Developer Guide, Conditional Request Headers): a fence, not a proof, so the engine looks
 * just before as well.
 */
export const updateIfUnmodified = async (
  api: Api,
  { op, record }: { readonly op: OpId; readonly record: ToSave & { readonly id: string } },
  version: Millis | null,
  signal: AbortSignal,
): Promise<Outcome> => {
  if (version === null) return failed(op, new ConnectorError('stale', 'salesforce update: the version is unreadable'));
  try {
    await api.updateIfUnmodified(record, version, signal);
    return done(op, 'applied', { type: record.type, id: record.id }, api.now());
  } catch (error) {
    return failed(op, asError(error));
  }
};
