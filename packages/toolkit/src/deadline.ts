import { type CallSpec, type Clock, ConnectorError } from '@heed/contract';

/**
 * Runs one try with a time-out; `run` gets a signal that is aborted by the time-out as well as by the caller.
 * After either, the answer is not waited for. A write that was sent may then have been applied.
 */
export const withDeadline = async <T>(
  spec: CallSpec,
  timeoutMs: number,
  clock: Clock,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const tooLate = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([spec.signal, tooLate.signal]);
  let fail = (): void => {};
  const ended = new Promise<never>((_, reject) => {
    fail = () => reject(tooLate.signal.aborted ? timedOut(spec, timeoutMs) : stopped(spec, true));
  });
  ended.catch(() => {});
  if (signal.aborted) fail();
  else signal.addEventListener('abort', fail);
  clock.sleep(timeoutMs, done.signal).then(
    () => tooLate.abort(new Error('time-out')),
    () => {}, // the answer came first
  );
  try {
    const answer = run(signal);
    answer.catch(() => {}); // it may fail long after nobody waits for it
    return await Promise.race([answer, ended]);
  } finally {
    done.abort();
    // A combined signal with a listener lives as long as its sources, and a run's signal lives for many requests.
    signal.removeEventListener('abort', fail);
  }
};

/** The caller gave up; `sent` if the request was on its way. */
export const stopped = (spec: CallSpec, sent: boolean): ConnectorError =>
  new ConnectorError('unavailable', `${spec.name}: stopped`, {
    code: 'stopped',
    mayHaveApplied: sent && spec.kind === 'write',
  });

const timedOut = (spec: CallSpec, timeoutMs: number): ConnectorError =>
  new ConnectorError('unavailable', `${spec.name}: no answer within ${Math.round(timeoutMs / 1000)} s`, {
    code: 'time-out',
    mayHaveApplied: spec.kind === 'write',
  });
