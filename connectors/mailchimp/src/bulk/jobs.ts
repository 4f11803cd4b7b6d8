import {
  type BulkJobs,
  type BulkLane,
  ConnectorError,
  type JobReport,
  type Millis,
  type Op,
  type Tools,
} from '@heed/contract';
import { askAgainMs, failed, rejected } from '@heed/toolkit';
import type { MergeFieldBook } from '../merge-field-book.ts';
import { timeOf } from '../wire.ts';
import { readArchive } from './archive.ts';
import type { BatchApi, WireBatch } from './batch-api.ts';
import { leftOut, notApplied, operationOf, sendable } from './operations.ts';
import { firstAskMs, nextAskMs } from './pace.ts';
import { createResults, lostResult, type Results } from './results.ts';
import { markOf, readTicket, type Ticket, writeTicket } from './ticket.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** No try of a request begins later than this after the ticket was made. */
const STARTS_WITHIN_MS = 10 * MINUTE_MS;
/**
 * By then every try is over at Mailchimp, too (a minute until we give up, its own limit of two, and as long again until lists
 * show it): a batch that is not there was never started.
 */
const NEVER_STARTED_AFTER_MS = STARTS_WITHIN_MS + 10 * MINUTE_MS;
/** Until an answer comes a session knows our own clock only, which may be wrong. */
const CLOCK_DOUBT_MS = 2 * HOUR_MS;
/** So long the storage service may be out of order, or results be unreadable, before they count as lost. */
const RESULTS_WITHIN_MS = HOUR_MS;
const RESULTS_AGAIN_MS = 5 * MINUTE_MS;
/** A batch that has not finished by then is stuck, and is stopped. */
const STUCK_AFTER_MS = 12 * HOUR_MS;

export const BULK_LANE: BulkLane = {
  kinds: ['patch'],
  fromOps: 500,
  mostOps: 1_000,
  source:
    'POST /batches; at most 500 open batches per account, results for 7 days (Marketing API, "Run async requests with batch endpoints"); how many operations one may have is not documented',
};

export interface JobParts {
  readonly batches: BatchApi;
  readonly mergeFields: MergeFieldBook;
  readonly tools: Tools;
  readonly audience: string | null;
  /** The connection is one to a sandbox on this machine, and so are its archives. */
  readonly onLoopback: boolean;
}

/** Patches as operations of Mailchimp's asynchronous batches. */
export const createJobs = (parts: JobParts): BulkJobs => {
  const { tools } = parts;
  const memory: Memory = { unsent: new Set(), foreign: new Set(), askAt: new Map() };
  return {
    async open(ops, signal) {
      const sent = new Set<Op>(sendable(ops, await parts.mergeFields.known(signal)));
      const left = ops.filter((op) => !sent.has(op)).map(({ id }) => markOf(id));
      const first = markOf(ops[0]?.id ?? '');
      const opened = { openedAt: tools.vendorNow(), openedHere: tools.clock.now() };
      return writeTicket({ ...opened, first, operations: sent.size, left, batch: null });
    },

    async start(text, ops, signal) {
      const ticket = readTicket(text);
      if (ticket === null || parts.audience === null) throw notApplied();
      if (ticket.operations === 0) return text;
      try {
        const { id } = await started(parts, parts.audience, ticket, ops, signal);
        memory.askAt.set(id, tools.vendorNow() + firstAskMs(ticket.operations));
        return writeTicket({ ...ticket, batch: id });
      } catch (error) {
        if (error instanceof ConnectorError && error.details.mayHaveApplied !== true) memory.unsent.add(text);
        throw error;
      }
    },

    async report(text, ops, signal) {
      const ticket = readTicket(text);
      if (ticket === null) return { state: 'ended', outcomes: ops.map((op) => failed(op.id, lostResult())) };
      const left = new Set(ticket.left);
      const sent = ops.filter(({ id }) => !left.has(markOf(id)));
      const report = await reportOf(parts, memory, { text, ticket, sent }, signal);
      if (report.state === 'running' || left.size === 0) return report;
      const known = await parts.mergeFields.known(signal);
      const others = ops.filter(({ id }) => left.has(markOf(id))).map((op) => leftOut(op, known, tools.vendorNow()));
      return { state: 'ended', outcomes: [...report.outcomes, ...others] };
    },
  };
};

