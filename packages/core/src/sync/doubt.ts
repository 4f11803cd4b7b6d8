import { collectJobs } from './jobs.ts';
import { lookAt, lookForMissing } from './look.ts';
import type { Run } from './run-state.ts';
import { settleOpen } from './settle-open.ts';

/**
 * Before anything else a run looks at what an earlier one had sent without learning the answer (choice 5): a crash, a
 * lost answer, a power cut, a job that has ended since. Only then new reads and decisions. A plan does the same: looking writes nothing.
 */
export const settleEarlierDoubts = async (run: Run): Promise<void> => {
  await lookForMissing(run);
  const open = await run.engine.store.openIntents(run.view.profile.id);
  for (const side of ['crm', 'marketing'] as const) {
    const intents = open.filter((intent) => intent.system.role === side);
    await lookAt(run, side, intents);
    await settleOpen(run, side, intents);
    await collectJobs(run, side);
  }
};
