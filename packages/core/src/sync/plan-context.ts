import type { PlanContext } from '../plan/plan-address.ts';
import type { Run } from './run-state.ts';

/** What a run knows beside the addresses themselves. */
export const contextOf = (run: Run): PlanContext => ({
  today: new Date(run.crm.session.now()).toISOString().slice(0, 10),
  now: run.engine.clock.now(),
  marketingIsComplete: run.marketingIsComplete,
  cautious: run.cautious,
  mayCreate: run.mayCreate,
});
