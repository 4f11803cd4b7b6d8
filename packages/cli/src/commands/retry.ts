import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { runSelection } from '../runs/run-selection.ts';
import { runJson, runText } from '../runs/show-run.ts';
import { titlesById } from '../runs/titles.ts';
import { plural } from '../terminal/words.ts';
import { openWorkspace, select } from '../workspace.ts';

/** Makes everything that was set aside due at once, and runs the profiles that had something. */
export const run: Command = async (invocation, [target]) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  const state = workspace.container.get(TOKENS.State);
  const clock = workspace.container.get(TOKENS.Clock);
  let retried = 0;
  const chosen: (typeof selection.chosen)[number][] = [];
  for (const { customer, profiles } of selection.chosen) {
    const due = [];
    for (const profile of profiles) {
      const people = await state.customer(customer.name).retry(profile.id, clock.now());
      if (people > 0) due.push(profile);
      retried += people;
    }
    if (due.length > 0) chosen.push({ customer, profiles: due });
  }
  const how = { mode: 'sync' as const, full: false, yes: false, lineLimit: 0 };
  const ran = await runSelection(invocation, workspace, { ...selection, chosen }, how);
  const texts = ran.results.map(({ report }) =>
    runText(report, titlesById(workspace, report.profile), ran.standings.get(report.profile)),
  );
  const heading = retried === 0 ? 'Nothing is set aside.' : `${plural(retried, 'person', 'people')} tried again.`;
  return {
    code: ran.code,
    json: { retried, runs: ran.results.map(({ report }) => runJson(report)) },
    text: [heading, ...texts].join('\n\n'),
  };
};
