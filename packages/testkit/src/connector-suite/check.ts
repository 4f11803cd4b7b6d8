import type { Bench } from './bench.ts';

/** One promise of the contract. `run` throws when the connector breaks it. */
export interface Check {
  readonly name: string;
  /** Why this connector cannot be asked; null if it can. */
  readonly unless?: (bench: Pick<Bench, 'can' | 'given'>) => string | null;
  run(bench: Bench): Promise<void>;
}
