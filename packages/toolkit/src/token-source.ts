import { type Clock, ConnectorError, type Millis, type TokenVault } from '@heed/contract';

export interface FreshToken {
  readonly accessToken: string;
  /** By our own clock; null if the vendor does not say. */
  readonly expiresAt: Millis | null;
  /** What came with it and is not kept: an instance URL. */
  readonly extra?: Readonly<Record<string, string>>;
  /** What must outlive this process: a rotated refresh token. Saved before the access token is used. */
  readonly keep?: Readonly<Record<string, string>>;
}

export interface TokenSource {
  /** A token that is good for a while yet; many askers cause one refresh. Rejects when `signal` is aborted. */
  get(signal: AbortSignal): Promise<FreshToken>;
  /** The vendor refused this token: the next `get` brings another. A token that is no longer ours is ignored. */
  refused(accessToken: string): void;
}

export interface TokenSourceParts {
  /** For messages: the connector's name. */
  readonly name: string;
  readonly clock: Clock;
  readonly vault: TokenVault;
  /**
   * Fetches a token with what the vault holds (null: nothing yet, use the configuration). Must have a time-out of its own
   * (make it through `tools.call`) and throw ConnectorError; `auth` if the grant was refused.
   */
  readonly refresh: (kept: Readonly<Record<string, string>> | null) => Promise<FreshToken>;
  /** A token is renewed this long before it expires; 60 s. */
  readonly marginMs?: number;
  /** More refreshes than this within `refreshWindowMs` are a loop: the vendor refuses what it gives. 3 in 30 s. */
  readonly maxRefreshes?: number;
  readonly refreshWindowMs?: number;
}

/** Keeps one access token of a connection fresh. */
export const tokenSource = (parts: TokenSourceParts): TokenSource => {
  const { clock, name, marginMs = 60_000, maxRefreshes = 3, refreshWindowMs = 30_000 } = parts;
  let current: FreshToken | null = null;
  let goodUntil: Millis = 0;
  let refreshing: Promise<FreshToken> | null = null;
  let refreshes: readonly Millis[] = [];

  const renew = async (): Promise<FreshToken> => {
    // Only tokens that were given count: a token endpoint that is down is no loop, and each asker gets its own error.
    refreshes = refreshes.filter((at) => at > clock.now() - refreshWindowMs);
    if (refreshes.length >= maxRefreshes) throw refusesItsOwn(name);
    const kept = await parts.vault.load();
    const fresh = await refreshWith(parts, kept);
    refreshes = [...refreshes, clock.now()];
    // A rotated refresh token is worthless if lost: durable first, used afterwards.
    if (fresh.keep !== undefined && !sameEntries(fresh.keep, kept)) await parts.vault.save(fresh.keep);
    current = fresh;
    const now = clock.now();
    const expiresAt = fresh.expiresAt ?? Number.POSITIVE_INFINITY;
    // A token that lives shorter than two margins is used for half of its life, not renewed at every call.
    goodUntil = expiresAt - Math.min(marginMs, Math.max(0, (expiresAt - now) / 2));
    return fresh;
  };

  return {
    async get(signal) {
      if (signal.aborted) throw stopped(name);
      if (current !== null && goodUntil > clock.now()) return current;
      refreshing ??= renew().finally(() => {
        refreshing = null;
      });
      return unlessAborted(refreshing, signal, name);
    },
    refused(accessToken) {
      if (current?.accessToken === accessToken) current = null;
    },
  };
};

/** Another process may have rotated the refresh token while we asked with the old one: look again before giving up. */
const refreshWith = async (
  { refresh, vault }: TokenSourceParts,
  kept: Readonly<Record<string, string>> | null,
): Promise<FreshToken> => {
  try {
    return await refresh(kept);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.kind !== 'auth') throw error;
    const newer = await vault.load();
    if (newer === null || sameEntries(newer, kept)) throw error;
    return refresh(newer);
  }
};

const sameEntries = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>> | null): boolean => {
  const keys = Object.keys(a);
  return b !== null && keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
};

/** One asker's abort must not end the refresh that others wait for. */
const unlessAborted = <T>(work: Promise<T>, signal: AbortSignal, name: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const stop = (): void => reject(stopped(name));
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });

const refusesItsOwn = (name: string): ConnectorError =>
  new ConnectorError('auth', `${name}: the vendor refuses tokens that it has just given; check the app's permissions`);

const stopped = (name: string): ConnectorError =>
  new ConnectorError('unavailable', `${name}: stopped`, { code: 'stopped', mayHaveApplied: false });