const started = async (
  { batches, mergeFields, tools }: JobParts,
  audience: string,
  ticket: Ticket,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<WireBatch> => {
  const left = new Set(ticket.left);
  const known = await mergeFields.known(signal);
  const operations = ops.flatMap((op) =>
    op.kind === 'patch' && !left.has(markOf(op.id)) ? [operationOf(audience, op, known)] : [],
  );
  return batches.start(operations, signal, () => {
    // Whoever asks later must be able to say that nothing is under way any more.
    if (tools.vendorNow() - ticket.openedAt > STARTS_WITHIN_MS) throw notApplied();
  });
};

interface Memory {
  /** Tickets whose request surely never came through. */
  readonly unsent: Set<string>;
  /** Batches of the account that are surely somebody else's. */
  readonly foreign: Set<string>;
  /** When it is worth asking about a batch, vendor's clock. */
  readonly askAt: Map<string, Millis>;
}

/** A job that is asked about. */
interface Asked {
  readonly text: string;
  readonly ticket: Ticket;
  /** The ops that are operations of the batch. */
  readonly sent: readonly Op[];
}

const reportOf = async (parts: JobParts, memory: Memory, asked: Asked, signal: AbortSignal): Promise<JobReport> => {
  const { text, ticket, sent } = asked;
  if (ticket.operations === 0) return { state: 'ended', outcomes: [] };
  if (memory.unsent.has(text)) return neverStarted(sent);
  if (ticket.batch === null) return reportOfUnknown(parts, memory, asked, signal);
  const waitMs = (memory.askAt.get(ticket.batch) ?? 0) - parts.tools.vendorNow();
  if (waitMs > 0 && waitMs <= RESULTS_AGAIN_MS) return { state: 'running', askAgainMs: waitMs };
  const batch = await parts.batches.one(ticket.batch, signal);
  const ageMs = ageOf(ticket, parts.tools);
  // It may be too young to be shown, or too old.
  if (batch === null) return ageMs < NEVER_STARTED_AFTER_MS ? running(ageMs) : lost(sent);
  if (batch.status !== 'finished') {
    if (ageMs < STUCK_AFTER_MS) return runningFor(nextAskMs(batch, ageMs), batch, memory, parts.tools);
    await parts.batches.stop(batch.id, signal);
    return lost(sent);
  }
  const results = await resultsOf(parts, batch, sent, signal);
  if (results === 'later') return runningFor(RESULTS_AGAIN_MS, batch, memory, parts.tools);
  return results === 'lost' ? lost(sent) : { state: 'ended', outcomes: results.outcomes() };
};

/**
 * The answer to the start was lost, perhaps with us. The batch is found by its age and size, and is surely ours if its
 * results name our operations; so as long as one that fits is not finished, nobody knows.
 */
const reportOfUnknown = async (
  parts: JobParts,
  memory: Memory,
  { ticket, sent }: Asked,
  signal: AbortSignal,
): Promise<JobReport> => {
  const all = await parts.batches.all(signal);
  const ageMs = ageOf(ticket, parts.tools);
  let undecided = ageMs < NEVER_STARTED_AFTER_MS;
  let unreadable = false;
  for (const batch of all.filter((one) => fits(one, ticket) && !memory.foreign.has(one.id))) {
    const results = batch.status === 'finished' ? await resultsOf(parts, batch, sent, signal) : 'later';
    if (results === 'later') undecided = true;
    else if (results === 'lost') unreadable = true;
    else if (results.areOurs) return { state: 'ended', outcomes: results.outcomes() };
    else memory.foreign.add(batch.id);
  }
  // Whose results nobody can read may be ours.
  if (!undecided) return unreadable ? lost(sent) : neverStarted(sent);
  return ageMs < STUCK_AFTER_MS ? running(ageMs) : lost(sent);
};

/** By the clock that has seen less of it: one answer with a wrong date must not make a job look long over. */
const ageOf = ({ openedAt, openedHere }: Ticket, { clock, vendorNow }: Tools): Millis =>
  Math.min(vendorNow() - openedAt, clock.now() - openedHere);

const fits = ({ status, total_operations: total, submitted_at }: WireBatch, ticket: Ticket): boolean => {
  const submittedAt = timeOf(submitted_at);
  if (submittedAt !== null && submittedAt < ticket.openedAt - CLOCK_DOUBT_MS) return false;
  return total === ticket.operations || (total === 0 && status !== 'finished');
};

/** `later`: what is in the way may pass; `lost`: it will not. */
const resultsOf = async (
  { batches, tools, onLoopback }: JobParts,
  finished: WireBatch,
  sent: readonly Op[],
  signal: AbortSignal,
): Promise<Results | 'later' | 'lost'> => {
  const completedAt = timeOf(finished.completed_at);
  // Whole seconds, rounded down.
  const at = completedAt === null ? tools.vendorNow() : completedAt + 999;
  const attempt = async ({ response_body_url: link }: WireBatch): Promise<Results | ConnectorError> => {
    const spec = { name: 'batch results', kind: 'read', repeatable: true, timeoutMs: 2 * MINUTE_MS, signal } as const;
    try {
      return await tools.call(spec, async (within) => {
        const results = createResults(sent, at);
        const { bytes = 0 } = await readArchive(link, onLoopback, results.take, within);
        return { value: results, bytes };
      });
    } catch (error) {
      if (signal.aborted || !(error instanceof ConnectorError)) throw error;
      return error;
    }
  };
  const first = await attempt(finished);
  if (!(first instanceof ConnectorError)) return first;
  // A link lives for some minutes; another answer brings another one.
  const again = await batches.one(finished.id, signal);
  const second = again === null ? first : await attempt(again);
  if (!(second instanceof ConnectorError)) return second;
  const waited = tools.vendorNow() - at;
  return second.kind === 'protocol' || again === null || waited > RESULTS_WITHIN_MS ? 'lost' : 'later';
};

/** Whoever asks sooner gets the same answer, without a call. */
const runningFor = (ms: number, { id }: WireBatch, { askAt }: Memory, tools: Pick<Tools, 'vendorNow'>): JobReport => {
  askAt.set(id, tools.vendorNow() + ms);
  return { state: 'running', askAgainMs: ms };
};

const running = (ageMs: Millis): JobReport => ({ state: 'running', askAgainMs: askAgainMs(ageMs) });

const lost = (sent: readonly Op[]): JobReport => ({
  state: 'ended',
  outcomes: sent.map(({ id }) => failed(id, lostResult())),
});

const neverStarted = (sent: readonly Op[]): JobReport => ({
  state: 'ended',
  outcomes: sent.map(({ id }) => rejected(id, notApplied())),
});
