import { json, type Reply } from '@heed/sandbox';
import { newAccessToken } from '../state/fresh-account.ts';
import { type Call, type NsRoute, route } from './answers.ts';
import { assertionVerdict, TOKEN_PATH } from './assertion.ts';
import { noteAttempt } from './sign-in.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** OAuth 2.0 errors of RFC 6749; which of them NetSuite gives for what is not documented. */
function refused(call: Call, error: string, why: string): Reply {
  noteAttempt(call.world, why);
  return json(400, { error });
}

/** `grant_type=client_credentials` with a signed assertion (section_162755359851). */
function token(call: Call): Reply {
  const form = call.body.form();
  const grant = form.get('grant_type');
  if (grant === null) return refused(call, 'invalid_request', 'GrantTypeMissing');
  if (grant !== 'client_credentials') return refused(call, 'unsupported_grant_type', 'GrantTypeNotSupported');
  if (form.get('client_assertion_type') !== JWT_BEARER) return refused(call, 'invalid_request', 'AssertionTypeMissing');
  const assertion = form.get('client_assertion'); // "parameter named `assertion`" is a common mistake
  if (assertion === null) return refused(call, 'invalid_request', 'AssertionMissing');
  const verdict = assertionVerdict(call, assertion);
  if ('fault' in verdict) return refused(call, 'invalid_grant', verdict.fault);
  const { state, clock, random, switches } = call.world;
  const accessToken = newAccessToken(random);
  const lifetimeMs = Number(switches.get('tokenLifetimeMs'));
  state.tokens.set(accessToken, { expiresAtMs: clock.now() + lifetimeMs, scopes: verdict.scopes });
  const expiresIn = Math.floor(lifetimeMs / 1000);
  return json(200, {
    access_token: accessToken,
    expires_in: switches.get('expiresInType') === 'number' ? expiresIn : String(expiresIn),
    token_type: 'Bearer',
  });
}

export const tokenRoutes: readonly NsRoute[] = [
  { ...route('POST', TOKEN_PATH.slice('/services/rest'.length), token), open: true },
];
