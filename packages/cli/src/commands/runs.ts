import type { RunReport } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { runJson } from '../runs/show-run.ts';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { count, moment } from '../terminal/words.ts';
import { openWorkspace, select } from '../workspace.ts';

const COLUMNS: readonly Column[] = [
  { title: 'run' },
  { title: 'started' },
  { title: 'status' },
  { title: 'changes', align: 'right' },
];

/** The history of runs, newest first. */
export const run: Command = async (invocation, [target], options) => {
  const workspace = await openWorkspace(invocation);
  const { chosen, single } = select(workspace, target, invocation.profilesDir);
  const state = workspace.container.get(TOKENS.State);
  const limit = typeof options.limit === 'number' ? options.limit : 20;
  const reports: RunReport[] = [];
  for (const { customer, profiles } of chosen) {
    const profile = single ? (profiles[0]?.id ?? null) : null;
    reports.push(...(await state.customer(customer.name).runs(profile, limit)));
  }
  reports.sort((a, b) => b.startedAt - a.startedAt);
  const profiles = [...new Set(reports.map((report) => report.profile))];
  const text = profiles
    .map((id) => `${bold(id)}\n${runsTable(reports.filter((report) => report.profile === id))}`)
    .join('\n\n');
  return { code: 0, json: { runs: reports.map(runJson) }, text: text === '' ? 'No run yet.' : text };
};

const runsTable = (reports: readonly RunReport[]): string =>
  table(
    COLUMNS,
    reports.map((report) => [report.run, moment(report.startedAt), report.status, count(changesOf(report))]),
    { indent: '  ' },
  );

const changesOf = ({ crm, marketing }: RunReport): number =>
  [crm, marketing].reduce((sum, side) => sum + side.created + side.updated + side.optedOut, 0);
