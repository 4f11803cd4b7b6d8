import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { failed, rejected } from './outcomes.ts';

/** Once the credentials or a permission were refused, nothing more is sent: every further op gets the same answer. */
export interface Gate {
  one<T extends Outcome | null>(op: Op, work: () => Promise<T>): Promise<T | Outcome>;
  /** Ops that one request concerns: if it fails as a whole, so has each of them. */
  all(ops: readonly Op[], work: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[]>;
}

export const createGate = (): Gate => {
  let closed: ConnectorError | null = null;
  const note = (error: unknown): void => {
    if (error instanceof ConnectorError && CLOSING.has(error.kind)) closed = error;
  };
  return {
    async one(op, work) {
      if (closed !== null) return rejected(op.id, closed);
      try {
        return await work();
      } catch (error) {
        note(error);
        return failed(op.id, error);
      }
    },
    async all(ops, work) {
      if (closed !== null) {
        const refused = closed;
        return ops.map(({ id }) => rejected(id, refused));
      }
      try {
        return await work();
      } catch (error) {
        note(error);
        return ops.map(({ id }) => failed(id, error));
      }
    },
  };
};

const CLOSING: ReadonlySet<string> = new Set(['auth', 'forbidden']);
