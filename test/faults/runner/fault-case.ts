import type { FaultRule } from '@heed/sandbox';
import type { World } from './world.ts';

/** One thing that goes wrong, and what the sync that meets it has to report. */
export interface FaultCase {
  /** What is wrong, and where; the name of the test. */
  readonly name: string;
  /** Whose. */
  readonly system: 'salesforce' | 'mailchimp';
  /** Rules of that stand-in for as long as it lasts. */
  readonly rules?: readonly FaultRule[];
  /** What no rule can say, done just before that sync and undone after it. */
  readonly begin?: (world: World) => void | Promise<void>;
  readonly end?: (world: World) => void | Promise<void>;
  /** What is run; `sync acme` unless told. */
  readonly command?: readonly string[];
  /** The exit codes that are right. */
  readonly exit: readonly number[];
  /** What the report has to say, in its text or about a record that was set aside. */
  readonly says?: readonly RegExp[];
  /** Until somebody syncs again; a step unless told. */
  readonly waitMs?: number;
  /** Whether the fault has to have been met; a rule that hits nothing proves nothing. */
  readonly mayMiss?: true;
}

/** Exit codes of design/interface.md. */
export const DONE = 0;
export const FAILED = 1;
export const WRONG = 2;
export const UNREACHABLE = 3;
export const WAITING = 4;
/** Also that of an undisturbed sync of these people: a record gets an opt-out in the run after the next. */
export const ATTENTION = 5;
