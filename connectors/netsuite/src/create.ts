import { type Columns, ConnectorError, type Outcome, type Refusal, type Row } from '@heed/contract';
import { asError, done, failed, firstOfEach, inParallel, refusal, rejected, surelyNot } from '@heed/toolkit';
import { lookUp } from './lookup.ts';
import { REFERENCE, type RecordShape, readableShape, STATUS } from './record-shape.ts';
import { externalIdOf } from './reference.ts';
import { type CreateOp, type PatchOp, patchEach, type Writer } from './save.ts';
import { topicIdIn, topicsToWire } from './topics.ts';
import { toWire } from './values.ts';

/**
 * Finds or makes records of one type. Looked for first by our external id, or by the address where the op has none; on a hit only the
 * mapped fields are written. A `POST` and never a `PUT` on the external id: an upsert would carry the consent of a new record onto one that
 * exists, and, repeated after a lost answer, undo what the person did in between (C6, C9). The external id is unique at the vendor, so a
 * second `POST` of it is refused, and then the record is looked for again.
 */
export const createRecords = async (
  writer: Writer,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  const odd = ops.filter(({ reference }) => reference !== null && reference.field !== REFERENCE);
  const { first, others } = firstOfEach(
    ops.filter((op) => !odd.includes(op)),
    ({ email, reference }) => [reference === null ? `address ${email.toLowerCase()}` : `reference ${reference.value}`],
  );
  const outcomes = [
    ...odd.map((op) => rejected(op.id, noSuchReference(op))),
    ...(await createDistinct(writer, type, first, signal)),
  ];
  // The second op of a reference finds what the first one made.
  return [...outcomes, ...(await createRecords(writer, type, others, signal))];
};

const createDistinct = async (
  writer: Writer,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  let before: Found;
  let shape: RecordShape;
  try {
    shape = await readableShape(writer.reader.shapes, type, signal);
    before = await find(writer, type, ops, signal);
  } catch (error) {
    return ops.map(({ id }) => failed(id, surelyNot(error)));
  }
  const hits = ops.filter((op) => before(op).length > 0);
  const misses = ops.filter((op) => before(op).length === 0);
  const outcomes = await writeHits(writer, hits, before, signal);
  const made = await inParallel(misses, writer.atOnce, (op) => make(writer, shape, op, signal));
  // Somebody, perhaps an earlier request of ours whose answer was lost, was faster than the look-up could show.
  const refused = misses.filter(
    (op) => op.reference !== null && made.some((one) => one.op === op.id && isRefused(one)),
  );
  if (refused.length === 0) return [...outcomes, ...made];
  const kept = made.filter((outcome) => !refused.some((op) => op.id === outcome.op));
  return [...outcomes, ...kept, ...(await settleRefused(writer, type, refused, made, signal))];
};

const isRefused = (outcome: Outcome): boolean =>
  outcome.result === 'rejected' && (outcome.refusal.kind === 'invalid' || outcome.refusal.kind === 'refused');

const make = async (
  { reader: { api } }: Writer,
  shape: RecordShape,
  op: CreateOp,
  signal: AbortSignal,
): Promise<Outcome> => {
  const send = async (fields: CreateOp['fields']): Promise<Outcome> => {
    const id = await api.create(op.type, bodyOf(shape, { ...op, fields }), signal);
    return done(op.id, 'applied', { type: op.type, id }, api.now());
  };
  try {
    return await send(op.fields).catch((error: unknown) => {
      const otherName = isNameTaken(op, error) ? nameOf(op) : null;
      if (otherName === null) throw error;
      return send({ ...op.fields, [NAME]: otherName });
    });
  } catch (error) {
    return failed(op.id, asError(error));
  }
};

/** The name of a contact, which NetSuite makes of first and last name, and which no two contacts of a company may share. */
const NAME = 'entityId';

