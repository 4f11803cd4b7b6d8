import { ConnectorError, type ErrorDetails, type ErrorKind } from '@heed/contract';
import { kindOfStatus, recordOf, retryAfterMs, unreachable } from '@heed/toolkit';

/** How a request went wrong, as sdk.ts saw it. */
export type Failure =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly contentType: string;
      readonly retryAfter: string | null;
      readonly date: string | null;
      readonly body: unknown;
    }
  /** An answer came, but its body was cut off or is no JSON. */
  | { readonly kind: 'unreadable'; readonly status: number }
  | { readonly kind: 'network'; readonly error: unknown };

/**
 * The ConnectorError for a failure. Nothing of the vendor's `detail` gets into it: details quote the address
 * ("bob@x.org is already a list member"). Titles and texts: Mailchimp's error glossary and recorded answers.
 */
export const errorOf = (call: string, failure: Failure): ConnectorError => {
  switch (failure.kind) {
    case 'network':
      return unreachable(`Mailchimp, ${call}`, failure.error);
    case 'unreadable': {
      const message = `${call}: Mailchimp's answer (${failure.status}) was cut off or is no JSON`;
      // A refusal that cannot be read was still a refusal; a cut-off success was a success.
      return new ConnectorError('unavailable', message, {
        code: 'unreadable',
        mayHaveApplied: failure.status < 400 || failure.status >= 500,
      });
    }
    case 'answer':
      if (failure.status >= 300 && failure.status < 400) return ofRedirect(call, failure.status);
      return isJson(failure.contentType) ? ofProblem(call, failure) : ofPage(call, failure);
  }
};

/** The key would go wherever the redirect points. */
const ofRedirect = (call: string, status: number): ConnectorError =>
  new ConnectorError('protocol', `${call}: Mailchimp answered with a redirect (${status}); not followed`, {
    code: `HTTP ${status}`,
    mayHaveApplied: false,
  });

type VendorAnswer = Extract<Failure, { kind: 'answer' }>;

/** High volume is answered by a bare 403 or 503 page of the edge, without JSON: it means "later", not "forbidden". */
const ofPage = (call: string, { status, retryAfter, date }: VendorAnswer): ConnectorError => {
  const kind: ErrorKind = status === 403 || status === 429 ? 'rate-limited' : kindOfStatus(status);
  const message = `${call}: Mailchimp answered ${status} with a page instead of JSON`;
  return new ConnectorError(kind, message, {
    code: `HTTP ${status}`,
    ...waitOf(retryAfter, date),
    mayHaveApplied: status >= 500,
  });
};

interface Meaning {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly forever?: boolean;
  readonly code?: string;
  readonly field?: string;
}

const ofProblem = (call: string, answer: VendorAnswer): ConnectorError => {
  const problem = problemOf(answer.body);
  const meaning = meaningOf(answer.status, problem);
  const details: ErrorDetails = {
    code: meaning.code ?? titleOf(problem, answer.status),
    ...waitOf(answer.retryAfter, answer.date),
    mayHaveApplied: answer.status >= 500 || answer.status === 408,
    ...(meaning.field === undefined ? {} : { field: meaning.field }),
    ...(meaning.forever === undefined ? {} : { forever: meaning.forever }),
  };
  return new ConnectorError(meaning.kind, `${call}: ${meaning.message}`, details);
};

const meaningOf = (status: number, problem: Problem): Meaning => {
  switch (status) {
    case 400:
      return meaningOfText(problem);
    case 401:
      return {
        kind: 'auth',
        message: 'Mailchimp refused the credentials: wrong, revoked, or for another data centre',
      };
    case 403:
      return {
        kind: 'forbidden',
        message: 'Mailchimp forbids this: the user is disabled, lacks the role, or the account is under review',
      };
    case 404:
      return { kind: 'missing', message: 'there is no such thing in Mailchimp' };
    case 405:
      return { kind: 'refused', message: 'Mailchimp does not allow this for a member in this state' };
    case 429:
      return {
        kind: 'rate-limited',
        message: 'Mailchimp was busy, or saw more than ten connections at the same time with this key',
      };
    case 414:
    case 422:
    case 426:
      return { kind: 'protocol', message: `Mailchimp did not understand the request (${status})` };
    default:
      return { kind: kindOfStatus(status), message: `Mailchimp answered ${status}` };
  }
};

