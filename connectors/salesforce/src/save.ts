import { ConnectorError, type OpId, type Outcome } from '@heed/contract';
import { done, failed, rejected } from '@heed/toolkit';
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
  const outcomes: Outcome[] = [];
  // One after the other: two calls that write records of one account at once lock each other out (UNABLE_TO_LOCK_ROW).
  for (const collection of collections(savings)) outcomes.push(...(await saveCollection(api, how, collection, signal)));
  return outcomes;
};

/** At most 200, and no record twice in one call: the vendor refuses both. */
const collections = (savings: readonly Saving[]): readonly (readonly Saving[])[] => {
  const made: { readonly ids: Set<string>; readonly savings: Saving[] }[] = [];
  for (const saving of savings) {
    const { id } = saving.record;
    const open = made.find((one) => one.savings.length < MAX_COLLECTION && (id === undefined || !one.ids.has(id)));
    const target = open ?? { ids: new Set(), savings: [] };
    if (open === undefined) made.push(target);
    if (id !== undefined) target.ids.add(id);
    target.savings.push(saving);
  }
  return made.map((one) => one.savings);
};

const saveCollection = async (
  api: Api,
  how: 'insert' | 'update',
  savings: readonly Saving[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  try {
    const saved = await api.save(
      how,
      savings.map(({ record }) => record),
      signal,
    );
    if (how === 'update' && !isInOrder(savings, saved))
      return savings.map((saving) => whoever(saving, saved, api.now()));
    return savings.map((saving, index) => outcomeOf(saving, saved[index], api.now()));
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    if (!isAboutOne(error) || savings.length === 1) return savings.map(({ op }) => failed(op, error));
    // A field that does not exist, or a value of the wrong JSON type, fails the whole call: find whose it is (I12).
    const half = Math.ceil(savings.length / 2);
    const first = await saveCollection(api, how, savings.slice(0, half), signal);
    return [...first, ...(await saveCollection(api, how, savings.slice(half), signal))];
  }
};

/** The whole call was refused, surely not applied, for something that a single record in it may have wrong. */
const isAboutOne = ({ kind, details }: ConnectorError): boolean =>
  details.mayHaveApplied !== true && (kind === 'invalid' || kind === 'missing' || details.code === 'INVALID_FIELD');

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
  version: number,
  signal: AbortSignal,
): Promise<Outcome> => {
  if (Number.isNaN(version))
    return failed(op, new ConnectorError('stale', 'salesforce update: the version is unreadable'));
  try {
    await api.updateIfUnmodified(record, version, signal);
    return done(op, 'applied', { type: record.type, id: record.id }, api.now());
  } catch (error) {
    if (error instanceof ConnectorError) return failed(op, error);
    throw error;
  }
};
