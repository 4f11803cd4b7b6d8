import type { Refusal, Row } from '@heed/contract';
import { ConnectorError, type ErrorKind, type Millis, type OpId, type Outcome, type RecordRef } from '@heed/contract';

/** A refusal of our own, before or without a request. `field`: the vendor's field at fault. */
export const refusal = (kind: ErrorKind, code: string, message: string, field: string | null = null): Refusal => ({
  kind,
  code,
  message,
  field,
  forever: false,
});

/** What an outcome says about an error. */
export const refusalOf = ({ kind, message, details }: ConnectorError): Refusal => ({
  kind,
  code: details.code ?? kind,
  message,
  field: details.field ?? null,
  forever: details.forever ?? false,
});

/** `applied` by this very request, or `unchanged`: it was so. `at`: vendor's clock; `row`: the record as the answer shows it. */
export const done = (
  op: OpId,
  result: 'applied' | 'unchanged',
  record: RecordRef | null,
  at: Millis,
  row: Row | null = null,
): Outcome => ({ op, result, record, row, at });

/** Surely not applied. */
export const rejected = (op: OpId, why: ConnectorError | Refusal): Outcome => ({
  op,
  result: 'rejected',
  refusal: why instanceof ConnectorError ? refusalOf(why) : why,
});

/** What a failed call means for an op in it: `unknown` where it may have been applied, and after a mistake of our own. */
export const failed = (op: OpId, error: unknown): Outcome => {
  const known = error instanceof ConnectorError ? error : inDoubt(unexpected());
  return known.details.mayHaveApplied === true
    ? { op, result: 'unknown', refusal: refusalOf(known) }
    : rejected(op, known);
};

const unexpected = (): ConnectorError => new ConnectorError('protocol', 'unexpected failure of the connector');

export const isFailure = ({ result }: Outcome): boolean => result === 'rejected' || result === 'unknown';

/** The same error, for what failed before anything was written. Throws what is no ConnectorError. */
export const surelyNot = (error: unknown): ConnectorError => withApplied(error, false);

/** The same error, for what failed behind a write whose effect is not known by it. Throws what is no ConnectorError. */
export const inDoubt = (error: unknown): ConnectorError => withApplied(error, true);

const withApplied = (error: unknown, mayHaveApplied: boolean): ConnectorError => {
  const { kind, message, details } = asError(error);
  return new ConnectorError(kind, message, { ...details, mayHaveApplied });
};

/** Throws what is no ConnectorError: a mistake of our own, which must not look like a vendor's. */
export const asError = (error: unknown): ConnectorError => {
  if (error instanceof ConnectorError) return error;
  throw error;
};
