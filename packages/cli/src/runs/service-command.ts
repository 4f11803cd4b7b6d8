import type { pause, resume } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { openWorkspace, select } from '../workspace.ts';
import { tellErrors } from './tell-errors.ts';

/** Takes profiles out of service or back: a run that goes on now is not stopped. */
export const serviceCommand =
  (change: typeof pause | typeof resume, words: string, paused: boolean): Command =>
  async (invocation, [target]) => {
    const workspace = await openWorkspace(invocation);
    const selection = select(workspace, target, invocation.profilesDir);
    const code = tellErrors(invocation, selection);
    const state = workspace.container.get(TOKENS.State);
    const profiles: string[] = [];
    for (const one of selection.chosen)
      for (const profile of one.profiles) {
        await change(state.customer(one.customer.name), profile.id);
        profiles.push(profile.id);
      }
    return { code, json: { profiles, paused }, text: profiles.map((id) => `${id} ${words}`).join('\n') };
  };
