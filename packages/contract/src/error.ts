/**
 * What went wrong, as the engine needs to know it.
 * `auth` the credentials were refused; `forbidden` a permission is missing; `config` the profile or connection is wrong;
 * `rate-limited` too much, later; `unavailable` not reachable or 5xx; `invalid` this record's values were refused;
 * `missing` the record is not there; `stale` a cursor or version is too old; `refused` the vendor's rules forbid it;
 * `protocol` an answer nobody understands.
 */
export type ErrorKind =
  | 'auth'
  | 'forbidden'
  | 'config'
  | 'rate-limited'
  | 'unavailable'
  | 'invalid'
  | 'missing'
  | 'stale'
  | 'refused'
  | 'protocol';

export interface ErrorDetails {
  /** The vendor's own code or title. */
  readonly code?: string;
  /** As asked by Retry-After, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True if the request may have taken effect although no usable answer came. */
  readonly mayHaveApplied?: boolean;
  readonly field?: string;
  /** The audience that the session was opened for is what is wrong, so the profile says where. */
  readonly container?: true;
  readonly forever?: boolean;
}

/** The one error a connector throws. Its message has no secret and no personal data, so it may be shown and stored. */
export class ConnectorError extends Error {
  readonly kind: ErrorKind;
  readonly details: ErrorDetails;

  constructor(kind: ErrorKind, message: string, details: ErrorDetails = {}) {
    super(message);
    this.name = 'ConnectorError';
    this.kind = kind;
    this.details = details;
  }
}
