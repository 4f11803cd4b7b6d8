import { constants } from 'node:os';

export interface StopSignals {
  readonly signal: AbortSignal;
  /** As a signal would: for a reader of our output that went away. */
  stop(): void;
  /** 130 or 143 once the process was told to stop. */
  code(): number | null;
}

/** The first SIGINT or SIGTERM asks to stop at the next commit, the second ends the process at once. */
export const stopSignals = (told: () => void): StopSignals => {
  const controller = new AbortController();
  let first: 'SIGINT' | 'SIGTERM' | null = null;
  const codeOf = (name: 'SIGINT' | 'SIGTERM'): number => 128 + constants.signals[name];
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (first !== null) process.exit(codeOf(name));
      first = name;
      told();
      controller.abort();
    });
  }
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    code: () => (first === null ? null : codeOf(first)),
  };
};
