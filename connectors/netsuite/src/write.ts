import type { Op, Outcome, Refusal, Values } from '@heed/contract';
import { inParallel, namesRefusal, refusal, sortOps } from '@heed/toolkit';
import { createRecords } from './create.ts';
import { optOut } from './opt-out.ts';
import { isRecordType, RECORD_TYPES, REFERENCE, STATUS, UNSUBSCRIBE } from './record-shape.ts';
import { type CreateOp, type OptOutOp, type PatchOp, patchEach, type RenameOp, update, type Writer } from './save.ts';
import { isFieldName, isId } from './suiteql.ts';
import { topicIdIn } from './topics.ts';

/** Fields that no update of fields may touch: the address, consent, and what the vendor keeps itself (C9). */
const NOT_BY_FIELDS = new Set(
  ['id', 'email', STATUS, UNSUBSCRIBE, REFERENCE, 'subscriptions', 'lastModifiedDate', 'dateCreated', 'links'].map(
    (name) => name.toLowerCase(),
  ),
);

/** One outcome per op, whatever happens. Opt-outs go first, and nothing else of a person can hold one up (C21). */
export const writeOps = async (
  writer: Writer,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const { good, refused } = sortOps(ops, refusalOf);
  const outcomes: Outcome[] = [...refused];
  for (const type of RECORD_TYPES) {
    const optOuts = good.filter((op): op is OptOutOp => op.kind === 'opt-out' && op.record?.type === type);
    outcomes.push(...(await optOut(writer, type, optOuts, signal)));
  }
  const renames = good.filter((op): op is RenameOp => op.kind === 'rename');
  outcomes.push(...(await inParallel(renames, writer.atOnce, (op) => update(writer, op, { email: op.to }, signal))));
  const patches = good.filter((op): op is PatchOp => op.kind === 'patch');
  outcomes.push(...(await patchEach(writer, patches, signal)));
  for (const type of RECORD_TYPES) {
    const creates = good.filter((op): op is CreateOp => op.kind === 'create' && op.type === type);
    outcomes.push(...(await createRecords(writer, type, creates, signal)));
  }
  return outcomes;
};

/** What is wrong with an op before anything is sent; null if nothing. */
export const refusalOf = (op: Op): Refusal | null => {
  if (op.kind === 'leave') return refusal('refused', 'NOT_FOR_A_CRM', 'nobody leaves a CRM by a sync');
  if (op.kind === 'clear')
    return refusal(
      'refused',
      'NEVER_OPTED_IN',
      'Heed never sets a NetSuite record back to opted in; the person does, in NetSuite',
    );
  if (op.kind === 'create')
    return typeRefusal(op.type) ?? fieldsRefusal(op.fields) ?? setRefusal(op.type, op.set, CREATED_AS);
  if (op.record === null)
    return refusal(
      'refused',
      'NO_RECORD',
      'NetSuite keeps opt-outs on records; an address without one cannot be opted out',
    );
  const misfit = typeRefusal(op.record.type);
  if (misfit !== null) return misfit;
  if (!isId(op.record.id)) return refusal('missing', 'MALFORMED_ID', 'this is no id of a NetSuite record');
  if (op.kind === 'patch') return fieldsRefusal(op.fields);
  if (op.kind === 'rename') return null;
  if (Object.keys(op.set).length === 0) return refusal('config', 'NO_FIELD', 'no consent field was named to write');
  return setRefusal(op.record.type, op.set, OPTED_OUT_AS);
};

/** 3 and 4 are the recipient's own (section_N994827); an opt-out is only ever 2. */
const OPTED_OUT_AS: readonly unknown[] = ['2'];
const CREATED_AS: readonly unknown[] = ['1', '2'];

const setRefusal = (type: string, set: Values, allowed: readonly unknown[]): Refusal | null => {
  const names = namesRefusal(Object.keys(set), isFieldName);
  if (names !== null) return names;
  if (STATUS in set && !allowed.includes(set[STATUS]))
    return refusal(
      'refused',
      'NOT_BY_US',
      `${STATUS} is only ever written as 2 (Soft Opt-Out), on a new record also as 1`,
    );
  const barred = Object.keys(set).find((name) => name === UNSUBSCRIBE || name === 'email' || name === REFERENCE);
  if (barred !== undefined)
    return refusal('refused', 'NOT_BY_US', `${barred} is never written as a consent field`, barred);
  const topic = Object.keys(set).find((name) => topicIdIn(name) !== null);
  if (topic === undefined) return null;
  if (type !== 'customer')
    return refusal('refused', 'NO_TOPICS', `only customers have subscription categories, not ${type}`, topic);
  return Object.entries(set).some(([name, value]) => topicIdIn(name) !== null && value !== false)
    ? refusal('refused', 'NOT_BY_US', 'a subscription category is only ever unsubscribed', topic)
    : null;
};

const typeRefusal = (type: string): Refusal | null =>
  isRecordType(type) ? null : refusal('config', 'NO_SUCH_TYPE', `${type} records are not written`);

const fieldsRefusal = (fields: Values): Refusal | null =>
  namesRefusal(
    Object.keys(fields),
    isFieldName,
    (name) => NOT_BY_FIELDS.has(name.toLowerCase()) || topicIdIn(name) !== null,
  );
