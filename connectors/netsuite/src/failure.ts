import type { ConnectorError, ErrorKind, Millis } from '@heed/contract';
import {
  effectOf,
  entryOf,
  errorFor,
  isRecord,
  kindOfStatus,
  type Meaning,
  readJson,
  recordOf,
  retryAfterMs,
  type TextAnswer,
} from '@heed/toolkit';

/** `o:errorCode` as the Help Center lists them (section_156570709583); those marked there as seen by others only are guesses on the safe side. */
const CODES: Readonly<Record<string, Meaning>> = {
  CONCURRENCY_LIMIT_EXCEEDED: {
    kind: 'rate-limited',
    says: 'the account has no free request; all its integrations share a few (lower concurrency, or run at other times)',
  },
  SSS_REQUEST_LIMIT_EXCEEDED: { kind: 'rate-limited', says: 'the account has no free request for RESTlets' },
  INVALID_LOGIN: {
    kind: 'auth',
    says: 'the credentials were refused; NetSuite says why in Setup > Users/Roles > View Login Audit Trail',
  },
  INVALID_LOGIN_ATTEMPT: { kind: 'auth', says: 'the credentials were refused by the RESTlet host' },
  INSUFFICIENT_PERMISSION: { kind: 'forbidden', says: 'the role of the integration user lacks a permission for this' },
  NONEXISTENT_ID: { kind: 'missing', says: 'the record does not exist, or the role may not see it' },
  RCRD_DSNT_EXIST: { kind: 'missing', says: 'the record does not exist, or the role may not see it' },
  INVALID_CONTENT: { kind: 'invalid', says: 'NetSuite does not accept a value' },
  INVALID_REQUEST: { kind: 'invalid', says: 'NetSuite does not accept the request' },
  INVALID_PARAMETER: { kind: 'invalid', says: 'NetSuite does not accept the query' },
  USER_ERROR: { kind: 'refused', says: 'a rule of this NetSuite account forbids it' },
  IDEMPOTENCY_ERROR: { kind: 'stale', says: 'this job was handed over already' },
  UNEXPECTED_ERROR: { kind: 'unavailable', says: 'NetSuite had an error of its own' },
};

/**
 * How NetSuite says that there is no such table, column or feature, or that the role may not see it: which of these it says when, no
 * source tells.
 */
export const NOT_SHOWN: readonly ErrorKind[] = ['invalid', 'forbidden', 'missing', 'refused'];

interface VendorError {
  readonly code: string;
  /** The last name in `o:errorPath`: a field. */
  readonly field: string | null;
}

/** Codes and names of fields are shown and stored; what has not their form could be anything, an address too. */
const CODE = /^[A-Z][A-Z0-9_]{1,79}$/;

/** The first error in an answer, in the form of REST (`o:errorDetails`) or of RESTlets (`error.code`). */
export const vendorErrorIn = (text: string): VendorError | null => {
  const { 'o:errorDetails': ofRest, error: ofRestlet } = recordOf(readJson(text));
  const details = [ofRest, ofRestlet].flat().find(isRecord);
  if (details === undefined) return null;
  const code = details['o:errorCode'] ?? details.code;
  return {
    code: typeof code === 'string' && CODE.test(code) ? code : 'UNKNOWN_CODE',
    field: fieldIn(details['o:errorPath']),
  };
};

const fieldIn = (path: unknown): string | null =>
  typeof path === 'string' ? (path.match(/([A-Za-z]\w{0,79})(?:\[\d+\])?$/)?.[1] ?? null) : null;

const meaningOf = (status: number, code: string | undefined): Meaning => {
  const known = entryOf(CODES, code);
  // A gateway's 5xx may carry any body: that nothing was done is only believed of 4xx.
  if (known !== undefined && status < 500) return known;
  return { kind: kindOfStatus(status), says: known?.says ?? `NetSuite answered ${status}` };
};

/** The ConnectorError for an answer of 400 and above. `vendorNow` is for a Retry-After that names a date. */
export const failureOf = (name: string, answer: TextAnswer, vendorNow: Millis): ConnectorError => {
  const first = vendorErrorIn(answer.text);
  const code = first?.code ?? `HTTP ${answer.status}`;
  const wait = retryAfterMs(answer.headers['retry-after'], vendorNow);
  const meaning = meaningOf(answer.status, first?.code);
  return errorFor(`netsuite ${name}`, meaning, code, first?.field, effectOf(answer.status, wait));
};
