// What every vendor stand-in needs: server, clock, faults, quotas, call log, and one customer base for all of them.
export type { RequestBody } from './body.ts';
export type { StuckCalls } from './broken-answer.ts';
export type { Call } from './call-log.ts';
export type { TimeSource, VirtualClock } from './clock.ts';
export type {
  Action,
  Exchange,
  Handler,
  Offer,
  Route,
  SandboxDefinition,
  Setting,
  VendorAnswers,
  World,
} from './definition.ts';
export {
  type DemoAddress,
  type DemoCrmRecord,
  type DemoMembership,
  type DemoPerson,
  demoPeople,
} from './demo-people.ts';
export { COMMON_FAULT_KINDS, type FaultRule } from './faults.ts';
export { freshQuota, type QuotaAnswer, type QuotaRule, type QuotaUse, quotaUsed, takeQuota } from './quota.ts';
export { type SeededRandom, seededRandom } from './random.ts';
export { empty, HANDLED, html, json, Refusal, type Reply, text } from './reply.ts';
export type { Latency } from './serve-call.ts';
export { type RunningSandbox, type SandboxControls, type SandboxOptions, startSandbox } from './start-sandbox.ts';
export type { SwitchDeclaration, Switches, SwitchValue } from './switches.ts';
