import type { Exchange } from '@heed/sandbox';
import type { Account, AccountWorld } from '../state/account.ts';
import { stampOf } from '../state/time.ts';
import { tokenRequestFault } from './oauth1.ts';

type Call = Exchange<Account>;

/** Entries kept in the Login Audit Trail. */
const TRAIL_KEPT = 1000;

/** Whether a call carries credentials that are good for its path; why not is only in the Login Audit Trail. */
export function signedIn(call: Call): boolean {
  const fault = credentialsFault(call);
  if (fault === undefined) return true;
  noteAttempt(call.world, fault);
  return false;
}

/** The Login Audit Trail says what the answer does not. */
export function noteAttempt({ state, clock }: AccountWorld, detail: string): void {
  state.loginAudit.push({ at: stampOf(clock.now()), detail });
  if (state.loginAudit.length > TRAIL_KEPT) state.loginAudit.splice(0, state.loginAudit.length - TRAIL_KEPT);
}

function credentialsFault(call: Call): string | undefined {
  const { state, switches } = call.world;
  const authorization = call.headers.authorization ?? '';
  const bearer = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
  const fault =
    bearer !== undefined
      ? bearerFault(call, bearer)
      : switches.isOn('tokenBasedAuthentication')
        ? tokenRequestFault(call, authorization)
        : 'TokenBasedAuthenticationIsOff';
  if (fault !== undefined) return fault;
  // "one code for ... missing permission" (notes, section 1)
  return state.permissions.rest || !call.path.startsWith('/services/') ? undefined : 'RestWebServicesPermissionMissing';
}

function bearerFault(call: Call, bearer: string): string | undefined {
  const { state, clock } = call.world;
  if (bearer === state.credentials.accessToken) return undefined;
  const token = state.tokens.get(bearer);
  if (token === undefined) return 'InvalidAccessToken';
  if (token.expiresAtMs <= clock.now()) return 'AccessTokenExpired';
  const scope = call.path.startsWith('/services/') ? 'rest_webservices' : 'restlets';
  return token.scopes.includes(scope) ? undefined : 'ScopeMismatch';
}
