/** What was asked of a vendor under one name. */
export interface CallCount {
  /** Requests sent, repeated ones included. */
  readonly calls: number;
  readonly retries: number;
  readonly failures: number;
  /** Of the answers, as far as their size is known. */
  readonly bytes: number;
}

export interface Meter {
  add(name: string, count: Partial<CallCount>): void;
  /** By name of the call; a copy. */
  counts(): Readonly<Record<string, CallCount>>;
}

const NOTHING: CallCount = { calls: 0, retries: 0, failures: 0, bytes: 0 };

export const createMeter = (): Meter => {
  const counts = new Map<string, CallCount>();
  return {
    add(name, { calls = 0, retries = 0, failures = 0, bytes = 0 }) {
      const old = counts.get(name) ?? NOTHING;
      counts.set(name, {
        calls: old.calls + calls,
        retries: old.retries + retries,
        failures: old.failures + failures,
        bytes: old.bytes + bytes,
      });
    },
    counts: () => Object.fromEntries(counts),
  };
};
