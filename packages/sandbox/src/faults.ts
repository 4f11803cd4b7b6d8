import { routePattern } from './path-pattern.ts';
import { type SeededRandom, seededRandom } from './random.ts';

/** What the kit can do to a call by itself; a vendor may add kinds of its own, which its handlers ask for. */
export const COMMON_FAULT_KINDS = [
  // In the place of the vendor's answer; nothing is applied.
  'throttle', // the vendor's "too many requests"; status; with retryAfterS a Retry-After, as a date if details.retryAfter is "date"
  'server-error', // the vendor's 5xx; status, retryAfterS
  'html', // a bare HTML page of the edge instead of the vendor's error; status, 503 unless told
  'expired-token', // the vendor's answer to a token that ran out
  'redirect', // to another host: details.to; status, 302 unless told
  'timeout-before', // no answer ever comes
  'reset', // the connection is reset
  // The call is applied; what becomes of the answer:
  'timeout-after', // it never comes
  'reset-after', // the connection is reset
  'truncated', // half of the body arrives, then the connection ends
  'oversized', // a body without end, or of details.bytes
  'drip', // one byte every delayMs, 1,000 unless told
  'wrong-length', // Content-Length is details.byBytes, 10 unless told, more (or less) than what comes
  'corrupt-gzip', // packed, and broken in the middle
  'false-encoding', // says gzip, and is not packed
  'empty', // the status without the body
  'wrong-shape', // JSON of another form: details.body, null unless told
  'wrong-date', // the Date header is details.byMs off
  'slow', // delayMs later
] as const;

/** One rule of `POST /__sandbox/faults`. */
export interface FaultRule {
  readonly kind: string;
  /** Method and path pattern, as `PATCH /3.0/lists/{list}/members/*`; every call when left out. */
  readonly route?: string;
  /** The HTTP status, where the kind has one to choose. */
  readonly status?: number;
  readonly retryAfterS?: number;
  /** The share of matching calls that are hit, 0 to 1; all when left out. */
  readonly rate?: number;
  /** How many calls are hit before the rule is used up; without end when left out. */
  readonly count?: number;
  /** How many matching calls pass before the rule begins. */
  readonly after?: number;
  /** For `slow` and `drip`; by the machine's clock. */
  readonly delayMs?: number;
  /** What the kind wants to know besides: which items of a batch fail, where a redirect leads. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** The rules in force. Each draws from a sequence of its own, so what it hits depends only on the calls it matches. */
export interface Faults {
  /** Replaces all rules; throws `RangeError` for an unknown kind. */
  set(rules: readonly FaultRule[]): void;
  all(): readonly FaultRule[];
  /** The first rule, among those of the given kinds, that hits this call. Rules after it do not see the call. */
  hit(method: string, path: string, kinds: (kind: string) => boolean): FaultRule | undefined;
}

interface ArmedRule {
  readonly rule: FaultRule;
  readonly matches: (method: string, path: string) => boolean;
  readonly random: SeededRandom;
  seen: number;
  hits: number;
}

export function faultsOf(seed: number, vendorKinds: readonly string[] = []): Faults {
  const known = new Set<string>([...COMMON_FAULT_KINDS, ...vendorKinds]);
  let armed: readonly ArmedRule[] = [];
  return {
    set(rules) {
      for (const { kind } of rules) {
        if (!known.has(kind)) throw new RangeError(`No fault is called ${kind}; there are: ${[...known].join(', ')}`);
      }
      armed = rules.map((rule, index) => ({
        rule,
        matches: routePattern(rule.route ?? '*'),
        random: seededRandom(seed, `fault ${index}`),
        seen: 0,
        hits: 0,
      }));
    },
    all: () => armed.map(({ rule }) => rule),
    hit: (method, path, kinds) =>
      armed.find((one) => kinds(one.rule.kind) && one.matches(method, path) && fires(one))?.rule,
  };
}

/** A number of a rule's details, or what goes without saying. */
export function numberIn({ details }: FaultRule, name: string, otherwise: number): number {
  const given = details?.[name];
  return typeof given === 'number' ? given : otherwise;
}

export function isCommonFault(kind: string): boolean {
  return (COMMON_FAULT_KINDS as readonly string[]).includes(kind);
}

function fires(one: ArmedRule): boolean {
  one.seen += 1;
  const { after = 0, count = Number.POSITIVE_INFINITY, rate = 1 } = one.rule;
  if (one.seen <= after || one.hits >= count) return false;
  if (rate < 1 && !one.random.chance(rate)) return false;
  one.hits += 1;
  return true;
}
