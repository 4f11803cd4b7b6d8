import { ConnectorError, type ErrorKind, type Op, type Outcome } from '@heed/contract';
import { failed, rejected } from './outcomes.ts';

/** Turns failures of requests into outcomes; once it is closed nothing more is sent, and every further op gets the same answer. */
export interface Gate {
  one<T extends Outcome | null>(op: Op, work: () => Promise<T>): Promise<T | Outcome>;
  /** Ops that one request concerns: if it fails as a whole, so has each of them. */
  all(ops: readonly Op[], work: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[]>;
}

/** For one call of `write`. `closing`: the kinds of failure after which no other op can fare better, such as `auth`. */
export const createGate = (closing: readonly ErrorKind[]): Gate => {
  let closed: ConnectorError | null = null;
  const tried = async <T>(work: () => Promise<T>, otherwise: (outcomeOf: (op: Op) => Outcome) => T): Promise<T> => {
    const refused = closed;
    if (refused !== null) return otherwise(({ id }) => rejected(id, refused));
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConnectorError && closing.includes(error.kind)) closed = error;
      return otherwise(({ id }) => failed(id, error));
    }
  };
  return {
    one: <T extends Outcome | null>(op: Op, work: () => Promise<T>) =>
      tried<T | Outcome>(work, (outcomeOf) => outcomeOf(op)),
    all: (ops, work) => tried(work, (outcomeOf) => ops.map(outcomeOf)),
  };
};
