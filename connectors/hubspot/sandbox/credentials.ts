import type { PortalExchange } from './routes/route.ts';

/** Whose call it is. */
export interface Caller {
  readonly kind: 'static' | 'oauth';
  /** Calls are counted per app. */
  readonly app: string;
  readonly scopes: readonly string[];
}

/** Why a call has no caller. */
export type NoCaller = 'missing' | 'unknown' | 'expired';

/** The caller by `Authorization: Bearer`. */
export function callerOf({ headers, world }: Pick<PortalExchange, 'headers' | 'world'>): Caller | NoCaller {
  const { access } = world.state;
  const token = bearerToken(headers.authorization);
  if (token === undefined) return 'missing';
  if (access.revoked.includes(token)) return 'expired';
  if (token === access.staticToken) return { kind: 'static', app: 'private-app', scopes: access.scopes };
  const known = Object.hasOwn(access.tokens, token) ? access.tokens[token] : undefined;
  if (known === undefined) return 'unknown';
  if (known.expiresAtMs <= world.clock.now()) return 'expired';
  return { kind: 'oauth', app: access.clientId, scopes: known.scopes };
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
}
