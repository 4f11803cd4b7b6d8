import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { asError, done, failed, inTurns, surelyNot } from '@heed/toolkit';
import type { Reader } from './reader.ts';
import { readableShape } from './record-shape.ts';
import { toWire } from './values.ts';

export type OptOutOp = Extract<Op, { kind: 'opt-out' }>;
export type CreateOp = Extract<Op, { kind: 'create' }>;
export type PatchOp = Extract<Op, { kind: 'patch' }>;
export type RenameOp = Extract<Op, { kind: 'rename' }>;

/** What the writes of a session need. */
export interface Writer {
  readonly reader: Reader;
  /** How many requests of one call of `write` go at the same time; the account's limit holds besides. */
  readonly atOnce: number;
}

/** Fields of several records; two changes of one record go one after the other, in order. */
export const patchEach = (writer: Writer, ops: readonly PatchOp[], signal: AbortSignal): Promise<readonly Outcome[]> =>
  inTurns(
    ops,
    ({ record }) => `${record.type} ${record.id}`,
    writer.atOnce,
    async (op) => {
      const shape = await readableShape(writer.reader.shapes, op.record.type, signal).catch(asError);
      return shape instanceof ConnectorError
        ? failed(op.id, surelyNot(shape))
        : update(writer, op, toWire(shape, op.fields), signal);
    },
  );

/** One `PATCH` of one record. */
export const update = async (
  { reader: { api } }: Writer,
  { id, record }: OptOutOp | PatchOp | RenameOp,
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<Outcome> => {
  try {
    if (record === null) throw new RangeError('refused before');
    await api.update(record.type, record.id, body, signal);
    return done(id, 'applied', record, api.now());
  } catch (error) {
    return failed(id, asError(error));
  }
};
