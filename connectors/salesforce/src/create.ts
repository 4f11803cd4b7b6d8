import type { Columns, Outcome, Refusal, Row } from '@heed/contract';
import { done, failed, firstOfEach, refusal, rejected, surelyNot } from '@heed/toolkit';
import type { Api } from './api.ts';
import { rowsWith } from './lookup.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { type Saving, saveEach } from './save.ts';
import { toWire } from './values.ts';
import type { CreateOp } from './write.ts';

/**
 * Finds or makes records of one type. A plain insert, never an upsert: an upsert would carry the consent fields of a new
 * record onto one that exists (C9), and our reference field is unique, so the vendor itself refuses a second insert. Looked
 * for first by the reference, or by the address where the op has none; on a hit only the mapped fields are written.
 */
export const createRecords = async (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  const { first, others } = firstOfEach(ops, (op) => [soughtKey(op)]);
  const outcomes = await createDistinct(api, shapes, type, first, signal);
  // The second op of a reference finds what the first one made.
  return [...outcomes, ...(await createRecords(api, shapes, type, others, signal))];
};

const createDistinct = async (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  let before: Found;
  try {
    before = await find(api, await readableShape(shapes, type, signal), ops, signal);
  } catch (error) {
    return ops.map(({ id }) => failed(id, surelyNot(error)));
  }
  const hits = ops.filter((op) => before(op).length > 0);
  const outcomes = await writeHits(api, hits, before, signal);
  const misses = ops.filter((op) => before(op).length === 0);
  const inserted = await saveEach(api, 'insert', misses.map(toInsert), signal);
  // Somebody, perhaps an earlier request of ours whose answer was lost, was faster than the look-up could show.
  const taken = misses.filter((op) => inserted.some((outcome) => outcome.op === op.id && isTaken(outcome)));
  const kept = inserted.filter((outcome) => !taken.some((op) => op.id === outcome.op));
  if (taken.length === 0) return [...outcomes, ...kept];
  return [...outcomes, ...kept, ...(await settleTaken(api, shapes, type, taken, inserted, signal))];
};

/** Records of those ops by now; an op that still has none keeps the vendor's refusal. */
const settleTaken = async (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly CreateOp[],
  inserted: readonly Outcome[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const refused = (op: CreateOp): readonly Outcome[] => inserted.filter((outcome) => outcome.op === op.id);
  try {
    const found = await find(api, await readableShape(shapes, type, signal), ops, signal);
    const hits = ops.filter((op) => found(op).length > 0);
    const others = ops.filter((op) => found(op).length === 0);
    return [...(await writeHits(api, hits, found, signal)), ...others.flatMap(refused)];
  } catch {
    return ops.flatMap(refused);
  }
};

type Found = (op: CreateOp) => readonly Row[];

/** Live records that have the op's reference, or its address where it has no reference. */
const find = async (api: Api, shape: ObjectShape, ops: readonly CreateOp[], signal: AbortSignal): Promise<Found> => {
  const byKey = new Map<string, readonly Row[]>();
  for (const [field, fieldOps] of Object.entries(Object.groupBy(ops, (op) => op.reference?.field ?? 'Email'))) {
    if (fieldOps === undefined || !shape.fields.has(field)) continue;
    const columns: Columns = { types: [shape.name], fields: [field], consent: [], reference: null };
    const values = [...new Set(fieldOps.map((op) => op.reference?.value ?? op.email))];
    const rows = await rowsWith(api, shape, columns, field, values, signal);
    for (const row of rows) {
      // What was deleted, merged or converted holds no reference that counts.
      if (row.life.kind !== 'live') continue;
      const key = keyOf(field, String(row.values[field] ?? ''));
      byKey.set(key, [...(byKey.get(key) ?? []), row]);
    }
  }
  return (op) => byKey.get(soughtKey(op)) ?? [];
};

/** As the vendor compares text: without regard to case. */
const keyOf = (field: string, value: string): string => `${field} ${value.toLowerCase()}`;
const soughtKey = ({ reference, email }: CreateOp): string =>
  keyOf(reference?.field ?? 'Email', reference?.value ?? email);

const writeHits = async (
  api: Api,
  ops: readonly CreateOp[],
  found: Found,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const savings: Saving[] = [];
  for (const op of ops) {
    const [row, another] = found(op);
    if (row === undefined) continue;
    if (another !== undefined) outcomes.push(rejected(op.id, several(op)));
    else if (Object.keys(op.fields).length === 0) outcomes.push(done(op.id, 'unchanged', row.record, api.now()));
    else savings.push({ op: op.id, record: { ...row.record, values: toWire(op.type, op.fields) } });
  }
  return [...outcomes, ...(await saveEach(api, 'update', savings, signal))];
};

const several = (op: CreateOp): Refusal =>
  refusal(
    'refused',
    'SEVERAL_RECORDS',
    `several ${op.type} records have this ${op.reference === null ? 'address' : 'reference'} already; merge them in Salesforce`,
    op.reference?.field ?? 'Email',
  );

/** Consent fields last: what they say is what a new record gets, sent explicitly (C19). */
const toInsert = (op: CreateOp): Saving => ({
  op: op.id,
  record: {
    type: op.type,
    values: {
      ...toWire(op.type, op.fields),
      Email: op.email,
      ...(op.reference === null ? {} : { [op.reference.field]: op.reference.value }),
      ...toWire(op.type, op.set),
    },
  },
});

const isTaken = (outcome: Outcome): boolean =>
  outcome.result === 'rejected' &&
  (outcome.refusal.code === 'DUPLICATE_VALUE' || outcome.refusal.code === 'DUPLICATE_EXTERNAL_ID');
