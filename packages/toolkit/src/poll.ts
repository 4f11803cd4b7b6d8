const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

/**
 * How long to wait, in milliseconds, before asking again about a job that is `ageMs` old: half its age, so that whoever asks
 * asks a number of times that grows with the logarithm of the job's length, and learns of its end at most half as late
 * again. Needs no memory: who resumes a job goes on where the others were.
 */
export const askAgainMs = (ageMs: number): number =>
  Math.round(Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, ageMs / 2)));
