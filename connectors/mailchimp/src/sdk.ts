import http from 'node:http';
import https from 'node:https';
import { type Answer, ConnectorError } from '@heed/contract';
import { answerTooLarge, MAX_ANSWER_BYTES } from '@heed/toolkit';
import type ApiClient from '@mailchimp/mailchimp_marketing/src/ApiClient.js';
import type { SdkParser, SdkRequest, SdkResponse } from '@mailchimp/mailchimp_marketing/src/ApiClient.js';
import { basePathOf, type MailchimpConfig } from './config.ts';
import { errorOf, type Failure } from './errors.ts';

/** One request, its path as the vendor's specification writes it. */
export interface HttpRequest {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: `/${string}`;
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | null>>;
  readonly body?: object;
}

/** Sends one request once: no retry, no limit, no time-out of its own. Throws ConnectorError only. */
export type Send = (request: HttpRequest, signal: AbortSignal) => Promise<Answer<unknown>>;

/** The one place that knows `@mailchimp/mailchimp_marketing` (3.0.80); it is loaded by the first request. */
export const createSend = (config: MailchimpConfig): Send => {
  let client: Promise<ApiClient> | undefined;
  return async (request, signal) => {
    client ??= newClient(config);
    const response = await exchange(await client, request, signal);
    const answer = { value: response.body, date: response.headers.date ?? null };
    return response.text === undefined ? answer : { ...answer, bytes: Buffer.byteLength(response.text) };
  };
};

const newClient = async (config: MailchimpConfig): Promise<ApiClient> => {
  // Defect: the package's root is one shared instance, where a second account overwrites the first.
  const { default: Client } = await import('@mailchimp/mailchimp_marketing/src/ApiClient.js');
  const client = new Client();
  // Defect: with `server` set, the first "server" anywhere in the URL is replaced, so that bob@server.com became another
  // address. It stays undefined, and the base path is complete.
  client.setConfig(
    config.auth.method === 'api-key' ? { apiKey: config.auth.apiKey } : { accessToken: config.auth.accessToken },
  );
  client.basePath = basePathOf(config);
  // The toolkit's time-out aborts the request. Defect: superagent's own one ends a request twice and prints a warning.
  client.timeout = 0;
  return client;
};

/**
 * Goes through the SDK's low-level `callApi`. Defects gone around by it: the named methods want `fields` as an array and
 * throw `param.map is not a function` for anything else, and an empty `{}` body becomes the text "{}".
 */
const exchange = (client: ApiClient, request: HttpRequest, signal: AbortSignal): Promise<SdkResponse> =>
  new Promise((resolve, reject) => {
    signal.throwIfAborted();
    requireSegments(request);
    const sent = capture(client, () => {
      reject(answerTooLarge(`Mailchimp, ${request.name}`));
      sent().abort();
    });
    const answered = client.callApi(
      request.path,
      request.method,
      request.params ?? {},
      queryOf(request),
      {},
      {},
      request.body ?? null,
      ['basicAuth'],
      ['application/json'], // Defect: without a content type `callApi` throws `HeaderUtils is not defined`.
      ['application/json', 'application/problem+json'],
      Object,
    );
    // Defect: no AbortSignal, and an aborted superagent request never settles its promise. So this one settles itself.
    const abort = (): void => {
      sent().abort();
      reject(errorOf(request.name, { kind: 'network', error: signal.reason }));
    };
    signal.addEventListener('abort', abort, { once: true });
    answered
      .then(
        ({ response }) => resolve(readable(request, response)),
        (error: unknown) => reject(errorOf(request.name, failureOf(error))),
      )
      .catch(reject)
      .finally(() => signal.removeEventListener('abort', abort));
  });

/**
 * The SDK encodes what it puts into a path, but `.` and `..` stay as they are, and `DELETE /lists/x/members/..` names the
 * audience. Ids come from answers and profiles; none of the vendor's is one of these.
 */
