import type { OrgWorld } from './org.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._';

export function newRefreshToken(world: OrgWorld, userId: string): string {
  const token = `5Aep861${world.random.text(80, alphabet)}`;
  world.state.refreshTokens.set(token, { userId, busyUntilMs: 0 });
  return token;
}

/**
 * Somebody else who holds the same refresh token used it: every refresh token given out is replaced by one that only
 * they know, and the given access token ends. `credentials.refreshToken` names the new one.
 */
export function rotateTokens(world: OrgWorld, accessToken: string | undefined): void {
  const { state: org } = world;
  const userId = org.users.integration;
  org.refreshTokens.clear();
  org.credentials.refreshToken = newRefreshToken(world, userId);
  if (accessToken !== undefined) org.accessTokens.delete(accessToken);
}
