export * from './engine.ts';
export type { LookPace } from './look-for-opt-outs.ts';
export type { RunOptions } from './run-options.ts';
export * from './run-profile.ts';
export type { PlanLine } from './run-state.ts';
export * from './service.ts';