const requireSegments = ({ name, params = {} }: HttpRequest): void => {
  if (Object.values(params).some((value) => /^\.{0,2}$/.test(value)))
    throw new ConnectorError('missing', `${name}: there is no such thing in Mailchimp`, { mayHaveApplied: false });
};

/** Defect: superagent prints "double callback bug" when a connection breaks after its answer was taken. */
const answeredOnce = (request: SdkRequest): SdkRequest => {
  const { callback } = request;
  request.callback = (error, response) => {
    if (request.called !== true) callback.call(request, error, response);
  };
  return request;
};

/**
 * Defect: superagent asks without an agent: a new connection for every call, which is two or three more round trips of TCP and
 * TLS, and past the proxy that Node was told to use. Node's own agent keeps connections for five seconds; a stand-in on
 * loopback is never asked through a proxy.
 */
const loopbackAgent = new http.Agent({ keepAlive: true, timeout: 5_000 });

/**
 * Gets hold of the superagent request just before it is sent, through the cookie jar that `callApi` offers it to. No
 * cookie is kept. Defect: superagent follows up to five redirects, credentials included, and on Node 24 it crashes the
 * process while doing so (it reads `_headers`, which is gone).
 */
const capture = (client: ApiClient, tooLarge: () => void): (() => SdkRequest) => {
  let request: SdkRequest | undefined;
  client.enableCookies = true;
  client.agent = {
    attachCookies: (made) => {
      request = answeredOnce(made.redirects(0).buffer(true).parse(parserOf(tooLarge)));
      made.agent(client.basePath.startsWith('https:') ? https.globalAgent : loopbackAgent);
    },
    saveCookies: () => {},
  };
  return () => {
    if (request === undefined)
      throw new Error('the Mailchimp SDK sent a request without offering it to its cookie jar');
    return request;
  };
};

/**
 * Reads every answer the same way, up to a bound. Defects: superagent lets the answer's own type choose a parser (`multipart`
 * writes its parts as files into the temporary folder, by an old formidable), and buffers 200 MB.
 */
const parserOf =
  (tooLarge: () => void): SdkParser =>
  (answer, done) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    answer.on('data', (chunk) => {
      bytes += chunk.byteLength;
      if (bytes <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else tooLarge();
    });
    answer.on('end', () => {
      answer.text = new TextDecoder().decode(Buffer.concat(chunks));
      if (answer.text === '' || !isJson(answer.headers['content-type'])) return done(null);
      try {
        done(null, JSON.parse(answer.text));
      } catch {
        done(Object.assign(new Error('no JSON'), { statusCode: answer.statusCode }));
      }
    });
  };

const isJson = (contentType: string | undefined = ''): boolean => /[/+]json\b/.test(contentType);

const queryOf = ({ query = {} }: HttpRequest): Record<string, string | number | boolean> => {
  const given: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(query)) if (value !== null) given[name] = value;
  return given;
};

/** A 200 that is no JSON is a page of something between Mailchimp and us. 204 has no body. */
const readable = (request: HttpRequest, response: SdkResponse): SdkResponse => {
  if (response.status !== 204 && !isJson(response.headers['content-type'])) {
    throw errorOf(request.name, { kind: 'unreadable', status: response.status });
  }
  return response;
};

/** The raw error is dropped here: it holds the request with its key, and the answer with addresses. */
const failureOf = (error: unknown): Failure => {
  const raw = (typeof error === 'object' && error !== null ? error : {}) as {
    readonly response?: Partial<SdkResponse>;
    readonly status?: number;
    readonly statusCode?: number;
  };
  const response = raw.response;
  if (response?.status !== undefined) {
    const headers = response.headers ?? {};
    return {
      kind: 'answer',
      status: response.status,
      contentType: headers['content-type'] ?? '',
      retryAfter: headers['retry-after'] ?? null,
      date: headers.date ?? null,
      body: response.body,
    };
  }
  // The parser found no JSON: cut off, or broken.
  if (raw.statusCode !== undefined) return { kind: 'unreadable', status: raw.statusCode };
  return { kind: 'network', error };
};
