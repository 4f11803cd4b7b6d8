import type { SimulationOptions } from '../../packages/testkit/src/simulation/index.ts';

export interface Regression {
  readonly seed: number;
  /** What once went wrong, and which rule decides it. */
  readonly about: string;
  readonly options?: SimulationOptions;
}
