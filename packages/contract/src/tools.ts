import type { Millis } from './record.ts';

/** Our own clock; injected, so that the real engine runs in a simulation. */
export interface Clock {
  now(): Millis;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What one request is, for limits, retries and the call count. Nothing in it is personal. */
export interface CallSpec {
  /** `query`, `members`: counted and shown under this name. */
  readonly name: string;
  readonly kind: 'read' | 'write';
  /** Sending it twice does no harm: it may be repeated after a lost answer. */
  readonly repeatable: boolean;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}

export interface Answer<T> {
  readonly value: T;
  /** Size of the answer's body, where known. */
  readonly bytes?: number;
  /** The vendor's `Date` header, from which `vendorNow` learns the difference of the clocks. */
  readonly date?: string | null;
}

/** Tokens that the vendor rotates, sealed with the customer's key file and durable before they are used. */
export interface TokenVault {
  load(): Promise<Readonly<Record<string, string>> | null>;
  save(tokens: Readonly<Record<string, string>>): Promise<void>;
}

/** What the toolkit gives a session: the only way to the outside. */
export interface Tools {
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly tokens: TokenVault;
  /**
   * Runs one request under the account's limits, with a time-out, and repeats it with back-off and jitter where that is
   * safe. `request` throws ConnectorError only; `retryAfterMs` is obeyed. A non-repeatable request that may have been
   * applied is not repeated: the error says `mayHaveApplied`.
   */
  call<T>(spec: CallSpec, request: (signal: AbortSignal) => Promise<Answer<T>>): Promise<T>;
  /** Vendor's clock as far as its answers showed it; our own before the first answer. */
  vendorNow(): Millis;
}
