import { PassThrough } from 'node:stream';
import { fetchOnce, unreadable } from '@heed/toolkit';

/** The one file that imports jsforce, on first use. */

interface SdkTarget {
  /** Scheme, host and port; tokens go nowhere else. */
  readonly origin: string;
  /** `66.0`; jsforce's default is 50.0, so it is always said. */
  readonly apiVersion: string;
  /** Null for the token endpoint. */
  readonly accessToken: string | null;
}

export interface SdkRequest {
  /** For messages. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  /** Below `/services/data/vNN.0`, or from `/services/` on. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface SdkAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As jsforce parsed it; undefined for an error, for an empty answer and for CSV. */
  readonly body: unknown;
  readonly text: string;
}

/** What jsforce's `HttpApi` asks of a transport, and wants back. */
interface WireRequest {
  readonly url: string;
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * One request through `Connection.request`, jsforce's own low-level method: it makes the URL, signs and parses. How the
 * request travels is ours (`transport`), because of these defects of jsforce 3.10.26:
 * - its transport has no listener on the answer's body: a connection cut in the middle of a body is an uncaught exception
 *   that ends the process, and a body that stalls is waited for without end (its time-out ends with the headers);
 * - it cannot be aborted, repeats GET, PUT and DELETE itself, 420 even with `maxRetries: 0` (notes, 2.4);
 * - it obeys `https_proxy` and ignores `NO_PROXY` (notes, 0.4): `fetch` obeys neither;
 * - a 401 after a successful refresh is refreshed without end (notes, 0.3): it gets no refresh function here;
 * - it writes into the headers it is given (notes, 6): each request gets its own;
 * - its CSV parser takes six characters for delimiters at once (notes, 2.2): it is shown no CSV, `text` has it;
 * - an upload that is repeated goes out empty (notes, 0.7): bodies are texts here, and uploads are not repeated;
 * - its logger may be switched on by an environment variable, and prints URLs: switched off.
 * Throws ConnectorError `unavailable` when there was no answer, `protocol` for a redirect or an answer without end.
 */
export const send = async (target: SdkTarget, request: SdkRequest, signal: AbortSignal): Promise<SdkAnswer> => {
  const { Connection } = await import('jsforce');
  const connection = new Connection({
    instanceUrl: target.origin,
    version: target.apiVersion,
    logLevel: 'NONE',
    ...(target.accessToken === null ? {} : { accessToken: target.accessToken }),
  });
  const { name, method, path: url, headers, body } = request;
  const transport = transportOf(name, signal);
  const toSend = { method, url, headers: { ...headers }, ...(body === undefined ? {} : { body }) };
  try {
    const parsed: unknown = await connection.request(toSend, { transport });
    const answer = transport.answer();
    if (answer !== null && isUnread(answer, parsed)) throw unreadable(`Salesforce, ${name}`, answer.statusCode);
    return {
      status: answer?.statusCode ?? 0,
      headers: answer?.headers ?? {},
      body: answer !== null && isCsv(answer) ? undefined : parsed,
      text: answer?.body ?? '',
    };
  } catch (error) {
    const answer = transport.answer();
    // No answer: the transport's own error. With one, jsforce's error says less than status and text.
    if (answer === null) throw error;
    if (answer.statusCode < 300) throw unreadable(`Salesforce, ${name}`, answer.statusCode);
    return { status: answer.statusCode, headers: answer.headers, body: undefined, text: answer.body };
  }
};

/** A transport for one request that keeps its answer. */
const transportOf = (name: string, signal: AbortSignal) => {
  let kept: WireAnswer | null = null;
  const travel = async ({ url, method, headers, body }: WireRequest): Promise<WireAnswer> => {
    const sent = { method, headers: withoutLength(headers), ...(body === undefined ? {} : { body }) };
    const { status, text, ...rest } = await fetchOnce(`Salesforce, ${name}`, url, sent, signal);
    kept = { ...rest, statusCode: status, body: text };
    return isCsv(kept) ? { ...kept, body: '' } : kept;
  };
  return {
    answer: (): WireAnswer | null => kept,
    // jsforce pipes a stream beside the promise, for callers that want one; nobody does.
    httpRequest: (request: WireRequest) => Object.assign(travel(request), { stream: () => new PassThrough() }),
  };
};

const isCsv = ({ statusCode, headers }: WireAnswer): boolean =>
  statusCode < 300 && headers['content-type']?.startsWith('text/csv') === true;

/** A success without JSON: a page of maintenance, of something between Salesforce and us, or half an answer. */
const isUnread = (answer: WireAnswer, parsed: unknown): boolean =>
  answer.statusCode < 300 && answer.body !== '' && !isCsv(answer) && (parsed === undefined || parsed === answer.body);

/** `fetch` counts the body itself. */
const withoutLength = (headers: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'content-length'));
