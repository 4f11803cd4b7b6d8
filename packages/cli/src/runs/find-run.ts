import {
  type Customer,
  type Listed,
  type RunChange,
  type RunReport,
  runOfHold,
  type SetAside,
  type Store,
} from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { UsageError } from '../invocation.ts';
import type { Workspace } from '../workspace.ts';

export interface FoundRun {
  readonly customer: Customer;
  readonly store: Store;
  readonly report: RunReport;
  readonly changes: readonly RunChange[];
  readonly setAside: readonly SetAside[];
  readonly listed: readonly Listed[];
}

/** Looks for a run, or that of a held set, in the state of every customer of the profiles folder. Throws UsageError if nobody had it. */
export const findRun = async (workspace: Workspace, id: string | undefined): Promise<FoundRun> => {
  const state = workspace.container.get(TOKENS.State);
  for (const customer of workspace.loaded.customers) {
    const store = state.customer(customer.name);
    const found = await store.run(runOfHold(id ?? ''));
    if (found !== null) return { customer, store, ...found };
  }
  const plan = id?.startsWith('plan-') === true ? ' A plan is not kept: run "heed sync", and approve that run.' : '';
  throw new UsageError(`There is no run "${id}". "heed runs" lists them.${plan}`);
};
