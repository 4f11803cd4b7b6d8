import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { addressed, carryOut } from './carry-out.ts';
import { awaitJobs, startJob } from './jobs.ts';
import { record } from './plan-line.ts';
import type { Allowed } from './run-state.ts';
import { type Run, sideOf } from './run-state.ts';
import { countEnlisted, eachEnlistedBatch } from './worklist.ts';
import type { Addressed } from './written.ts';

type Side = 'crm' | 'marketing';

/** Jobs of one side under way at once: a vendor's queue is shared with whoever else uses the account. */
const MOST_JOBS = 4;

/** Whether a write may be one of enough for a job: known only when the whole run is counted. */
export const mayGoByJob = (run: Run, { side, op }: PlannedWrite, due: number): boolean => {
  const { bulk } = sideOf(run, side).open.can;
  return bulk !== null && due >= bulk.fromOps && bulk.kinds.some((kind) => kind === op.kind);
};

/**
 * The writes that could be many enough for the vendor's bulk lane: as jobs if they are, one by one if not. Opt-outs never
 * wait behind a job: they are carried in between (C21).
 */
export const jobPass = async (run: Run, side: Side, allowed: Allowed, between: () => Promise<void>): Promise<void> => {
  const { bulk } = sideOf(run, side).open.can;
  const waiting = await countEnlisted(run, `jobs.${side}`);
  if (waiting === 0 || bulk === null) return;
  const choose = (plan: AddressPlan): readonly PlannedWrite[] =>
    plan.fields.filter((write) => write.side === side && bulk.kinds.some((kind) => kind === write.op.kind));
  const goes = allowed === 'everything' && run.mode === 'sync';
  const byJob = goes && waiting >= bulk.fromOps;
  if (byJob) await sendJobs(run, side, bulk.mostOps, choose, between);
  // What a job would not take, or never applied, goes as ever: it would be refused as a job again and again.
  await eachEnlistedBatch(run, `jobs.${side}`, async (plans, marks) => {
    if (!byJob) for (const plan of plans) record(run, plan, choose(plan), allowed !== 'everything');
    if (allowed !== 'everything') return;
    await carryOut(run, marks, plans, choose, { unfinished: () => false, held: () => false });
    await between();
  });
};

const sendJobs = async (
  run: Run,
  side: Side,
  mostOps: number,
  choose: (plan: AddressPlan) => readonly PlannedWrite[],
  between: () => Promise<void>,
): Promise<void> => {
  let writes: Addressed[] = [];
  let takes = true;
  let waits = true;
  const start = async (some: readonly Addressed[]): Promise<void> => {
    if (some.length === 0 || !takes || !waits) return;
    waits = await awaitJobs(run, side, MOST_JOBS - 1, between);
    if (waits) takes = await startJob(run, side, some);
  };
  await eachEnlistedBatch(run, `jobs.${side}`, async (plans) => {
    for (const plan of plans) record(run, plan, choose(plan), false);
    writes.push(...plans.flatMap((plan) => addressed(plan, choose(plan))));
    while (writes.length >= mostOps) {
      await start(writes.slice(0, mostOps));
      writes = writes.slice(mostOps);
    }
  });
  await start(writes);
  await awaitJobs(run, side, 0, between);
};
