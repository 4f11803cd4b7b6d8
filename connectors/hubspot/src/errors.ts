import type { ConnectorError, ErrorDetails, Millis } from '@heed/contract';
import {
  effectOf,
  entryOf,
  errorFor,
  formsOf,
  kindOfStatus,
  type Meaning,
  recordOf,
  retryAfterMs,
} from '@heed/toolkit';
import { z } from 'zod';
import type { HttpAnswer } from './sdk.ts';

/** HubSpot's one shape of errors, for calls and for rows of a batch; every part may be missing. (spec, doc) */
const problemShape = z.object({
  category: z.string().optional().catch(undefined),
  subCategory: z.string().optional().catch(undefined),
  policyName: z.string().optional().catch(undefined),
  errorType: z.string().optional().catch(undefined),
  message: z.string().default('').catch(''),
  context: z.record(z.string(), z.unknown()).default({}).catch({}),
  errors: z
    .array(z.object({ code: z.string().optional().catch(undefined), context: z.unknown().optional() }))
    .default([])
    .catch([]),
});
export type Problem = z.infer<typeof problemShape>;

export const problemIn = (body: unknown): Problem => problemShape.parse(recordOf(body));

/** Inner codes say more than categories. (doc, community) */
const CODES: Readonly<Record<string, Meaning>> = {
  READ_ONLY_VALUE: { kind: 'forbidden', says: 'HubSpot lets nobody write this property' },
  PROPERTY_DOESNT_EXIST: { kind: 'invalid', says: 'there is no such property; see `heed fields`' },
  INVALID_EMAIL: { kind: 'invalid', says: 'HubSpot does not take this for an e-mail address' },
  INVALID_OPTION: { kind: 'invalid', says: 'the value is none of the options of the property' },
};
const CATEGORIES: Readonly<Record<string, Meaning>> = {
  OBJECT_NOT_FOUND: { kind: 'missing', says: 'there is no such record in HubSpot' },
  CONFLICT: { kind: 'refused', says: 'another contact has this address, or the same value in a unique property' },
  VALIDATION_ERROR: { kind: 'invalid', says: 'HubSpot refused a value' },
  MISSING_SCOPES: { kind: 'forbidden', says: 'the app lacks a scope' },
  RATE_LIMITS: { kind: 'rate-limited', says: 'HubSpot asks to wait' },
};
const STATUSES: Readonly<Record<number, Meaning>> = {
  401: { kind: 'auth', says: 'HubSpot refused the credentials: wrong, expired or revoked' },
  403: { kind: 'forbidden', says: 'the app lacks a scope, or the plan of the account has no such call' },
  409: { kind: 'refused', says: 'another contact has this address, or the same value in a unique property' },
  414: { kind: 'protocol', says: 'the request names too many properties' },
  423: { kind: 'unavailable', says: 'HubSpot has locked the account for a moment' },
  429: { kind: 'rate-limited', says: 'HubSpot asks to wait' },
  477: { kind: 'unavailable', says: 'HubSpot is moving the account to another data centre' },
};

/** What is shown and stored of a vendor's text: words of its own making, never a value. */
const codeIn = (problem: Problem, status: number): string => {
  const all = [problem.errors[0]?.code, innerCode(problem), problem.category, problem.policyName, problem.errorType];
  return all.find((one) => one !== undefined && /^[A-Z][A-Z0-9_]{1,79}$/.test(one)) ?? `HTTP ${status}`;
};

/** `Property values were not valid: [{"isValid":false,...,"error":"PROPERTY_DOESNT_EXIST","name":"missing"}]` (doc) */
const innerCode = ({ message }: Problem): string | undefined => message.match(/"error":"([A-Z_]{3,79})"/)?.[1];

const fieldIn = ({ message, errors }: Problem): string | undefined => {
  const inContext = errors[0]?.context;
  const named = recordOf(inContext).propertyName;
  const name = Array.isArray(named) ? named[0] : (message.match(/"name":"(\w{1,100})"/)?.[1] ?? undefined);
  return typeof name === 'string' && /^\w{1,100}$/.test(name) ? name : undefined;
};

/** Scopes that a 403 asks for, as the vendor lists them. (doc) */
const scopesIn = ({ context }: Problem): readonly string[] => {
  const asked = context.requiredGranularScopes;
  return (Array.isArray(asked) ? asked : [asked]).filter(
    (one): one is string => typeof one === 'string' && /^[\w.-]{3,80}$/.test(one),
  );
};

/** How long the account is paused, where the answer tells it. `midnightInMs`: the day's budget begins anew. */
const waitOf = (problem: Problem, { status, headers }: HttpAnswer, now: Millis, midnightInMs: number) => {
  const asked = retryAfterMs(headers['retry-after'], now);
  if (asked !== undefined) return asked;
  if (status === 423) return 2_000;
  if (status === 477) return 3_600_000;
  if (status !== 429) return undefined;
  if (problem.policyName === 'DAILY') return midnightInMs;
  if (problem.policyName === 'TEN_SECONDLY_ROLLING') return 10_000;
  // Searches: 5 a second, and no name for it (recorded).
  return problem.category === 'RATE_LIMITS' || problem.policyName === 'SECONDLY' ? 1_000 : undefined;
};

/** Refused before anything was done, although the number says 4xx/5xx. */
const SURELY_NOT = new Set([423, 477]);

/** The ConnectorError for an answer of 400 and above. Nothing of the vendor's message gets into it: it quotes addresses. */
export const failureOf = (name: string, answer: HttpAnswer, now: Millis, midnightInMs: number): ConnectorError => {
  const problem = problemIn(answer.body);
  const { status } = answer;
  const meaning = (status < 500 ? meaningOf(problem, status) : undefined) ?? {
    kind: kindOfStatus(status),
    says: `HubSpot answered ${status}`,
  };
  const kind = status === 401 ? 'auth' : status === 429 ? 'rate-limited' : meaning.kind;
  const scopes = scopesIn(problem);
  const wait = waitOf(problem, answer, now, midnightInMs);
  const needs = kind === 'forbidden' && scopes.length > 0 ? `: ${scopes.join(', ')}` : '';
  return errorOf(name, { kind, says: `${meaning.says}${needs}` }, problem, status, {
    ...effectOf(status, wait),
    ...(SURELY_NOT.has(status) ? { mayHaveApplied: false } : {}),
  });
};

const meaningOf = (problem: Problem, status: number): Meaning | undefined =>
  entryOf(CODES, problem.errors[0]?.code) ??
  entryOf(CODES, innerCode(problem)) ??
  entryOf(STATUSES, status) ??
  entryOf(CATEGORIES, problem.category);

/** The error of one row of a batch. */
export const errorOfRow = (name: string, problem: Problem): ConnectorError => {
  const meaning = meaningOf(problem, 0) ?? { kind: 'invalid' as const, says: 'HubSpot refused the record' };
  return errorOf(name, meaning, problem, 0, { mayHaveApplied: false });
};

const errorOf = (name: string, meaning: Meaning, problem: Problem, status: number, details: ErrorDetails) =>
  errorFor(`HubSpot, ${name}`, meaning, codeIn(problem, status), fieldIn(problem), details);

/** `Contact already exists. Existing ID: 123`: the id, the only part of a message that is used. (doc, community) */
export const existingIdIn = ({ message }: Problem): string | null =>
  message.match(/Existing ID:\s*(\d{1,20})/i)?.[1] ?? null;

export const { understood, notUnderstood } = formsOf('HubSpot,');
