import {
  type Basis,
  type Columns,
  ConnectorError,
  type Op,
  type OpId,
  type Outcome,
  type RecordRef,
  type Row,
} from '@heed/contract';
import { refusalOf } from '../errors.ts';
import type { Looking } from '../lookup.ts';

/** What the writes of one `write` call share. */
export interface Writing extends Looking {
  readonly basis: Basis | null;
  /** Subscription types that new members are subscribed to, because the portal's data privacy settings want it. */
  readonly privacyTypes: readonly string[] | null;
  now(): number;
}

export type OpOf<K extends Op['kind']> = Extract<Op, { kind: K }>;

export const done = (
  writing: Pick<Writing, 'now'>,
  op: OpId,
  result: 'applied' | 'unchanged',
  record: RecordRef | null,
  row: Row | null = null,
): Outcome => ({ op, result, record, row, at: writing.now() });

export const rejected = (op: OpId, error: ConnectorError): Outcome => ({
  op,
  result: 'rejected',
  refusal: refusalOf(error),
});

export const failed = (op: OpId, error: unknown): Outcome => {
  const known =
    error instanceof ConnectorError
      ? error
      : new ConnectorError('protocol', 'HubSpot: unexpected failure of the connector', { mayHaveApplied: true });
  return known.details.mayHaveApplied === true
    ? { op, result: 'unknown', refusal: refusalOf(known) }
    : rejected(op, known);
};

export const isFailure = (outcome: Outcome): boolean => outcome.result === 'rejected' || outcome.result === 'unknown';

/** Sent, and the answer does not say what became of it. */
export const unmentioned = (): ConnectorError =>
  new ConnectorError('protocol', 'HubSpot: the answer does not say what became of this contact', {
    code: 'unmentioned',
    mayHaveApplied: true,
  });

const refusal = (kind: 'refused' | 'config' | 'missing' | 'stale', code: string, message: string, field?: string) =>
  new ConnectorError(kind, `HubSpot: ${message}`, {
    code,
    mayHaveApplied: false,
    ...(field === undefined ? {} : { field }),
  });

export { refusal as refused };

export const gone = (): ConnectorError =>
  refusal('missing', 'OBJECT_NOT_FOUND', 'the contact was deleted, or merged into another');

/** Columns of the looks before writes. */
export const columnsFor = (fields: readonly string[]): Columns => ({ types: [], fields, consent: [], reference: null });

/** Once the credentials or a permission were refused, nothing more is sent: every further op gets the same answer. */
export interface Gate {
  one(op: Op, work: () => Promise<Outcome>): Promise<Outcome>;
  /** Ops that one request concerns: if it fails as a whole, so has each of them. */
  all(ops: readonly Op[], work: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[]>;
}

export const createGate = (): Gate => {
  let closed: ConnectorError | null = null;
  const all = async (ops: readonly Op[], work: () => Promise<readonly Outcome[]>): Promise<readonly Outcome[]> => {
    const refusal = closed;
    if (refusal !== null) return ops.map(({ id }) => rejected(id, refusal));
    try {
      return await work();
    } catch (error) {
      if (error instanceof ConnectorError && error.kind === 'auth') closed = error;
      return ops.map(({ id }) => failed(id, error));
    }
  };
  return {
    all,
    async one(op, work) {
      const [outcome] = await all([op], async () => [await work()]);
      return outcome ?? failed(op.id, unmentioned());
    },
  };
};
