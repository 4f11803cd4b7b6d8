import type { Action } from '@heed/sandbox';
import type { Account } from '../account.ts';

/** What a test wants to know of the host of the batch results. */
export const batchActs: Readonly<Record<string, Action<Account>>> = {
  /** Every request that came in there, and whether one of our credentials came with it. */
  'results/downloads': ({ state }) => ({
    downloads: state.downloads,
    leaks: state.downloads.filter(({ leaked }) => leaked.length > 0).length,
  }),
};
