import { reject } from '@heed/core';
import type { Command } from '../invocation.ts';
import { actorOf } from '../people/address.ts';
import { answerHold } from '../runs/answer-hold.ts';

/** Refuses what a run held: those facts no longer count for C3 in this profile (C23). */
export const run: Command = (invocation, [id], options) =>
  answerHold(invocation, id, options, 'rejected', (hold) =>
    reject(hold.store, hold.profile.id, hold.run, actorOf(options), hold.now),
  );