const isNameTaken = ({ type, fields }: CreateOp, error: unknown): boolean =>
  type === 'contact' && !(NAME in fields) && error instanceof ConnectorError && error.details.field === NAME;

const nameOf = ({ fields, email, reference }: CreateOp): string =>
  [fields.firstName, fields.lastName, `(${reference?.value ?? email})`].filter(Boolean).join(' ');

/**
 * Consent last, and always said: without a status NetSuite gives the one that the account's preference says
 * (section_N995376), which may opt somebody in or out without a sound (C19).
 */
const bodyOf = (
  shape: RecordShape,
  { email, fields, reference, set }: CreateOp,
): Readonly<Record<string, unknown>> => ({
  ...toWire(shape, fields),
  email,
  ...(reference === null ? {} : { externalId: externalIdOf(reference.value) }),
  ...toWire(shape, { ...(shape.fields.has(STATUS) ? { [STATUS]: '1' } : {}), ...withoutTopics(set) }),
  ...topicsToWire(set),
});

const withoutTopics = (set: CreateOp['set']): CreateOp['set'] =>
  Object.fromEntries(Object.entries(set).filter(([field]) => topicIdIn(field) === null));

/** Records of those ops by now; an op that still has none keeps the vendor's refusal. */
const settleRefused = async (
  writer: Writer,
  type: string,
  ops: readonly CreateOp[],
  made: readonly Outcome[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const kept = (op: CreateOp): readonly Outcome[] => made.filter((outcome) => outcome.op === op.id);
  try {
    const found = await find(writer, type, ops, signal);
    const hits = ops.filter((op) => found(op).length > 0);
    const others = ops.filter((op) => found(op).length === 0);
    return [...(await writeHits(writer, hits, found, signal)), ...others.flatMap(kept)];
  } catch (error) {
    surelyNot(error);
    return ops.flatMap(kept);
  }
};

type Found = (op: CreateOp) => readonly Row[];

const find = async (
  { reader }: Writer,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<Found> => {
  const columns: Columns = { types: [type], fields: [], consent: [], reference: REFERENCE };
  const asked = { ...columns, evidenceSince: null, changedSince: null };
  const references = ops.flatMap(({ reference }) => reference?.value ?? []);
  const emails = ops.flatMap(({ reference, email }) => (reference === null ? [email] : []));
  const byReference = references.length === 0 ? [] : await lookUp(reader, { ...asked, by: { references } }, signal);
  const byEmail = emails.length === 0 ? [] : await lookUp(reader, { ...asked, by: { emails } }, signal);
  return ({ reference, email }) =>
    reference === null
      ? byEmail.filter((row) => row.email?.toLowerCase() === email.toLowerCase())
      : byReference.filter((row) => row.reference === reference.value);
};

const writeHits = async (
  writer: Writer,
  ops: readonly CreateOp[],
  found: Found,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const patches: PatchOp[] = [];
  for (const op of ops) {
    const [row, another] = found(op);
    if (row === undefined) continue;
    const { id, email, fields } = op;
    if (another !== undefined) outcomes.push(rejected(id, several(op)));
    else if (Object.keys(fields).length === 0)
      outcomes.push(done(id, 'unchanged', row.record, writer.reader.api.now()));
    else patches.push({ kind: 'patch', id, record: row.record, email, fields, ifVersion: null });
  }
  return [...outcomes, ...(await patchEach(writer, patches, signal))];
};

const several = (op: CreateOp): Refusal =>
  refusal(
    'refused',
    'SEVERAL_RECORDS',
    `several ${op.type} records have this ${op.reference === null ? 'address' : 'reference'} already; merge them in NetSuite`,
    op.reference === null ? 'email' : REFERENCE,
  );

const noSuchReference = ({ reference }: CreateOp): Refusal =>
  refusal(
    'config',
    'NO_REFERENCE',
    `reference must be ${REFERENCE}, the only field that NetSuite keeps unique`,
    reference?.field,
  );
