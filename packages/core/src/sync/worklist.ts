import type { AddressKey } from '../identity/address.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import type { DirtyMark, Worklist } from '../state/store.ts';
import { plansOf } from './decide-batch.ts';
import { BATCH } from './engine.ts';
import { breathe, type Run } from './run-state.ts';

/** Notes addresses for later in this run; on disk, since nothing in memory may grow with the audience. */
export const enlist = async (run: Run, list: Worklist, addresses: readonly AddressKey[]): Promise<void> => {
  if (addresses.length > 0) await run.engine.store.enlist(run.lease, run.view.profile.id, list, addresses);
};

export const countEnlisted = (run: Run, list: Worklist): Promise<number> =>
  run.engine.store.countEnlisted(run.view.profile.id, list);

/** Walks through a list, a batch at a time, with plans as things then stand. */
export const eachEnlistedBatch = async (
  run: Run,
  list: Worklist,
  work: (plans: readonly AddressPlan[], marks: readonly DirtyMark[]) => Promise<void>,
): Promise<void> => {
  const { store, batch: people = BATCH } = run.engine;
  const profile = run.view.profile.id;
  let after: AddressKey | null = null;
  for (;;) {
    await breathe(run);
    const batch: readonly AddressKey[] = await store.worklist(profile, list, after, people);
    if (batch.length === 0) return;
    await work(await plansOf(run, batch), await store.marks(profile, batch));
    after = batch.at(-1) ?? null;
  }
};
