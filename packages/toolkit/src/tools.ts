import {
  type Answer,
  type CallSpec,
  type Clock,
  ConnectorError,
  type RateLimit,
  type TokenVault,
  type Tools,
} from '@heed/contract';
import type { AccountQuota } from './account-quota.ts';
import { stopped, withDeadline } from './deadline.ts';
import { createLimiter, type Limiter } from './limiter.ts';
import type { Meter } from './meter.ts';
import { safeMessage } from './redact.ts';
import { DEFAULT_RETRY, mayHaveApplied, pauseBefore, type RetryPolicy, withDoubt } from './retry.ts';
import { type VendorClock, vendorClock } from './vendor-clock.ts';

export interface ToolsParts {
  /** Name of the connector. */
  readonly connector: string;
  /** As `Connector.account` answers it; no secret. */
  readonly account: string;
  readonly limits: readonly RateLimit[];
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly quota: AccountQuota;
  readonly vault: TokenVault;
  readonly meter: Meter;
  readonly retry?: Partial<RetryPolicy>;
  /** For calls that do not say; 60 s. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** A permit outlives the time-out a little, so that a slow end is not taken for a killed process. */
const HOLD_BEYOND_TIMEOUT_MS = 5_000;

/** A nonsensical Retry-After must not silence an account for years. */
const LONGEST_ACCOUNT_PAUSE_MS = 3_600_000;

interface Calling {
  readonly parts: ToolsParts;
  readonly policy: RetryPolicy;
  readonly limiter: Limiter;
  readonly vendor: VendorClock;
}

/** What a session gets: see `Tools` in the contract. One per connection; several of one account share its quota. */
export const createTools = (parts: ToolsParts): Tools => {
  const policy: RetryPolicy = { ...DEFAULT_RETRY, ...parts.retry };
  const limiter = createLimiter({ ...parts, longestWaitMs: policy.longestRetryAfterMs });
  const calling: Calling = { parts, policy, limiter, vendor: vendorClock(parts.clock) };
  return {
    clock: parts.clock,
    random: parts.random,
    tokens: parts.vault,
    vendorNow: () => calling.vendor.now(),
    call: (spec, request) => callUntilDone(calling, spec, request),
  };
};

type Request<T> = (signal: AbortSignal) => Promise<Answer<T>>;

const callUntilDone = async <T>(calling: Calling, spec: CallSpec, request: Request<T>): Promise<T> => {
  const { parts, policy, limiter } = calling;
  let inDoubt = false;
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryOnce(calling, spec, request);
    if ('value' in tried) return tried.value;
    const { error } = tried;
    parts.meter.add(spec.name, { failures: 1 });
    inDoubt ||= mayHaveApplied(spec, error);
    const { retryAfterMs } = error.details;
    if (error.kind === 'rate-limited' && retryAfterMs !== undefined && tried.sent)
      await limiter.pause(Math.min(retryAfterMs, LONGEST_ACCOUNT_PAUSE_MS));
    const pauseMs = pauseBefore(spec, error, attempt, policy, parts.random);
    if (pauseMs === null || spec.signal.aborted || !tried.sent) throw withDoubt(spec, error, inDoubt);
    parts.meter.add(spec.name, { retries: 1 });
    await parts.clock.sleep(pauseMs, spec.signal).catch(() => {
      throw withDoubt(spec, stopped(named(parts, spec), false), inDoubt);
    });
  }
};

type Tried<T> = { readonly value: T } | { readonly error: ConnectorError; readonly sent: boolean };

/** A message that names a call names its system first: `mailchimp members`. */
const named = ({ connector }: ToolsParts, spec: CallSpec): CallSpec => ({ ...spec, name: `${connector} ${spec.name}` });

const tryOnce = async <T>(calling: Calling, spec: CallSpec, request: Request<T>): Promise<Tried<T>> => {
  const { parts, limiter, vendor } = calling;
  const told = named(parts, spec);
  const timeoutMs = spec.timeoutMs ?? parts.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let leave: () => Promise<void>;
  try {
    leave = await limiter.enter(timeoutMs + HOLD_BEYOND_TIMEOUT_MS, spec.signal, spec.name);
  } catch (error) {
    return { error: spec.signal.aborted ? stopped(told, false) : notLetThrough(told, error), sent: false };
  }
  try {
    parts.meter.add(spec.name, { calls: 1 });
    const answer = await withDeadline(told, timeoutMs, parts.clock, request);
    vendor.learn(answer.date);
    parts.meter.add(spec.name, { bytes: answer.bytes ?? 0 });
    return { value: answer.value };
  } catch (error) {
    return { error: asConnectorError(told, error), sent: true };
  } finally {
    await leave();
  }
};

const notLetThrough = (spec: CallSpec, error: unknown): ConnectorError =>
  error instanceof ConnectorError
    ? error
    : new ConnectorError('unavailable', `${spec.name}: limits cannot be counted: ${safeMessage(error)}`, {
        mayHaveApplied: false,
      });

/** Anything else than a ConnectorError is a connector's oversight; its text is not trusted to be free of secrets. */
const asConnectorError = (spec: CallSpec, error: unknown): ConnectorError =>
  error instanceof ConnectorError
    ? error
    : new ConnectorError('protocol', `${spec.name}: ${safeMessage(error)}`, { mayHaveApplied: spec.kind === 'write' });
