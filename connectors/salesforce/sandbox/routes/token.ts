import { createHash, createHmac } from 'node:crypto';
import { empty, json, type Reply } from '@heed/sandbox';
import { newRefreshToken } from '../state/tokens.ts';
import { type OrgExchange, type OrgRoute, route } from './answers.ts';
import { bearerAssertionUser } from './jwt.ts';

/** Token-endpoint errors: HTTP 400 `{error, error_description}` (notes, section 1). */
function refused(error: string, description: string): Reply {
  return json(400, { error, error_description: description });
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';

interface Grant {
  readonly userId: string;
  readonly refreshToken?: string;
}

function issue(exchange: OrgExchange, { userId, refreshToken }: Grant): Reply {
  const { world } = exchange;
  const org = world.state;
  const own = `${org.organizationId.slice(0, 15)}!`;
  const length = Math.max(40, Number(world.switches.get('tokenCharacters')));
  const token = `${own}${world.random.text(length - own.length, alphabet)}`;
  const now = world.clock.now();
  org.accessTokens.set(token, { userId, expiresAtMs: now + Number(world.switches.get('tokenLifetimeMs')) });
  const id = `${exchange.origin}/id/${org.organizationId}/${userId}`;
  const signature = createHmac('sha256', org.credentials.clientSecret).update(`${id}${now}`).digest('base64');
  return json(200, {
    access_token: token,
    signature,
    scope: 'api refresh_token',
    instance_url: exchange.origin,
    id,
    token_type: 'Bearer',
    issued_at: String(now),
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
  });
}

/** The client's own credentials, from the form or from HTTP Basic. */
function clientError(exchange: OrgExchange, form: URLSearchParams, secretNeeded: boolean): Reply | undefined {
  const { clientId, clientSecret } = exchange.world.state.credentials;
  const basic = /^Basic\s+(\S+)$/i.exec(exchange.headers.authorization ?? '')?.[1];
  const [basicId, basicSecret] = basic === undefined ? [] : Buffer.from(basic, 'base64').toString('utf8').split(':');
  const id = form.get('client_id') ?? basicId;
  const secret = form.get('client_secret') ?? basicSecret;
  if (id !== clientId) return refused('invalid_client_id', 'client identifier invalid');
  if (secret === undefined ? secretNeeded : secret !== clientSecret) {
    return refused('invalid_client', 'invalid client credentials');
  }
  return undefined;
}

function refresh(exchange: OrgExchange, form: URLSearchParams): Reply {
  const { state: org, switches, clock } = exchange.world;
  const client = clientError(exchange, form, false);
  if (client) return client;
  const given = form.get('refresh_token') ?? '';
  const token = org.refreshTokens.get(given);
  if (!token) return refused('invalid_grant', 'expired access/refresh token');
  if (token.busyUntilMs > clock.now()) return refused('invalid_grant', 'token request is already being processed');
  if (switches.isOn('rotateRefreshTokens')) {
    org.refreshTokens.delete(given);
    return issue(exchange, { userId: token.userId, refreshToken: newRefreshToken(exchange.world, token.userId) });
  }
  org.refreshTokens.set(given, { ...token, busyUntilMs: clock.now() + Number(switches.get('refreshTakesMs')) });
  return issue(exchange, { userId: token.userId });
}

function jwtBearer(exchange: OrgExchange, form: URLSearchParams): Reply {
  const verdict = bearerAssertionUser(exchange, form.get('assertion') ?? '');
  return 'userId' in verdict ? issue(exchange, verdict) : refused(verdict.error, verdict.description);
}

function clientCredentials(exchange: OrgExchange, form: URLSearchParams): Reply {
  const client = clientError(exchange, form, true);
  if (client) return client;
  // "My Domain host only: login host answers ..." [UNV text]
  if (exchange.world.switches.get('loginHost') === 'login') {
    return refused('invalid_grant', 'request not supported on this domain');
  }
  return issue(exchange, { userId: exchange.world.state.users.integration });
}

function password(exchange: OrgExchange, form: URLSearchParams): Reply {
  const { credentials, users } = exchange.world.state;
  const client = clientError(exchange, form, true);
  if (client) return client;
  const isRight = form.get('username') === credentials.username && form.get('password') === credentials.password;
  if (exchange.world.switches.get('passwordFlow') === 'blocked' || !isRight) {
    return refused('invalid_grant', 'authentication failure');
  }
  return issue(exchange, { userId: users.integration });
}

function authorizationCode(exchange: OrgExchange, form: URLSearchParams): Reply {
  const org = exchange.world.state;
  const client = clientError(exchange, form, false);
  if (client) return client;
  const code = org.authorizationCodes.get(form.get('code') ?? '');
  org.authorizationCodes.delete(form.get('code') ?? '');
  if (!code) return refused('invalid_grant', 'expired authorization code');
  if (form.get('redirect_uri') !== code.redirectUri) return refused('redirect_uri_mismatch', 'redirect_uri must match');
  const challenge = createHash('sha256')
    .update(form.get('code_verifier') ?? '')
    .digest('base64url');
  if (code.challenge !== undefined && code.challenge !== challenge)
    return refused('invalid_grant', 'invalid code verifier');
  const userId = org.users.integration;
  return issue(exchange, { userId, refreshToken: newRefreshToken(exchange.world, userId) });
}

function token(exchange: OrgExchange): Reply {
  const form = exchange.body.form();
  switch (form.get('grant_type')) {
    case 'refresh_token':
      return refresh(exchange, form);
    case 'urn:ietf:params:oauth:grant-type:jwt-bearer':
      return jwtBearer(exchange, form);
    case 'client_credentials':
      return clientCredentials(exchange, form);
    case 'authorization_code':
      return authorizationCode(exchange, form);
    case 'password':
      return password(exchange, form);
    default:
      return refused('unsupported_grant_type', 'grant type not supported');
  }
}

/** The user is signed in and agrees at once: the browser goes straight back with a code. */
function authorize(exchange: OrgExchange): Reply {
  const { query, world } = exchange;
  const redirectUri = query.get('redirect_uri') ?? '';
  if (query.get('client_id') !== world.state.credentials.clientId || !URL.canParse(redirectUri)) {
    return refused('invalid_client_id', 'client identifier invalid');
  }
  const code = world.random.text(40, alphabet);
  world.state.authorizationCodes.set(code, { redirectUri, challenge: query.get('code_challenge') ?? undefined });
  const back = new URL(redirectUri);
  back.searchParams.set('code', code);
  const state = query.get('state');
  if (state !== null) back.searchParams.set('state', state);
  return empty(302, { location: back.href });
}

function revoke(exchange: OrgExchange): Reply {
  const { accessTokens, refreshTokens } = exchange.world.state;
  const given = exchange.body.form().get('token') ?? '';
  const known = accessTokens.delete(given) || refreshTokens.delete(given);
  return known ? empty(200) : refused('unsupported_token_type', 'this token type is not supported');
}

export const tokenRoutes: readonly OrgRoute[] = [
  { ...route('POST', '/services/oauth2/token', token), open: true },
  { ...route('GET', '/services/oauth2/authorize', authorize), open: true },
  { ...route('POST', '/services/oauth2/revoke', revoke), open: true },
];
