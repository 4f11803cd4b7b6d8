import { type Access, freshAccessToken, freshRefreshToken } from '../portal/access.ts';
import { notFound } from '../portal/api-error.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { type PortalExchange, type PortalRoute, param, replying, route } from './route.ts';

/** "Access token lives 30 minutes (`expires_in` 1800)" */
const LIFETIME_S = 1_800;

const OPEN = { kind: 'oauth' } as const;

/** The token endpoint, below `base`: `/oauth/v1`, `/oauth/v3`, `/oauth/2026-03`. */
export function oauthRoutes(base: string): readonly PortalRoute[] {
  return [
    route('POST', `${base}/token`, token, OPEN),
    route('GET', `${base}/access-tokens/{token}`, aboutAccessToken, OPEN),
    route('GET', `${base}/refresh-tokens/{token}`, aboutRefreshToken, OPEN),
    route('DELETE', `${base}/refresh-tokens/{token}`, revokeRefreshToken, OPEN),
  ];
}

function refused(exchange: PortalExchange, error: string, status: string, description: string): object {
  return replying(400, {
    error,
    error_description: description,
    status,
    message: description,
    correlationId: exchange.requestId,
  });
}

/** "token endpoint takes form-urlencoded `grant_type` = authorization_code | refresh_token | client_credentials" */
function token(exchange: PortalExchange): object {
  const { access } = exchange.world.state;
  const form = exchange.body.form();
  if (form.get('client_id') !== access.clientId) {
    return refused(exchange, 'invalid_client', 'BAD_CLIENT_ID', 'missing or unknown client id');
  }
  if (form.get('client_secret') !== access.clientSecret) {
    return refused(exchange, 'invalid_client', 'BAD_CLIENT_SECRET', 'missing or invalid client secret');
  }
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return byCode(exchange, form);
    case 'refresh_token':
      return byRefreshToken(exchange, form);
    case 'client_credentials':
      return issued(exchange, access.scopes, undefined);
    default:
      return refused(exchange, 'unsupported_grant_type', 'BAD_GRANT_TYPE', 'missing or unknown grant type');
  }
}

/** A code works once, for its redirect address. */
function byCode(exchange: PortalExchange, form: URLSearchParams): object {
  const { world } = exchange;
  const { access } = world.state;
  const code = form.get('code') ?? '';
  const known = Object.hasOwn(access.codes, code) ? access.codes[code] : undefined;
  if (known === undefined || known.expiresAtMs <= world.clock.now()) {
    return refused(exchange, 'invalid_grant', 'BAD_AUTH_CODE', 'missing or unknown auth code');
  }
  if (form.get('redirect_uri') !== access.redirectUri) {
    return refused(exchange, 'invalid_grant', 'MISMATCH_REDIRECT_URI_AUTH_CODE', 'redirect uri does not match');
  }
  delete access.codes[code];
  return issued(exchange, known.scopes, newRefreshToken(world, known.scopes));
}

/** "`BAD_REFRESH_TOKEN`"; whether a refresh token changes with its use is unverified. */
function byRefreshToken(exchange: PortalExchange, form: URLSearchParams): object {
  const { world } = exchange;
  const { access } = world.state;
  const given = form.get('refresh_token') ?? '';
  const known = Object.hasOwn(access.refreshTokens, given) ? access.refreshTokens[given] : undefined;
  if (known === undefined) {
    const description = 'refresh token is invalid, expired or revoked';
    return refused(exchange, 'invalid_grant', 'BAD_REFRESH_TOKEN', description);
  }
  if (!world.switches.isOn('rotateRefreshTokens')) return issued(exchange, known.scopes, given);
  delete access.refreshTokens[given];
  return issued(exchange, known.scopes, newRefreshToken(world, known.scopes));
}

function newRefreshToken({ state, random }: PortalWorld, scopes: readonly string[]): string {
  const made = freshRefreshToken(random);
  state.access.refreshTokens[made] = { scopes };
  return made;
}

function issued({ path, world }: PortalExchange, scopes: readonly string[], refreshToken: string | undefined): object {
  const { state, random, clock } = world;
  const accessToken = freshAccessToken(random);
  state.access.tokens[accessToken] = { expiresAtMs: clock.now() + LIFETIME_S * 1000, scopes };
  return {
    access_token: accessToken,
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
    expires_in: LIFETIME_S,
    token_type: 'bearer',
    ...(path.startsWith('/oauth/v1/')
      ? {}
      : {
          token_use: refreshToken === undefined ? 'client_credentials' : 'access_token',
          hub_id: state.portalId,
          scopes,
          user_id: state.userId,
        }),
  };
}

function aboutAccessToken(exchange: PortalExchange): object {
  const { state, clock } = exchange.world;
  const given = param(exchange, 'token');
  const known = Object.hasOwn(state.access.tokens, given) ? state.access.tokens[given] : undefined;
  if (known === undefined) throw notFound('missing or unknown access token');
  return {
    token: given,
    hub_id: state.portalId,
    user_id: state.userId,
    app_id: state.appId,
    hub_domain: 'sandbox.example',
    user: 'admin@sandbox.example',
    scopes: known.scopes,
    token_type: 'access',
    expires_in: Math.max(0, Math.floor((known.expiresAtMs - clock.now()) / 1000)),
  };
}

function refreshTokenMeant(exchange: PortalExchange): { readonly access: Access; readonly given: string } {
  const { access } = exchange.world.state;
  const given = param(exchange, 'token');
  if (!Object.hasOwn(access.refreshTokens, given)) throw notFound('missing or unknown refresh token');
  return { access, given };
}

function aboutRefreshToken(exchange: PortalExchange): object {
  const { access, given } = refreshTokenMeant(exchange);
  const { portalId, userId } = exchange.world.state;
  return {
    token: given,
    hub_id: portalId,
    user_id: userId,
    client_id: access.clientId,
    hub_domain: 'sandbox.example',
    user: 'admin@sandbox.example',
    scopes: access.refreshTokens[given]?.scopes ?? [],
    token_type: 'refresh',
  };
}

function revokeRefreshToken(exchange: PortalExchange): undefined {
  const { access, given } = refreshTokenMeant(exchange);
  delete access.refreshTokens[given];
  return undefined;
}
