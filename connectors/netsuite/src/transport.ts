import { ConnectorError } from '@heed/contract';
import { boundedText, refuseRedirect, unreachable } from '@heed/toolkit';

export interface WireRequest {
  /** For messages. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PATCH';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * One request over `fetch`: no redirects, a bounded answer, nothing repeated. Throws ConnectorError `unavailable` when there was
 * no answer, `protocol` for a redirect or an answer without end.
 */
export const travel = async ({ name, url, ...rest }: WireRequest, signal: AbortSignal): Promise<WireAnswer> => {
  const who = `netsuite ${name}`;
  try {
    const response = await fetch(url, { ...rest, redirect: 'manual', signal });
    refuseRedirect(response.status, who);
    const text = await boundedText(who, response);
    return { status: response.status, headers: Object.fromEntries(response.headers), text };
  } catch (error) {
    throw error instanceof ConnectorError ? error : unreachable(who, error);
  }
};
