import type { Op, Outcome } from './write.ts';

/**
 * A vendor's lane for many writes at once: a job that runs by itself and tells later what became of each write. Opt-outs
 * never take it, since they wait behind nothing (C21).
 */
export interface BulkLane {
  /** Which ops may go by job; the engine sends the others as ever. */
  readonly kinds: readonly Exclude<Op['kind'], 'opt-out' | 'clear'>[];
  /** From this many on a job is cheaper than single calls. */
  readonly fromOps: number;
  /** At most so many in one job: bounds the vendor's limits, our memory, and what a lost job costs. */
  readonly mostOps: number;
  readonly source: string;
}

/** Names one job; made and understood by one connector only; durable, so a JSON text with a version in it. No secret, nothing personal. */
export type JobTicket = string;

export type JobReport =
  | { readonly state: 'running'; readonly askAgainMs: number }
  /** One outcome per op, by op id, in any order. What the job surely never applied is `rejected` as `stale`: it is planned anew. */
  | { readonly state: 'ended'; readonly outcomes: readonly Outcome[] };

/**
 * Jobs of one session, in three steps, so that a crash between any two of them loses no job and sends none twice: the engine
 * makes ops and ticket durable after `open`, and asks `report` about every durable ticket until it has ended.
 */
export interface BulkJobs {
  /** Prepares a job; applies nothing. May make one request, or none where the vendor has no such step. */
  open(ops: readonly Op[], signal: AbortSignal): Promise<JobTicket>;
  /**
   * Hands the ops over: from here on each may be applied at any time. Answers the ticket by which the job is found from now
   * on. A failure is not the end of the job: whether anything was applied, `report` finds out.
   */
  start(ticket: JobTicket, ops: readonly Op[], signal: AbortSignal): Promise<JobTicket>;
  /**
   * How a job stands, also one that a run which is long dead had opened. A job that was never started ends here, for good,
   * with every op rejected as `stale`; one whose results are lost ends with `unknown`, and the engine looks.
   */
  report(ticket: JobTicket, ops: readonly Op[], signal: AbortSignal): Promise<JobReport>;
}
