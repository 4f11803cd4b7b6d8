import { type Exchange, json, type Reply } from '@heed/sandbox';
import type { Account } from './account.ts';

/** One entry of `errors` in a problem document. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

interface ProblemDetails {
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  /** The rename clash was recorded without `type`. */
  readonly withoutType?: boolean;
}

/** An error of the vendor; thrown anywhere below a route, and caught per item by the batch. */
export class Problem extends Error {
  readonly status: number;
  readonly title: string;
  readonly details: ProblemDetails;

  constructor(status: number, title: string, detail: string, details: ProblemDetails = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.title = title;
    this.details = details;
  }
}

/** problem+json, with `instance` = X-Request-Id (which `finish` sets). */
export function problemReply(exchange: Pick<Exchange<Account>, 'requestId'>, problem: Problem): Reply {
  const { errors, headers, withoutType } = problem.details;
  return json(
    problem.status,
    {
      ...(withoutType === true ? {} : { type: 'https://mailchimp.com/developer/marketing/docs/errors/' }),
      title: problem.title,
      status: problem.status,
      detail: problem.message,
      instance: exchange.requestId,
      ...(errors === undefined ? {} : { errors }),
    },
    { 'content-type': 'application/problem+json; charset=utf-8', ...headers },
  );
}

export const notFound = (): Problem =>
  new Problem(404, 'Resource Not Found', 'The requested resource could not be found.');

export const methodNotAllowed = (allowed: readonly string[]): Problem =>
  new Problem(
    405,
    'Method Not Allowed',
    "The requested method and resource are not compatible. See the Allow header for this resource's available methods.",
    { headers: { allow: allowed.join(', ') } },
  );

export const unreadableBody = (): Problem =>
  new Problem(400, 'JSON Parse Error', 'We encountered an unspecified JSON parsing error.');

export const invalidResource = (detail: string, errors?: readonly FieldError[]): Problem =>
  new Problem(400, 'Invalid Resource', detail, errors === undefined ? {} : { errors });

/** The shape of the body is wrong; the wording is not in our notes. */
export const notValidated = (...errors: readonly FieldError[]): Problem =>
  invalidResource(
    "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
    errors,
  );

export const invalidMergeFields = (errors: readonly FieldError[]): Problem =>
  invalidResource('Your merge fields were invalid.', errors);

export const memberExists = (email: string, withoutType = false): Problem =>
  new Problem(400, 'Member Exists', `${email} is already a list member. Use PUT to insert or update list members.`, {
    withoutType,
  });

export const inComplianceState = (email: string): Problem =>
  new Problem(
    400,
    'Member In Compliance State',
    `${email} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`,
  );

export const forgottenEmail = (email: string): Problem =>
  new Problem(
    400,
    'Forgotten Email Not Subscribed',
    `${email} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`,
  );

export const cannotArchive = (): Problem =>
  new Problem(
    405,
    'Method Not Allowed',
    'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived',
    { headers: { allow: 'GET, PUT' } },
  );

export const tooManyConnections = (): Problem =>
  new Problem(429, 'Too Many Requests', 'You have exceeded the limit of 10 simultaneous connections.');

/** "High volume can be answered by a bare 403": the edge says so in JSON at times; its wording is our guess. */
export const blocked = (): Problem =>
  new Problem(403, 'Forbidden', 'Request Blocked: too many requests. Please try again later.');

export const invalidKey = (): Problem =>
  new Problem(
    401,
    'API Key Invalid',
    "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
  );
