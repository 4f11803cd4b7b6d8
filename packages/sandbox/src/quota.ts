/** How many calls a vendor allows. */
export interface QuotaRule {
  readonly limit: number;
  readonly windowMs: number;
  /** `fixed` starts again at each multiple of the window, `rolling` looks back one window from now. */
  readonly kind: 'fixed' | 'rolling';
}

/** What was used so far: plain JSON, so it can live in a sandbox's state. */
export interface QuotaUse {
  /** [start of the slice in ms, calls in it], oldest first. */
  slices: [number, number][];
}

/** The answer to a call that wants to be counted. */
export interface QuotaAnswer {
  readonly allowed: boolean;
  /** Calls counted in the window, this one included when allowed. */
  readonly used: number;
  readonly limit: number;
  /** Until when a refused caller had better wait, in milliseconds; 0 when allowed. */
  readonly retryAfterMs: number;
}

/** A rolling window is kept in this many slices; finer than any limit a vendor documents. */
const ROLLING_SLICES = 100;

export function freshQuota(): QuotaUse {
  return { slices: [] };
}

/** Counts `cost` calls at `nowMs` if the rule still allows them. */
export function takeQuota(use: QuotaUse, rule: QuotaRule, nowMs: number, cost = 1): QuotaAnswer {
  const used = quotaUsed(use, rule, nowMs);
  if (used + cost > rule.limit) {
    return { allowed: false, used, limit: rule.limit, retryAfterMs: nextFreeMs(use, rule, nowMs) };
  }
  const slice = sliceStart(rule, nowMs);
  const last = use.slices.at(-1);
  if (last !== undefined && last[0] === slice) last[1] += cost;
  else use.slices.push([slice, cost]);
  return { allowed: true, used: used + cost, limit: rule.limit, retryAfterMs: 0 };
}

/** The calls counted in the window that ends at `nowMs`; forgets older ones. */
export function quotaUsed(use: QuotaUse, rule: QuotaRule, nowMs: number): number {
  const from = windowStart(rule, nowMs);
  use.slices = use.slices.filter(([start]) => start >= from);
  return use.slices.reduce((sum, [, calls]) => sum + calls, 0);
}

function windowStart(rule: QuotaRule, nowMs: number): number {
  if (rule.kind === 'fixed') return sliceStart(rule, nowMs);
  return sliceStart(rule, nowMs) - rule.windowMs + rule.windowMs / ROLLING_SLICES;
}

function sliceStart(rule: QuotaRule, nowMs: number): number {
  const sliceMs = rule.kind === 'fixed' ? rule.windowMs : rule.windowMs / ROLLING_SLICES;
  return Math.floor(nowMs / sliceMs) * sliceMs;
}

function nextFreeMs(use: QuotaUse, rule: QuotaRule, nowMs: number): number {
  const oldest = use.slices[0]?.[0] ?? sliceStart(rule, nowMs);
  return Math.max(1, oldest + rule.windowMs - nowMs);
}
