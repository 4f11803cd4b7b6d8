import { settleJobs } from './bulk/progress.ts';
import { settlePersonAccounts } from './state/fresh-org.ts';
import { settleLateCommits } from './state/lifecycle.ts';
import type { OrgWorld } from './state/org.ts';

/** Brings the org to the present: what is due by the clock has happened before anybody looks or acts. */
export function settle(world: OrgWorld): void {
  settlePersonAccounts(world);
  settleLateCommits(world);
  settleJobs(world);
}
