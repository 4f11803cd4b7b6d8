export * from './engine.ts';
export * from './run-profile.ts';
export type { PlanLine } from './run-state.ts';
export * from './service.ts';
