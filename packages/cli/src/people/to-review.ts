import type { Listed, Store } from '@heed/core';

/** People an operator has to decide about: opted in again (C7), or an opt-out at an address several people shared (C15). */
export const toReview = async (store: Store, profile: string): Promise<readonly Listed[]> => [
  ...(await store.listed(profile, 'waits-for-review')),
  ...(await store.listed(profile, 'shared-address')),
];
