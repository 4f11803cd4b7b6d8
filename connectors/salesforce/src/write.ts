import type { Op, Outcome, RecordRef, Refusal, Values } from '@heed/contract';
import { done, momentIn, namesRefusal, refusal, sortOps } from '@heed/toolkit';
import { alreadyOptedOut } from './already-opted-out.ts';
import type { Api, ToSave, WireValues } from './api.ts';
import { createRecords } from './create.ts';
import { RECORD_TYPES, type Shapes } from './object-shape.ts';
import { saveEach, updateIfUnmodified } from './save.ts';
import { isId } from './soql.ts';
import { toWire } from './values.ts';

type UpdateOp = Extract<Op, { kind: 'opt-out' | 'clear' | 'patch' | 'rename' }>;
export type CreateOp = Extract<Op, { kind: 'create' }>;
export type PatchOp = Extract<Op, { kind: 'patch' }>;

/** Fields that no update of fields may touch: the address, consent, and what the vendor keeps itself (C9). */
const NOT_BY_FIELDS = new Set(['id', 'email', 'hasoptedoutofemail', 'isdeleted', 'masterrecordid', 'systemmodstamp']);
const isBarred = (name: string): boolean => NOT_BY_FIELDS.has(name.toLowerCase());
const isName = (name: string): boolean => /^[A-Za-z]\w{0,79}$/.test(name);

/**
 * One outcome per op, whatever happens: a failed call is told of each op in it. Opt-outs go first and in calls of their own,
 * so that nothing else of a person can hold one up (C21).
 */
export const writeOps = async (
  api: Api,
  shapes: Shapes,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const { good, refused } = sortOps(ops, refusalOf);
  const outcomes: Outcome[] = [...refused];
  for (const type of RECORD_TYPES) outcomes.push(...(await optOut(api, shapes, type, good, signal)));
  for (const kind of ['clear', 'rename', 'patch'] as const)
    for (const type of RECORD_TYPES) outcomes.push(...(await update(api, good.filter(isUpdate(kind, type)), signal)));
  for (const type of RECORD_TYPES)
    outcomes.push(...(await createRecords(api, shapes, type, good.filter(isCreate(type)), signal)));
  return outcomes;
};

const isUpdate =
  <K extends UpdateOp['kind']>(kind: K, type: string) =>
  (op: Op): op is Extract<UpdateOp, { kind: K }> =>
    op.kind === kind && op.record?.type === type;

const isCreate =
  (type: string) =>
  (op: Op): op is CreateOp =>
    op.kind === 'create' && op.type === type;

/** What is wrong with an op before anything is sent; null if nothing. */
export const refusalOf = (op: Op): Refusal | null => {
  if (op.kind === 'leave') return refusal('refused', 'NOT_FOR_A_CRM', 'nobody leaves a CRM by a sync');
  if (op.kind === 'create')
    return (
      typeRefusal(op.type) ??
      namesRefusal(Object.keys(op.fields), isName, isBarred) ??
      namesRefusal(Object.keys(op.set), isName)
    );
  if (op.record === null)
    return refusal(
      'refused',
      'NO_RECORD',
      'Salesforce keeps opt-outs on records; an address without one cannot be opted out',
    );
  if (!isId(op.record.id)) return refusal('missing', 'MALFORMED_ID', 'this is no id of a Salesforce record');
  if (op.kind === 'rename') return typeRefusal(op.record.type);
  return (
    typeRefusal(op.record.type) ??
    (op.kind === 'patch' ? namesRefusal(Object.keys(op.fields), isName, isBarred) : setRefusal(op.set))
  );
};

const setRefusal = (set: Values): Refusal | null =>
  Object.keys(set).length === 0
    ? refusal('config', 'NO_FIELD', 'no consent field was named to write')
    : namesRefusal(Object.keys(set), isName);

const typeRefusal = (type: string): Refusal | null =>
  RECORD_TYPES.some((one) => one === type)
    ? null
    : refusal('config', 'NO_SUCH_TYPE', `${type} records are not written`);

const optOut = async (
  api: Api,
  shapes: Shapes,
  type: string,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const optOuts = ops.filter(isUpdate('opt-out', type));
  const shown = await alreadyOptedOut(api, shapes, type, optOuts, signal);
  const unchanged = [...shown].map(({ id, record }) => done(id, 'unchanged', record, api.now()));
  return [
    ...unchanged,
    ...(await update(
      api,
      optOuts.filter((op) => !shown.has(op)),
      signal,
    )),
  ];
};

/** Changes existing records of one type; a `clear` that names a version only if the record was not modified since. */
const update = async (api: Api, ops: readonly UpdateOp[], signal: AbortSignal): Promise<readonly Outcome[]> => {
  const conditional = ops.filter((op) => op.kind === 'clear' && op.ifVersion !== null);
  const plain = ops.filter((op) => !conditional.includes(op));
  const outcomes: Outcome[] = [...(await saveEach(api, 'update', plain.map(toUpdate), signal))];
  for (const op of conditional) {
    const version = op.kind === 'clear' ? momentIn(op.ifVersion) : null;
    outcomes.push(await updateIfUnmodified(api, toUpdate(op), version, signal));
  }
  return outcomes;
};

const toUpdate = (op: UpdateOp): { op: string; record: ToSave & { id: string } } => {
  const record: RecordRef = op.record ?? { type: '', id: '' }; // refused before if null
  return { op: op.id, record: { ...record, values: valuesOf(op, record.type) } };
};

const valuesOf = (op: UpdateOp, type: string): WireValues => {
  switch (op.kind) {
    case 'opt-out':
    case 'clear':
      return toWire(type, op.set);
    case 'patch':
      return toWire(type, op.fields);
    case 'rename':
      return { Email: op.to };
  }
};
