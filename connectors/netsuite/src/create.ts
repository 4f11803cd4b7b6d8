import { type Columns, ConnectorError, type Outcome, type Refusal, type Row } from '@heed/contract';
import { asError, done, failed, findOrMake, inParallel, type RecordMaker, refusal, rejected } from '@heed/toolkit';
import { lookUp } from './lookup.ts';
import { REFERENCE, type RecordShape, readableShape, STATUS } from './record-shape.ts';
import { externalIdOf } from './reference.ts';
import { type CreateOp, patchEach, type Writer } from './save.ts';
import { topicIdIn, topicsToWire } from './topics.ts';
import { toWire } from './values.ts';

/**
 * Finds or makes records of one type. Looked for by our external id, or by the address where the op has none. A `POST` and never a `PUT`
 * on the external id, which, repeated after a lost answer, would undo what the person did in between (C6, C9). The external id is unique at
 * the vendor, so a second `POST` of it is refused; by which code, no source says.
 */
export const createRecords = async (
  writer: Writer,
  type: string,
  ops: readonly CreateOp[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const { atOnce, reader } = writer;
  const isOdd = ({ reference }: CreateOp): boolean => reference !== null && reference.field !== REFERENCE;
  const maker: RecordMaker = {
    title: 'NetSuite',
    emailField: 'email',
    now: reader.api.now,
    keyOf: ({ email, reference }) =>
      reference === null ? `address ${email.toLowerCase()}` : `reference ${reference.value}`,
    async find(some) {
      await readableShape(reader.shapes, type, signal);
      return find(writer, type, some, signal);
    },
    async make(some) {
      const shape = await readableShape(reader.shapes, type, signal);
      return inParallel(some, atOnce, (op) => make(writer, shape, op, signal));
    },
    isTaken: ({ reference }, outcome) =>
      reference !== null && outcome.result === 'rejected' && ['invalid', 'refused'].includes(outcome.refusal.kind),
    patch: (some) => patchEach(writer, some, signal),
  };
  const odd = ops.filter(isOdd).map((op) => rejected(op.id, noSuchReference(op)));
  return [
    ...odd,
    ...(await findOrMake(
      maker,
      ops.filter((op) => !isOdd(op)),
    )),
  ];
};

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

const noSuchReference = ({ reference }: CreateOp): Refusal =>
  refusal(
    'config',
    'NO_REFERENCE',
    `reference must be ${REFERENCE}, the only field that NetSuite keeps unique`,
    reference?.field,
  );
