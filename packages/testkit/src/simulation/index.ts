export type { Engine, EngineFactory, EnginePlace, Memory, RunEnd, RunOrder } from './engine.ts';
export type { Event, MemberSnap, RecordSnap, Which } from './history.ts';
export { judge, type Violation } from './judge/judge.ts';
export * from './schedule.ts';
export { drawSettings, type Quirks, type Rules, type Settings } from './settings.ts';
export { shrink } from './shrink.ts';
export { type Simulated, type SimulationOptions, simulate } from './simulate.ts';
export { traceOf, violationText } from './trace.ts';
export { Crash, type Life, type World } from './world.ts';
