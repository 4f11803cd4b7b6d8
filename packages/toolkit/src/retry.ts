import { type CallSpec, ConnectorError } from '@heed/contract';

export interface RetryPolicy {
  /** The first try included. */
  readonly maxAttempts: number;
  /** The pause before the second try is drawn from 0 to this, before each further one from twice as much. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** When the vendor asks to wait longer than this, the error goes up at once, with `retryAfterMs`. */
  readonly longestRetryAfterMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 5,
  firstPauseMs: 500,
  longestPauseMs: 30_000,
  longestRetryAfterMs: 120_000,
};

/** Whether the request that ended in this error may have taken effect at the vendor. In doubt it may. */
export const mayHaveApplied = (spec: CallSpec, error: ConnectorError): boolean => {
  if (spec.kind === 'read') return false;
  if (error.details.mayHaveApplied !== undefined) return error.details.mayHaveApplied;
  return error.kind === 'unavailable' || error.kind === 'protocol';
};

/**
 * How long to wait before the next try, in milliseconds; null if there is none: the error is final by its kind, tries are
 * used up, the vendor asks for too long a wait, or repeating could do something twice.
 * `attempt` counts from 1. Full jitter: many clients that failed together do not come back together.
 */
export const pauseBefore = (
  spec: CallSpec,
  error: ConnectorError,
  attempt: number,
  policy: RetryPolicy,
  random: () => number,
): number | null => {
  if (error.kind !== 'rate-limited' && error.kind !== 'unavailable') return null;
  if (attempt >= policy.maxAttempts) return null;
  if (!spec.repeatable && mayHaveApplied(spec, error)) return null;
  const asked = error.details.retryAfterMs ?? 0;
  if (asked > policy.longestRetryAfterMs) return null;
  const range = Math.min(policy.longestPauseMs, policy.firstPauseMs * 2 ** (attempt - 1));
  return asked + Math.round(random() * range);
};

/** The same error, saying whether the request may have taken effect in this or an earlier try. A read never has. */
export const withDoubt = (spec: CallSpec, error: ConnectorError, inDoubt: boolean): ConnectorError => {
  const mayHaveApplied = spec.kind !== 'read' && inDoubt;
  if ((error.details.mayHaveApplied ?? !mayHaveApplied) === mayHaveApplied) return error;
  const same = new ConnectorError(error.kind, error.message, { ...error.details, mayHaveApplied });
  if (error.stack !== undefined) same.stack = error.stack;
  return same;
};
