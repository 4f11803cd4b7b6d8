import type { Millis, Tools } from '@heed/contract';
import {
  fetchOnce,
  fixedToken,
  formsOf,
  isOfKind,
  readJson,
  signedIn,
  type TextAnswer,
  unreadable,
} from '@heed/toolkit';
import { type NetSuiteConfig, originOf } from './config.ts';
import { failureOf } from './failure.ts';
import { signedBy } from './sdk.ts';
import { netsuiteTokens } from './token.ts';

export interface AskRequest {
  /** For messages, limits and the call count. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Below `/services/rest`, or of the RESTlet host. Ids in it are encoded by the caller. */
  readonly path: string;
  readonly service?: 'restlets';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Answers of 400 and above that are no failure. */
  readonly accepts?: (answer: TextAnswer) => boolean;
}

interface Manner {
  readonly kind: 'read' | 'write';
  /** Sent twice it does no harm. Unless told: reads. */
  readonly repeatable?: boolean;
}

export interface JsonAnswer extends TextAnswer {
  /** Undefined for an empty answer. */
  readonly body: unknown;
}

/** Signed requests to one account, under its limits; answers of 400 and above are thrown as ConnectorErrors. */
export type Ask = (request: AskRequest, manner: Manner, signal: AbortSignal) => Promise<JsonAnswer>;

const READ_TIMEOUT_MS = 120_000;
/** The customer's scripts and workflows run inside of each write. */
const WRITE_TIMEOUT_MS = 180_000;
/** A throttled request has been reported to surface as INVALID_LOGIN up to a minute later (julbrs/netsuite-api-client#26). */
const LOGIN_DOUBT_MS = 120_000;

/** `closed` ends what runs when the session is closed. */
export const askerOf = (config: NetSuiteConfig, tools: Tools, closed: AbortSignal): Ask => {
  const { auth } = config;
  let throttledAt: Millis | null = null;
  const recentlyThrottled = (): boolean => throttledAt !== null && tools.clock.now() - throttledAt < LOGIN_DOUBT_MS;
  // Token-based requests are signed one by one, and have no session that could end.
  const tokens = auth.method === 'token-based' ? fixedToken('') : netsuiteTokens(config, auth, tools, closed);
  const isSessionEnd = (error: unknown): boolean =>
    isOfKind(error, 'auth') && (auth.method !== 'token-based' || recentlyThrottled());

  const once = (request: AskRequest, manner: Manner, token: string, signal: AbortSignal): Promise<JsonAnswer> => {
    const { kind, repeatable = kind === 'read' } = manner;
    const { name, path, service, headers, accepts, ...rest } = request;
    const url = `${originOf(config, service ?? 'suitetalk')}${service === undefined ? '/services/rest' : ''}${path}`;
    const timeoutMs = kind === 'read' ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS;
    return tools.call({ name, kind, repeatable, timeoutMs, signal }, async (callSignal) => {
      const authorization =
        auth.method === 'token-based' ? await signedBy(auth, config, { method: rest.method, url }) : `Bearer ${token}`;
      const accept = { accept: 'application/json', ...headers, authorization };
      const answer = await fetchOnce(`netsuite ${name}`, url, { headers: accept, ...rest }, callSignal);
      if (answer.status === 429) throttledAt = tools.clock.now();
      if (answer.status >= 400 && accepts?.(answer) !== true) throw failureOf(name, answer, tools.vendorNow());
      return { value: withJson(name, answer), bytes: answer.text.length, date: answer.headers.date ?? null };
    });
  };

  return async (request, manner, callerSignal) => {
    const signal = AbortSignal.any([callerSignal, closed]);
    return signedIn(tokens, isSessionEnd, signal, ({ accessToken }) => once(request, manner, accessToken, signal));
  };
};

/** A success whose body is no JSON: a page of maintenance, of something between NetSuite and us, or half an answer. */
const withJson = (name: string, answer: TextAnswer): JsonAnswer => {
  if (answer.text === '') return { ...answer, body: undefined };
  const body = readJson(answer.text);
  if (body !== undefined) return { ...answer, body };
  throw unreadable(`netsuite ${name}`, answer.status);
};

export const { understood, notUnderstood } = formsOf('netsuite');
