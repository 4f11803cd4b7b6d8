import type { Json, System } from '../stage/world.ts';

/** An answer of a vendor that is not as its documentation says. */
export interface BadAnswer {
  readonly name: string;
  readonly from: System;
  /** Method and path; every answer to such a call is wrong. */
  readonly to: RegExp;
  /** What is answered in place of this. */
  readonly answer: (right: Json) => unknown;
  /** Only the answers of the second sync are wrong, which reads changes. */
  readonly later?: boolean;
  readonly says: readonly string[];
  readonly exit: number;
  /** What the stand-in would refuse is answered like this, too. */
  readonly refusals?: boolean;
  /** It is about a write, so there are some; unless told there is none. */
  readonly written?: boolean;
}

/** Answers to one kind of call. */
export const answersTo =
  (from: System, to: RegExp) =>
  (
    name: string,
    answer: BadAnswer['answer'],
    exit: number,
    says: readonly string[],
    more: Pick<BadAnswer, 'later' | 'written' | 'refusals'> = {},
  ): BadAnswer => ({ name, from, to, answer, exit, says, ...more });
