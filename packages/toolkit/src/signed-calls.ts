import type { Answer, Tools } from '@heed/contract';
import type { TokenSource } from './token-source.ts';

/** For a key that the settings hold and nothing renews. */
export const fixedToken = (accessToken: string): TokenSource => ({
  get: async () => ({ accessToken, expiresAt: null }),
  refused: () => {},
});

/** How a request may be treated; its method does not tell, as vendors read by POST, too. */
export interface Manner {
  readonly kind: 'read' | 'write';
  /**
   * Sent twice it does no harm. Unless told: reads. A write of consent that may have been applied is looked up by the engine, not repeated:
   * only so is an echo told from what somebody else did meanwhile (C8).
   */
  readonly repeatable?: boolean;
}

/** What signs the requests of a session. */
export interface SignedSession {
  readonly tokens: TokenSource;
  /** Whether a failure says that the token ended before its time, so that a new one may help. */
  isEnd(error: unknown): boolean;
  /** Aborted when the session is closed: it ends what runs. */
  readonly closed: AbortSignal;
  /** For calls of each kind, in milliseconds; those of the tools unless told. */
  readonly timeoutMs?: Readonly<Record<Manner['kind'], number>>;
}

/** One signed request under the account's limits, with the name for messages, limits and the call count. */
export type Ask<R, T> = (request: R, manner: Manner, signal: AbortSignal) => Promise<T>;

/**
 * Requests with the connection's token, and once more with a new one where the session had ended; the token source stops a vendor that
 * refuses what it has just given. `send` makes one try and throws ConnectorErrors, also for answers of 400 and above. The token is got
 * outside of the call: to get one is a call itself and needs a permit, too.
 */
export const signedCalls = <R extends { readonly name: string }, T>(
  tools: Pick<Tools, 'call'>,
  { tokens, isEnd, closed, timeoutMs }: SignedSession,
  send: (request: R, token: string, signal: AbortSignal) => Promise<Answer<T>>,
): Ask<R, T> => {
  return async (request, { kind, repeatable = kind === 'read' }, callerSignal) => {
    const signal = AbortSignal.any([callerSignal, closed]);
    const limit = timeoutMs === undefined ? {} : { timeoutMs: timeoutMs[kind] };
    const once = (token: string): Promise<T> =>
      tools.call({ name: request.name, kind, repeatable, ...limit, signal }, (within) => send(request, token, within));
    const { accessToken } = await tokens.get(signal);
    try {
      return await once(accessToken);
    } catch (error) {
      if (!isEnd(error)) throw error;
    }
    tokens.refused(accessToken);
    return once((await tokens.get(signal)).accessToken);
  };
};
