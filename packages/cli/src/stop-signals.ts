import { constants } from 'node:os';

export interface StopSignals {
  readonly signal: AbortSignal;
  /** As a signal would: for a reader of our output that went away. */
  stop(): void;
  /** 130 or 143 once the process was told to stop. */
  code(): number | null;
}

const LOOK_EVERY_MS = 250;

/**
 * npx hands a SIGTERM to the shell between it and us, and a shell like dash ends without handing it on (seen with npm 11):
 * whoever stops `npx heed serve` would leave a daemon behind that goes on writing.
 */
const whenParentEnds = (ended: () => void): void => {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    ended();
  }, LOOK_EVERY_MS);
  look.unref();
};

/**
 * The first SIGINT or SIGTERM asks to stop at the next commit, the second ends the process at once. `underNpx`: the process
 * that started us may be stopped without a signal reaching us.
 */
export const stopSignals = (told: () => void, underNpx: boolean): StopSignals => {
  const controller = new AbortController();
  let first: 'SIGINT' | 'SIGTERM' | null = null;
  const codeOf = (name: 'SIGINT' | 'SIGTERM'): number => 128 + constants.signals[name];
  const receive = (name: 'SIGINT' | 'SIGTERM'): void => {
    if (first !== null) process.exit(codeOf(name));
    first = name;
    told();
    controller.abort();
  };
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, receive);
  if (underNpx) whenParentEnds(() => first === null && receive('SIGTERM'));
  return {
    signal: controller.signal,
    stop: () => controller.abort(),
    code: () => (first === null ? null : codeOf(first)),
  };
};
