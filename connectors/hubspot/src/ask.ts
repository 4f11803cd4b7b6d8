import type { Tools } from '@heed/contract';
import { type Ask, isOfKind, type Manner, signedCalls } from '@heed/toolkit';
import { type HubspotConfig, originOf } from './config.ts';
import { failureOf } from './errors.ts';
import { type HttpAnswer, type HttpRequest, send } from './sdk.ts';
import { hubspotTokens } from './token.ts';

export const READ: Manner = { kind: 'read' };

/** Signed requests under the account's limits; answers of 400 and above are thrown as ConnectorErrors. */
export interface Asker {
  readonly ask: Ask<HttpRequest, HttpAnswer>;
  /** The day's budget begins anew at midnight there (doc); 'UTC' until it is known. */
  setZone(timeZone: string): void;
  /** Calls per 10 seconds that HubSpot grants this app, as its last answer says; null until one says it. */
  grantedPer10s(): number | null;
}

/** `closed` ends what runs when the session is closed. */
export const askerOf = (config: HubspotConfig, tools: Tools, closed: AbortSignal): Asker => {
  const origin = originOf(config);
  const tokens = hubspotTokens(config, tools, closed);
  const isEnd = (error: unknown): boolean => config.auth.method === 'oauth' && isOfKind(error, 'auth');
  let zone = 'UTC';
  let granted: number | null = null;
  return {
    ask: signedCalls(tools, { tokens, isEnd, closed }, async (request: HttpRequest, token, within) => {
      const answer = await send(origin, token, request, within);
      const now = tools.vendorNow();
      granted = grantedBy(answer) ?? granted;
      if (answer.status >= 400) throw failureOf(request.name, answer, now, msUntilMidnight(now, zone));
      return { value: answer, bytes: answer.bytes, date: answer.headers.date ?? null };
    }),
    setZone: (timeZone) => {
      zone = timeZone;
    },
    grantedPer10s: () => granted,
  };
};

/** Searches and OAuth answers come without these headers (recorded). */
const grantedBy = ({ headers }: HttpAnswer): number | null => {
  const [max, windowMs] = ['max', 'interval-milliseconds'].map((name) =>
    Number(headers[`x-hubspot-ratelimit-${name}`]),
  );
  return windowMs === 10_000 && max !== undefined && max > 0 ? max : null;
};

const DAY_MS = 86_400_000;

/** Until the next midnight of a time zone; of UTC where the zone is unknown. Shifts of summer time are an hour off at most. */
export const msUntilMidnight = (now: number, timeZone: string): number => {
  try {
    const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium', hourCycle: 'h23' });
    const [hours = 0, minutes = 0, seconds = 0] = format.format(now).split(':').map(Number);
    return DAY_MS - ((hours * 60 + minutes) * 60 + seconds) * 1000;
  } catch {
    return DAY_MS - (now % DAY_MS);
  }
};
