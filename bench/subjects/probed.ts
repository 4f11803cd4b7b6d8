/** What a measured process used, from its start to its end. */
export interface Probed {
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** User and system time of all its threads. */
  readonly cpuUs: number;
  /** The most memory it ever held (maximum resident set). */
  readonly peakBytes: number;
}
