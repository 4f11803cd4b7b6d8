import type { FieldValue, Outcome, Refusal, Values } from '@heed/contract';
import { done, failed, inDoubt, inParallel, refusal, rejected, surelyNot } from '@heed/toolkit';
import { readableShape, STATUS } from './record-shape.ts';
import { isOptedOutStatus } from './rows.ts';
import { type OptOutOp, update, type Writer } from './save.ts';
import { topicIdIn, topicsToWire } from './topics.ts';
import { toWire } from './values.ts';

/** By record id: the values of the consent fields, as the records show them. */
type Sight = ReadonlyMap<string, Values>;

/**
 * Opts records of one type out: looks first, writes what is missing, and reads it back. What somebody else did is `unchanged` (C8), a
 * confirmed status is never written over, and what NetSuite answers with success and does not keep is no success: it lets nobody but the
 * recipient change a confirmed status (section_N994827), and how it says so is not documented.
 */
export const optOut = async (
  writer: Writer,
  type: string,
  ops: readonly OptOutOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  let before: Sight;
  try {
    before = await look(writer, type, ops, signal);
  } catch (error) {
    // Without a look a confirmed opt-out could be written over.
    return ops.map(({ id }) => failed(id, surelyNot(error)));
  }
  const written = await inParallel(ops, writer.atOnce, (op) =>
    writeOne(writer, type, op, before.get(idOf(op)), signal),
  );
  return readBack(writer, type, ops, before, written, signal);
};

const idOf = ({ record }: OptOutOp): string => record?.id ?? '';

const look = async (writer: Writer, type: string, ops: readonly OptOutOp[], signal: AbortSignal): Promise<Sight> => {
  const fields = [...new Set(ops.flatMap(({ set }) => Object.keys(set)))];
  const columns = { types: [type], fields, consent: [], reference: null };
  const rows = await writer.reader.byId(type, columns, [...new Set(ops.map(idOf))], signal);
  return new Map(rows.map(({ record, values }) => [record.id, values]));
};

/** The box "Unsubscribe from Campaigns" alone is not relied on: the status is written besides. */
const isShown = (field: string, found: FieldValue | undefined, wanted: FieldValue): boolean =>
  field === STATUS ? isOptedOutStatus(found) : found === wanted;

const missingIn = (set: Values, found: Values): Values =>
  Object.fromEntries(Object.entries(set).filter(([field, wanted]) => !isShown(field, found[field], wanted)));

const writeOne = async (
  writer: Writer,
  type: string,
  op: OptOutOp,
  found: Values | undefined,
  signal: AbortSignal,
): Promise<Outcome> => {
  if (found === undefined) return rejected(op.id, noRecord(`${type}: the record does not exist`));
  const missing = missingIn(op.set, found);
  if (Object.keys(missing).length === 0) return done(op.id, 'unchanged', op.record, writer.reader.api.now());
  const outcome = await send(writer, type, op, missing, signal);
  const { [STATUS]: status, ...others } = missing;
  if (outcome.result !== 'rejected' || status === undefined) return outcome;
  // A status that the recipient confirmed must not keep the profile's own field from being set.
  if (Object.keys(others).length > 0) await send(writer, type, op, others, signal);
  return isConfirmed(found[STATUS]) ? { ...outcome, refusal: byRecipient(outcome.refusal.code) } : outcome;
};

const send = async (
  writer: Writer,
  type: string,
  op: OptOutOp,
  values: Values,
  signal: AbortSignal,
): Promise<Outcome> => {
  const shape = await readableShape(writer.reader.shapes, type, signal);
  const own = Object.fromEntries(Object.entries(values).filter(([field]) => topicIdIn(field) === null));
  return update(writer, op, { ...toWire(shape, own), ...topicsToWire(values) }, signal);
};

const isConfirmed = (status: FieldValue | undefined): boolean => status === '3' || status === '4';

/** Only those that were answered with success; one look for all. Where it fails nobody knows. */
const readBack = async (
  writer: Writer,
  type: string,
  ops: readonly OptOutOp[],
  before: Sight,
  written: readonly Outcome[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const applied = new Set(written.filter(({ result }) => result === 'applied').map(({ op }) => op));
  if (applied.size === 0) return written;
  const toRead = ops.filter(({ id }) => applied.has(id));
  let after: Sight;
  try {
    after = await look(writer, type, toRead, signal);
  } catch (error) {
    const doubt = inDoubt(error);
    return written.map((outcome) => (applied.has(outcome.op) ? failed(outcome.op, doubt) : outcome));
  }
  const byOp = new Map(toRead.map((op) => [op.id, op]));
  return written.map((outcome) => {
    const op = byOp.get(outcome.op);
    return op === undefined || outcome.result !== 'applied' ? outcome : judged(op, outcome, before, after);
  });
};

const judged = (
  op: OptOutOp,
  outcome: Extract<Outcome, { result: 'applied' | 'unchanged' }>,
  before: Sight,
  after: Sight,
): Outcome => {
  const found = after.get(idOf(op));
  if (found === undefined) return rejected(op.id, noRecord('the record does not exist any more'));
  const lacking = Object.keys(missingIn(op.set, found));
  if (lacking.length === 0) {
    // The recipient was faster with the status: not our doing.
    const byOther = STATUS in op.set && found[STATUS] === '4' && !isOptedOutStatus(before.get(idOf(op))?.[STATUS]);
    return byOther ? { ...outcome, result: 'unchanged' } : outcome;
  }
  const wasConfirmed = isConfirmed(before.get(idOf(op))?.[STATUS]) || isConfirmed(found[STATUS]);
  const why = lacking.includes(STATUS) && wasConfirmed ? byRecipient('NOT_KEPT') : notKept(lacking[0] ?? STATUS);
  return rejected(op.id, why);
};

const noRecord = (what: string): Refusal => refusal('missing', 'NONEXISTENT_ID', `${what}, or the role may not see it`);

const byRecipient = (code: string): Refusal =>
  refusal(
    'refused',
    code,
    `${STATUS} was set by the recipient (Confirmed Opt-In), and NetSuite lets only the recipient change it; ask them, or use a field of your own (optOut.customField)`,
    STATUS,
  );

const notKept = (field: string): Refusal =>
  refusal(
    'refused',
    'NOT_KEPT',
    `NetSuite answered with success and did not keep ${field}; a script or workflow of the account may set it back`,
    field,
  );
