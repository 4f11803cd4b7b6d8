import { approve } from '@heed/core';
import type { Command } from '../invocation.ts';
import { answerHold } from '../runs/answer-hold.ts';

/** Releases exactly what a run held (C23, C29); applied by the next run, or at once with `--now`. */
export const run: Command = (invocation, [id], options) =>
  answerHold(invocation, id, options, 'approved', (hold) =>
    approve(hold.store, hold.profile.id, hold.run, hold.digest),
  );
