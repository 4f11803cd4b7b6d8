import { ConnectorError } from '@heed/contract';
import { boundedText } from './answer-size.ts';
import { unreachable } from './http-failure.ts';
import { refuseRedirect } from './origin.ts';

export interface TextAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface FetchRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One request over `fetch`, for SDKs whose own transport cannot be used: nothing repeated, no redirect followed, a bounded answer.
 * `who` begins the messages: `Salesforce, query`. Throws ConnectorError `unavailable` when there was no whole answer, `protocol` for
 * a redirect or an answer without end; an answer of 400 and above is an answer.
 */
export const fetchOnce = async (
  who: string,
  url: string | URL,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<TextAnswer> => {
  try {
    const response = await fetch(url, { ...request, redirect: 'manual', signal });
    const text = await boundedText(who, response);
    refuseRedirect(response.status, who);
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  } catch (error) {
    throw error instanceof ConnectorError ? error : unreachable(who, error);
  }
};
