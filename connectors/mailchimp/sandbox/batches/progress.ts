import { gzipSync } from 'node:zlib';
import { seededRandom, type World } from '@heed/sandbox';
import type { Account } from '../account.ts';
import type { AsyncBatch, BatchOperation, OperationResult } from './async-batch.ts';
import { carryOut, failed } from './carry-out.ts';

const DAY_MS = 86_400_000;

export type BatchStatus = 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished';

/**
 * Brings all batches to where they must be by now. To be called before anything looks at the account or changes it:
 * nobody else carries out what is due.
 */
export function settle(world: World<Account>): void {
  const { batches } = world.state;
  if (batches.length === 0) return;
  const nowMs = world.clock.now();
  let freeMs = Number.NEGATIVE_INFINITY; // when the batch before has ended; unknown: after now
  for (const batch of batches) {
    if (batch.fate.lost === true && batch.todo.length === 0) continue;
    if (batch.beginMs === undefined && freeMs <= nowMs) begin(world, batch, freeMs);
    if (batch.beginMs !== undefined && batch.packed === undefined) advance(world, batch, nowMs);
    if (batch.fate.stuck === undefined) freeMs = batch.packed === undefined ? Number.POSITIVE_INFINITY : endMs(batch);
  }
  forgetOld(world, nowMs);
}

/** Where a batch stands. `settle` must have been called. */
export function statusOf(batch: AsyncBatch, nowMs: number): BatchStatus {
  const { beginMs, pace, fate } = batch;
  if (fate.stuck !== undefined && isAtItsEnd(batch, nowMs)) return fate.stuck.status;
  // The first half of the time before the begin is waiting, the second is preparation.
  if (beginMs === undefined || nowMs < beginMs - pace.startMs / 2) return 'pending';
  if (nowMs < beginMs) return 'preprocessing';
  if (batch.packed === undefined) return 'started';
  return nowMs < finishedMs(batch) ? 'finalizing' : 'finished';
}

/** When the archive of a batch is there. */
export function finishedMs(batch: AsyncBatch): number {
  return endMs(batch) + batch.pace.finalizeMs;
}

/** A batch that still counts against the limit of open ones. */
export function isOpen(batch: AsyncBatch, nowMs: number): boolean {
  return batch.fate.lost !== true && statusOf(batch, nowMs) !== 'finished';
}

function begin(world: World<Account>, batch: AsyncBatch, freeMs: number): void {
  batch.beginMs = Math.max(batch.submittedMs + batch.pace.startMs, freeMs);
  batch.todo = shuffled(world.seed, batch);
}

/** No order between operations is promised, so there is none. */
function shuffled(seed: number, batch: AsyncBatch): readonly BatchOperation[] {
  const random = seededRandom(seed, `order of ${batch.id}`);
  const operations = [...batch.todo];
  for (let last = operations.length - 1; last > 0; last -= 1) {
    const other = random.int(last + 1);
    const [one, two] = [operations[last], operations[other]];
    if (one === undefined || two === undefined) continue;
    operations[last] = two;
    operations[other] = one;
  }
  return operations;
}

function advance(world: World<Account>, batch: AsyncBatch, nowMs: number): void {
  const most = batch.fate.stuck?.after ?? batch.total;
  const due = Math.min(most, Math.floor((nowMs - beginOf(batch)) / Math.max(batch.pace.operationMs, 1e-6)));
  while (batch.done < due) {
    const row = resultOf(world, batch);
    if (row.status_code >= 400) batch.errored += 1;
    batch.results.push(row);
  }
  if (batch.done < batch.total || nowMs < endMs(batch)) return;
  batch.packed = gzipSync(JSON.stringify(batch.results)).toString('base64');
  batch.results = [];
  batch.todo = [];
}

function resultOf(world: World<Account>, batch: AsyncBatch): OperationResult {
  const operation = batch.todo[batch.done];
  if (operation === undefined) throw new Error(`Batch ${batch.id} has lost an operation`);
  batch.done += 1;
  const { failing } = batch.fate;
  if (failing !== undefined && batch.done % failing.every === 0) return failed(batch, operation, failing.status);
  return carryOut(world, batch, operation, beginOf(batch) + batch.done * batch.pace.operationMs);
}

function isAtItsEnd(batch: AsyncBatch, nowMs: number): boolean {
  const after = batch.fate.stuck?.after ?? 0;
  if (after === 0) return batch.fate.stuck?.status === 'pending' || nowMs >= beginOf(batch);
  return batch.done >= after;
}

function beginOf(batch: AsyncBatch): number {
  return batch.beginMs ?? Number.POSITIVE_INFINITY;
}

function endMs(batch: AsyncBatch): number {
  return beginOf(batch) + batch.total * batch.pace.operationMs;
}

/** "Results are available for seven days"; what is older answers 404, as others have seen. */
function forgetOld({ state, switches }: World<Account>, nowMs: number): void {
  const keptMs = Number(switches.get('asyncResultsKeptDays')) * DAY_MS;
  for (let index = state.batches.length - 1; index >= 0; index -= 1) {
    const batch = state.batches[index];
    if (batch?.packed === undefined || batch.fate.stuck !== undefined) continue;
    if (nowMs > finishedMs(batch) + keptMs) state.batches.splice(index, 1);
  }
}
