import type { Columns, Outcome, Row } from '@heed/contract';
import { findOrMake, type RecordMaker } from '@heed/toolkit';
import type { Api } from './api.ts';
import { rowsWith } from './lookup.ts';
import { type ObjectShape, readableShape, type Shapes } from './object-shape.ts';
import { type Saving, saveEach } from './save.ts';
import { toWire } from './values.ts';
import type { CreateOp, PatchOp } from './write.ts';

/**
 * Finds or makes records of one type. Our reference field is unique, so the vendor itself refuses a second insert. Looked for by the
 * reference, or by the address where the op has none.
 */
export const createRecords = (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const maker: RecordMaker = {
    title: 'Salesforce',
    emailField: 'Email',
    now: api.now,
    keyOf: soughtKey,
    find: async (some) => find(api, await readableShape(shapes, type, signal), some, signal),
    make: (some) => saveEach(api, 'insert', some.map(toInsert), signal),
    isTaken: (_, outcome) => isTaken(outcome),
    patch: (some) => saveEach(api, 'update', some.map(toPatch), signal),
  };
  return findOrMake(maker, ops);
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

const toPatch = ({ id, record, fields }: PatchOp): Saving => ({
  op: id,
  record: { ...record, values: toWire(record.type, fields) },
});

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
