import type { Millis, Tools } from '@heed/contract';
import {
  fetchOnce,
  fixedToken,
  formsOf,
  isOfKind,
  readJson,
  type Ask as SignedAsk,
  signedCalls,
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

export interface JsonAnswer extends TextAnswer {
  /** Undefined for an empty answer. */
  readonly body: unknown;
}

/** Signed requests to one account, under its limits; answers of 400 and above are thrown as ConnectorErrors. */
export type Ask = SignedAsk<AskRequest, JsonAnswer>;

/** The customer's scripts and workflows run inside of each write. */
const timeoutMs = { read: 120_000, write: 180_000 } as const;
/** A throttled request has been reported to surface as INVALID_LOGIN up to a minute later (julbrs/netsuite-api-client#26). */
const LOGIN_DOUBT_MS = 120_000;

/** `closed` ends what runs when the session is closed. */
export const askerOf = (config: NetSuiteConfig, tools: Tools, closed: AbortSignal): Ask => {
  const { auth } = config;
  let throttledAt: Millis | null = null;
  const recentlyThrottled = (): boolean => throttledAt !== null && tools.clock.now() - throttledAt < LOGIN_DOUBT_MS;
  // Token-based requests are signed one by one, and have no session that could end.
  const tokens = auth.method === 'token-based' ? fixedToken('') : netsuiteTokens(config, auth, tools, closed);
  const isEnd = (error: unknown): boolean =>
    isOfKind(error, 'auth') && (auth.method !== 'token-based' || recentlyThrottled());

  return signedCalls(tools, { tokens, isEnd, closed, timeoutMs }, async (request: AskRequest, token, within) => {
    const { name, path, service, headers, accepts, ...rest } = request;
    const url = `${originOf(config, service ?? 'suitetalk')}${service === undefined ? '/services/rest' : ''}${path}`;
    const authorization =
      auth.method === 'token-based' ? await signedBy(auth, config, { method: rest.method, url }) : `Bearer ${token}`;
    const accept = { accept: 'application/json', ...headers, authorization };
    const answer = await fetchOnce(`netsuite ${name}`, url, { headers: accept, ...rest }, within);
    if (answer.status === 429) throttledAt = tools.clock.now();
    if (answer.status >= 400 && accepts?.(answer) !== true) throw failureOf(name, answer, tools.vendorNow());
    return { value: withJson(name, answer), bytes: answer.text.length, date: answer.headers.date ?? null };
  });
};

/** A success whose body is no JSON: a page of maintenance, of something between NetSuite and us, or half an answer. */
const withJson = (name: string, answer: TextAnswer): JsonAnswer => {
  if (answer.text === '') return { ...answer, body: undefined };
  const body = readJson(answer.text);
  if (body !== undefined) return { ...answer, body };
  throw unreadable(`netsuite ${name}`, answer.status);
};

export const { understood, notUnderstood } = formsOf('netsuite');
