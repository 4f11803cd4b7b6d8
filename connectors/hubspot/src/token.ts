import { ConnectorError, type Tools } from '@heed/contract';
import { type FreshToken, fixedToken, keptOf, keptWith, type TokenSource, tokenSource } from '@heed/toolkit';
import { z } from 'zod';
import { type HubspotConfig, type OAuthConfig, originOf } from './config.ts';
import { failureOf } from './errors.ts';
import { pathsOf } from './paths.ts';
import { type HttpAnswer, send } from './sdk.ts';

/** Tokens live 30 minutes; a 401 is no way to learn of their end (doc). */
const MARGIN_MS = 5 * 60_000;

const tokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive(),
  hub_id: z.union([z.number(), z.string()]).transform(String).optional(),
});

/** Keeps the access token of a connection fresh. `signal` ends refreshes when the session is closed. */
export const hubspotTokens = (config: HubspotConfig, tools: Tools, signal: AbortSignal): TokenSource => {
  const { auth } = config;
  if (auth.method === 'service-key') return fixedToken(auth.token);
  return tokenSource({
    name: 'hubspot',
    clock: tools.clock,
    vault: tools.tokens,
    marginMs: MARGIN_MS,
    refresh: (kept) => refresh(config, auth, tools, kept, signal),
  });
};

type Kept = Readonly<Record<string, string>> | null;

const refresh = async (
  config: HubspotConfig,
  auth: OAuthConfig,
  tools: Tools,
  kept: Kept,
  signal: AbortSignal,
): Promise<FreshToken> => {
  const ours = keptOf(auth.refreshToken, kept);
  const refreshToken = ours?.refreshToken ?? auth.refreshToken;
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: auth.clientId,
    client_secret: auth.clientSecret,
    refresh_token: refreshToken,
  });
  const path = pathsOf(config).token;
  const answer = await tools.call({ name: 'token', kind: 'read', repeatable: true, signal }, async (within) => {
    const answered = await send(originOf(config), null, { name: 'token', method: 'POST', path, form }, within);
    if (answered.status >= 400) throw refusedGrant(answered, tools.vendorNow());
    return { value: answered, bytes: answered.bytes, date: answered.headers.date ?? null };
  });
  const parsed = tokenAnswer.safeParse(answer.body);
  if (!parsed.success) throw new ConnectorError('protocol', 'HubSpot, token: the answer is no token');
  const { access_token: accessToken, refresh_token: rotated, expires_in: seconds, hub_id: portal } = parsed.data;
  if (ours?.portal !== undefined && portal !== undefined && ours.portal !== portal)
    throw new ConnectorError(
      'config',
      `HubSpot: this connection was made for portal ${ours.portal}, and its token is now one of portal ${portal}`,
    );
  const known = portal ?? ours?.portal;
  return {
    accessToken,
    expiresAt: tools.clock.now() + seconds * 1000,
    // Whether HubSpot rotates refresh tokens is not documented for v3: what comes back is kept.
    keep: keptWith(auth.refreshToken, {
      refreshToken: rotated ?? refreshToken,
      ...(known === undefined ? {} : { portal: known }),
    }),
  };
};

const oauthError = z.object({ error: z.string().optional(), status: z.string().optional() });

const refusedGrant = (answer: HttpAnswer, now: number): ConnectorError => {
  const parsed = oauthError.safeParse(answer.body);
  const given = parsed.success ? (parsed.data.status ?? parsed.data.error) : undefined;
  if (answer.status >= 500 || answer.status === 429 || given === undefined)
    return failureOf('token', answer, now, 3_600_000);
  // Codes are words; anything else might be what we sent, sent back.
  const code = /^[A-Za-z_]{3,60}$/.test(given) ? given : 'refused';
  return new ConnectorError(
    'auth',
    `HubSpot: signing in by oauth was refused (${code}). Install the app again and store the new refresh token`,
    { code },
  );
};
