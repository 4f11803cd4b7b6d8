import { ConnectorError } from '@heed/contract';
import { type AuthConfig, type NetSuiteConfig, realmOf } from './config.ts';

/**
 * The `Authorization` header of one request, signed by netsuite-rest: the one file that imports it, on first use. Every try is
 * signed anew. Only its signer is used; how requests travel is ours, because its `request` (netsuite-rest 1.0.9 on got 11)
 * - repeats 429 and 5xx itself with the same nonce, which is a replay to NetSuite, and cannot be told not to;
 * - has no time-out and cannot be aborted;
 * - drops the answer's headers, in which the id of a new record and all warnings stand;
 * - sends `prefer: transient` with every body, so no asynchronous batch can be sent;
 * - throws "Unexpected token" for an error page in HTML, and errors that carry the whole body;
 * - cannot reach RESTlets, and makes the wrong host of an account with two underscores.
 * Its signer takes the time from the machine's clock and chance from the machine, as we cannot hand them over.
 */
export const signedBy = async (
  auth: Extract<AuthConfig, { method: 'token-based' }>,
  config: NetSuiteConfig,
  request: { readonly url: string; readonly method: string },
): Promise<string> => {
  const { default: NetsuiteRest } = await import('netsuite-rest');
  const signer = new NetsuiteRest({
    consumer_key: auth.consumerKey,
    consumer_secret_key: auth.consumerSecret,
    token: auth.tokenId,
    token_secret: auth.tokenSecret,
    realm: realmOf(config),
  });
  try {
    return signer.getAuthorizationHeader(request).Authorization;
  } catch {
    throw new ConnectorError('config', 'netsuite: a request could not be signed with these keys');
  }
};
