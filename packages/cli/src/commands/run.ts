import type { RunChange } from '@heed/core';
import type { Command } from '../invocation.ts';
import { findRun } from '../runs/find-run.ts';
import { reasonInWords, remediesFor } from '../runs/reasons.ts';
import { runJson, runText } from '../runs/show-run.ts';
import { titlesById } from '../runs/titles.ts';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { iso, moment } from '../terminal/words.ts';
import { openWorkspace } from '../workspace.ts';

const flexible = (title: string): Column => ({ title, flexible: true });

const recordText = (record: RunChange['record']): string => (record === null ? '' : `${record.type} ${record.id}`);

/** One run: every change, every record it set aside and everybody it listed, and why. */
export const run: Command = async (invocation, [id]) => {
  const workspace = await openWorkspace(invocation);
  const { report, changes, setAside, listed } = await findRun(workspace, id);
  const titles = titlesById(workspace, report.profile);
  const sections = [runText(report, titles, undefined), `  started ${moment(report.startedAt)}`];
  if (report.message !== null) sections.push(`  ${report.message}`);
  const add = (title: string, columns: readonly string[], rows: readonly (readonly string[])[]): void => {
    if (rows.length > 0) sections.push('', bold(title), table(columns.map(flexible), rows, { indent: '  ' }));
  };
  add(
    `Changes (${changes.length})`,
    ['person', 'where', 'what', 'outcome', 'rule'],
    changes.map((one) => [
      one.address,
      `${titles[one.side]} ${recordText(one.record)}`,
      one.what,
      one.outcome,
      one.rule,
    ]),
  );
  add(
    `Set aside (${setAside.length})`,
    ['person', 'where', 'field', 'why', 'rule'],
    setAside.map((one) => [
      one.address,
      `${titles[one.side]} ${recordText(one.record)}`,
      one.field ?? '',
      one.message,
      one.rule,
    ]),
  );
  add(
    `Listed (${listed.length})`,
    ['person', 'where', 'why', 'rule'],
    listed.map((one) => [one.address, titles[one.side], `${reasonInWords(one.reason)} ${one.detail}`, one.rule]),
  );
  for (const remedy of remediesFor(listed.map((one) => one.reason))) sections.push(paragraph(remedy, '    ', '  - '));
  const json = {
    ...runJson(report),
    message: report.message,
    notSynced: report.listed ?? {},
    changes: changes.map((one) => ({ ...one, at: iso(one.at) })),
    setAside: setAside.map((one) => ({ ...one, retryAt: iso(one.retryAt) })),
    listed,
  };
  return { code: 0, json, text: sections.join('\n') };
};
