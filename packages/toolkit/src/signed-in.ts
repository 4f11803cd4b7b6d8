import type { FreshToken, TokenSource } from './token-source.ts';

/** For a key that the settings hold and nothing renews. */
export const fixedToken = (accessToken: string): TokenSource => ({
  get: async () => ({ accessToken, expiresAt: null }),
  refused: () => {},
});

/**
 * Runs a call with the connection's token, and once more with a new one where `isSessionEnd` says of the failure that the token
 * ended before its time. The token source stops a vendor that refuses what it has just given. Never inside of `tools.call`: to get
 * a token is a call itself.
 */
export const signedIn = async <T>(
  tokens: TokenSource,
  isSessionEnd: (error: unknown) => boolean,
  signal: AbortSignal,
  call: (token: FreshToken) => Promise<T>,
): Promise<T> => {
  const token = await tokens.get(signal);
  try {
    return await call(token);
  } catch (error) {
    if (!isSessionEnd(error)) throw error;
  }
  tokens.refused(token.accessToken);
  return call(await tokens.get(signal));
};
