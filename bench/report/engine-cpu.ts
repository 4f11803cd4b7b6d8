import type { Measured, Profiled } from '../results.ts';

/**
 * Engine CPU of a first sync in microseconds per contact: what the whole process used, less the start (the same for every size),
 * times the engine's share of the rest in the profile. Garbage collection and the threads of V8 are so shared out in
 * proportion. `measured` and `profiled` may differ in size: the start is taken from the run of the profiled size.
 */
export const engineUsPerContact = (
  measured: Measured,
  sameSize: Measured | undefined,
  profiled: Profiled | null,
): number | null => {
  if (profiled === null || sameSize === undefined) return null;
  const { engine, sdk, startUp } = profiled.share;
  const start = sameSize.cpuUs * startUp;
  return (Math.max(0, measured.cpuUs - start) * (engine / (engine + sdk))) / measured.contacts;
};
