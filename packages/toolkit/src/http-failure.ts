import { ConnectorError, type ErrorDetails, type ErrorKind } from '@heed/contract';
import { safeMessage } from './redact.ts';

/** The connection was never made, so nothing can have been applied. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
]);

/** What an HTTP status means when the body does not say it better. */
export const kindOfStatus = (status: number): ErrorKind => {
  if (status === 401) return 'auth';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'missing';
  if (status === 409 || status === 412) return 'stale';
  if (status === 429) return 'rate-limited';
  if (status === 408 || status >= 500) return 'unavailable';
  if (status >= 400) return 'invalid';
  return 'protocol';
};

/**
 * The ConnectorError for an error of the network (`fetch failed`, a socket's error): `unavailable`, and `mayHaveApplied`
 * unless the connection was surely never made.
 */
export const unreachable = (name: string, error: unknown): ConnectorError => {
  const codes = codesOf(error);
  const code = codes[0];
  return new ConnectorError('unavailable', `${name}: ${safeMessage(error)}`, {
    ...(code === undefined ? {} : { code }),
    mayHaveApplied: !(codes.length > 0 && codes.every((one) => NEVER_SENT.has(one))),
  });
};

/** The codes of the innermost errors: `fetch failed` wraps an error, several tried addresses an AggregateError. */
const codesOf = (error: unknown): readonly string[] => {
  if (typeof error !== 'object' || error === null) return [];
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(codesOf);
  if ('cause' in error && error.cause !== undefined) {
    const inner = codesOf(error.cause);
    if (inner.length > 0) return inner;
  }
  return 'code' in error && typeof error.code === 'string' ? [error.code] : [];
};

/** What a code or status of a vendor means. */
export interface Meaning {
  readonly kind: ErrorKind;
  /** What is wrong and what to do. The vendor's own text repeats values and names people, so it is not shown. */
  readonly says: string;
}

/** The error for what a vendor refused. Code and field are shown and stored: the caller has made sure that they are words. */
export const errorFor = (
  who: string,
  { kind, says }: Meaning,
  code: string,
  field: string | null | undefined,
  details: ErrorDetails,
): ConnectorError =>
  new ConnectorError(kind, `${who}: ${says} (${code})${field == null ? '' : `: ${field}`}`, {
    code,
    ...(field == null ? {} : { field }),
    ...details,
  });

/** What an answer of 400 and above says of its request: a 5xx may be a gateway's, behind which a write was carried out. */
export const effectOf = (status: number, retryAfterMs: number | undefined): ErrorDetails => ({
  mayHaveApplied: status >= 500 || status === 408,
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
});
