import { ConnectorError } from '@heed/contract';
import { fetchOnce, readJson, sameOrigin, unreadable } from '@heed/toolkit';

/** The one file that imports `@hubspot/api-client` (14.0.1), on first use. */

export interface HttpRequest {
  /** For messages, limits and the call count. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Encoded, from the root of the host. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly json?: unknown;
  readonly form?: URLSearchParams;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null if there is none, or if a refusal is no JSON. */
  readonly body: unknown;
  readonly bytes: number;
}

/** What the SDK makes of a request. */
interface MadeRequest {
  getUrl(): URL;
  getSendData(): { readonly method: string; readonly headers: Record<string, string>; readonly body?: string };
}

/**
 * One request through `Client.apiRequest`, the SDK's own low-level method: it makes URL, headers, signature and body. How the
 * request travels is ours, put in where the SDK puts its own retries. Defects of 14.0.1 gone around (vendor notes, 6):
 * - `apiRequest` has no time-out, cannot be aborted and follows redirects, bodies with addresses included;
 * - retries and limiter live in one list for the whole process, where the last client wins, and the retry ignores
 *   Retry-After and repeats creates: neither is used, and a client is made for each request, in the same tick as it is used;
 * - the generated methods have no page for 207 (outcomes per row) in their types, know v3 only, and their `ApiException.message`
 *   holds body and headers, which are personal data: they are not used.
 * Throws ConnectorError `unavailable` when there was no usable answer, `protocol` for a redirect or an answer without end.
 */
export const send = async (
  origin: string,
  token: string | null,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpAnswer> => {
  const { Client } = await import('@hubspot/api-client');
  const { name, method, path, query, json, form } = request;
  const travel = (made: MadeRequest): Promise<HttpAnswer> => overFetch(name, origin, made, signal);
  class OneRequest extends Client {
    protected override getDecorators() {
      return [{ decorate: () => travel }];
    }
  }
  const client = new OneRequest({ basePath: origin, ...(token === null ? {} : { accessToken: token }) });
  const answered: unknown = client.apiRequest({
    method,
    path,
    ...(query === undefined ? {} : { qs: query }),
    ...(json === undefined ? {} : { body: json }),
    ...(form === undefined
      ? {}
      : {
          body: form.toString(),
          defaultJson: false,
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        }),
  });
  return answered as Promise<HttpAnswer>;
};

const overFetch = async (name: string, origin: string, made: MadeRequest, signal: AbortSignal): Promise<HttpAnswer> => {
  const url = made.getUrl();
  if (!sameOrigin(origin, url.href))
    throw new ConnectorError('protocol', `HubSpot, ${name}: the request would leave the vendor's host`, {
      mayHaveApplied: false,
    });
  const { status, headers, text } = await fetchOnce(`HubSpot, ${name}`, url, made.getSendData(), signal);
  return { status, headers, body: bodyOf(name, status, text), bytes: text.length };
};

const bodyOf = (name: string, status: number, text: string): unknown => {
  if (text === '' && (status === 204 || status >= 400)) return null;
  const body = readJson(text);
  if (body !== undefined) return body;
  if (status >= 400) return null;
  throw unreadable(`HubSpot, ${name}`, status);
};
