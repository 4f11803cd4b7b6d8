import type { FaultRule } from '@heed/sandbox';
import type { SystemName, World } from './world.ts';

/** One thing that goes wrong, and what the sync that meets it has to report. */
export interface FaultCase {
  /** What is wrong, and where; the name of the test. */
  readonly name: string;
  /** So like another one that it is played with `HEED_FAULTS=all` only. */
  readonly alike?: true;
  /** Whose. */
  readonly system: SystemName;
  /** Rules of that stand-in for as long as it lasts. */
  readonly rules?: readonly FaultRule[] | ((world: World) => readonly FaultRule[]);
  /** What no rule can say, done just before that sync; answers how to undo it afterwards. */
  readonly begin?: (world: World) => Undo | Promise<Undo>;
  /** What else is wrong after that sync, a line each. */
  readonly alsoWrong?: (world: World) => readonly string[];
  /** What may stand there for a while although it is neither what it was nor what it is to become. */
  readonly mayShow?: RegExp;
  /** What it keeps back looks like a quiet day, so that a run may end well and have carried only a part. */
  readonly isHidden?: true;
  /** Records, by `kind address`, that are carried all the same: the fault touches the other system alone. */
  readonly carriedAnyway?: readonly string[];
  /** Records that the vendor deletes for good, by `kind address`: nobody may make them anew. */
  readonly goneForGood?: readonly string[];
  /** What people do later they do while the fault lasts, and the sync that meets it may carry it already. */
  readonly laterIsMeanwhile?: true;
  /** How long after what people did it is run; a step unless told. */
  readonly stepMs?: number;
  /** What is run; `sync acme` unless told. */
  readonly command?: readonly string[];
  /** The exit codes that are right. */
  readonly exit: readonly number[];
  /** What the report has to say, in its text or about a record that was set aside. */
  readonly says?: readonly RegExp[];
  /** Until somebody syncs again; unless told until what was set aside is tried again. */
  readonly waitMs?: number;
  /** What is run then; `sync acme` unless told. */
  readonly recovery?: readonly string[];
}

type Undo = () => void | Promise<void>;

/** Exit codes of design/interface.md. */
export const DONE = 0;
export const FAILED = 1;
export const WRONG = 2;
export const UNREACHABLE = 3;
export const WAITING = 4;
/** Also that of an undisturbed sync of these people: a record gets an opt-out in the run after the next. */
export const ATTENTION = 5;
