import type { Command } from '../invocation.ts';
import { runSelection } from '../runs/run-selection.ts';
import { runJson, runText } from '../runs/show-run.ts';
import { titlesById } from '../runs/titles.ts';
import { openWorkspace, select } from '../workspace.ts';

/** Runs the chosen profiles once, now. */
export const run: Command = async (invocation, [target], options) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  const how = { mode: 'sync' as const, full: options.full === true, yes: options.yes === true, lineLimit: 0 };
  const { results, standings, code } = await runSelection(invocation, workspace, selection, how);
  const texts = results.map(({ report }) =>
    runText(report, titlesById(workspace, report.profile), standings.get(report.profile)),
  );
  return { code, json: { runs: results.map(({ report }) => runJson(report)) }, text: texts.join('\n\n') };
};
