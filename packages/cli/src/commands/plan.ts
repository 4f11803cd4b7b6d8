import { EXIT } from '@heed/core';
import type { Command } from '../invocation.ts';
import { runSelection } from '../runs/run-selection.ts';
import { planJson, planText } from '../runs/show-plan.ts';
import { holdText } from '../runs/show-run.ts';
import { profileById, titlesById } from '../runs/titles.ts';
import { paragraph } from '../terminal/text.ts';
import { openWorkspace, select } from '../workspace.ts';

/** Says exactly what `sync` would do if nobody acts in between; writes nothing to any vendor (I10). */
export const run: Command = async (invocation, [target], options) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  const lineLimit = typeof options.limit === 'number' ? options.limit : 20;
  const how = { mode: 'plan' as const, full: options.full === true, yes: false, lineLimit };
  const { results, standings, code } = await runSelection(invocation, workspace, selection, how);
  const texts = results.flatMap((result) => {
    const { profile: id, exitCode } = result.report;
    const profile = profileById(workspace, id);
    if (profile === undefined || (exitCode !== EXIT.done && exitCode !== EXIT.waiting && exitCode !== EXIT.attention))
      return [];
    const service = standings.get(id)?.service;
    const holds = (service?.holds ?? []).map((hold) => holdText(hold, id));
    const first = service?.approved === null && holds.length === 0 ? [paragraph(firstRun(id), '    ', '  ! ')] : [];
    return [[planText(result, profile, titlesById(workspace, id)), ...holds, ...first].join('\n')];
  });
  return { code, json: { runs: results.map(planJson) }, text: texts.join('\n\n') };
};

const firstRun = (id: string): string =>
  `The first run waits for approval (C29): heed sync ${id}, then heed approve RUN; or heed sync ${id} --yes`;
