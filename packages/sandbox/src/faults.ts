import { routePattern } from './path-pattern.ts';
import { type SeededRandom, seededRandom } from './random.ts';

/** What the kit can do to a call by itself; a vendor may add kinds of its own, which its handlers ask for. */
export const COMMON_FAULT_KINDS = [
  'throttle', // the vendor's "too many requests"; status, retryAfterS
  'server-error', // the vendor's 5xx; status
  'html', // a bare HTML page of the edge instead of the vendor's error; status, 503 unless told
  'expired-token', // the vendor's answer to a token that ran out
  'timeout-before', // nothing is applied, no answer ever comes
  'timeout-after', // the call is applied, no answer ever comes
  'reset', // nothing is applied, the connection is reset
  'reset-after', // the call is applied, the connection is reset
  'truncated', // the call is applied, half of the body arrives, then the connection ends
  'slow', // the answer comes delayMs later
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
  /** For `slow`. */
  readonly delayMs?: number;
  /** What a vendor's own kind wants to know, for example which items of a batch fail. */
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
