import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';

export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/** A mistake that a known product has made, put into the engine on purpose: the simulation must notice it. */
export interface Mutant {
  readonly name: string;
  readonly mistake: string;
  readonly edits: readonly Edit[];
  /** Where the mistake shows rarely, what happens often while it is looked for. */
  readonly options?: SimulationOptions;
  /** A seed of regressions.ts that notices it; otherwise it is looked for from seed 1 on. */
  readonly seed?: number;
}
