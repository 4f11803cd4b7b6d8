import type { RunReport } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { runJson, statusInWords } from '../runs/show-run.ts';
import { type Column, table } from '../terminal/table.ts';
import { count, moment } from '../terminal/words.ts';
import { openWorkspace, select } from '../workspace.ts';

const COLUMNS: readonly Column[] = [
  { title: 'run', flexible: true },
  { title: 'profile', flexible: true },
  { title: 'started' },
  { title: 'status', flexible: true },
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
  const rows = reports.map((report) => [
    report.run,
    report.profile,
    moment(report.startedAt),
    statusInWords(report.status),
    count(changesOf(report)),
  ]);
  const text = rows.length === 0 ? 'No run yet.' : table(COLUMNS, rows);
  return { code: 0, json: { runs: reports.map(runJson) }, text };
};

const changesOf = ({ crm, marketing }: RunReport): number =>
  [crm, marketing].reduce((sum, side) => sum + side.created + side.updated + side.optedOut, 0);