/** The error of one item of the 500-batch, which comes with a text but without title and status. */
export const errorOfBatchItem = (
  call: string,
  item: { readonly error: string; readonly field: string | null },
): ConnectorError => {
  const fieldErrors = item.field === null ? [] : [{ field: item.field, message: '' }];
  const meaning = meaningOfText({ title: '', detail: item.error, errors: fieldErrors });
  return new ConnectorError(meaning.kind, `${call}: ${meaning.message}`, {
    code: meaning.code ?? 'ERROR_GENERIC',
    mayHaveApplied: false,
    ...(meaning.field === undefined ? {} : { field: meaning.field }),
    ...(meaning.forever === undefined ? {} : { forever: meaning.forever }),
  });
};

const meaningOfText = ({ title, detail, errors }: Problem): Meaning => {
  const says = (words: string): boolean => `${title} ${detail}`.toLowerCase().includes(words);
  if (says('compliance state')) {
    const message =
      'the person unsubscribed, bounced or complained; Mailchimp lets nobody but the person subscribe again';
    return { kind: 'refused', forever: true, code: 'Member In Compliance State', message };
  }
  if (says('forgotten email') || says('was permanently deleted')) {
    const message = 'the address was erased in Mailchimp and can only come back by a form of Mailchimp';
    return { kind: 'refused', forever: true, code: 'Forgotten Email Not Subscribed', message };
  }
  if (says('member exists') || says('is already a list member')) {
    return { kind: 'refused', code: MEMBER_EXISTS, message: 'another member has this address' };
  }
  if (says('signed up to a lot of lists')) {
    const message =
      'Mailchimp does not accept this address for now: it was signed up to many lists lately; try again in some days';
    return { kind: 'refused', code: 'signed up to a lot of lists', message };
  }
  if (says('looks fake or invalid') || says('valid email address')) {
    return {
      kind: 'invalid',
      code: 'address refused',
      message: 'Mailchimp takes the address for fake or invalid; correct it in the CRM',
    };
  }
  const [first] = errors;
  if (first !== undefined) return { kind: 'invalid', field: first.field, message: fieldMessage(first) };
  if (says('json parse error') || title === 'Bad Request')
    return { kind: 'protocol', message: 'Mailchimp did not understand the request' };
  return { kind: 'invalid', message: 'Mailchimp refused the record' };
};

export const MEMBER_EXISTS = 'Member Exists';

/** Texts of the vendor that are known to quote no value. */
const HARMLESS =
  /^(Please enter [a-z ()0-9,-]+|This value should (not be blank|be a string)|Value must be one of the available choices)\.?$/i;

const fieldMessage = ({ field, message }: FieldError): string =>
  `Mailchimp refused the value of ${field}${HARMLESS.test(message) ? `: ${message}` : ''}`;

interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldError[];
}

const problemOf = (body: unknown): Problem => {
  const { title, detail, errors } = recordOf(body);
  return {
    title: textOf(title),
    detail: textOf(detail),
    errors: Array.isArray(errors) ? errors.flatMap(fieldErrorOf) : [],
  };
};

const fieldErrorOf = (one: unknown): readonly FieldError[] => {
  const { field, message } = recordOf(one);
  // Names of fields are the customer's own; anything that could be a value is left out.
  return typeof field === 'string' && /^[\w. ]{1,60}$/.test(field) ? [{ field, message: textOf(message) }] : [];
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Titles are fixed words; one that could hold an address is not shown. */
const titleOf = ({ title }: Problem, status: number): string =>
  /^[A-Za-z ]{1,60}$/.test(title) ? title : `HTTP ${status}`;

const isJson = (contentType: string): boolean => /[/+]json\b/.test(contentType);

const waitOf = (header: string | null, date: string | null): Pick<ErrorDetails, 'retryAfterMs'> => {
  // Mailchimp sends no Retry-After; something in front of it might. Without a Date to compare with, a date means "now".
  const now = Date.parse(date ?? '');
  const waitMs = retryAfterMs(header, Number.isNaN(now) ? Number.POSITIVE_INFINITY : now);
  return waitMs === undefined ? {} : { retryAfterMs: waitMs };
};
