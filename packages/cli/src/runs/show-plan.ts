import type { Op } from '@heed/contract';
import type { PlanLine, Profile, RunResult } from '@heed/core';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { count, plural } from '../terminal/words.ts';
import { runJson, type Titles } from './show-run.ts';

const KINDS: Readonly<Record<Op['kind'], string>> = {
  'opt-out': 'opt out',
  clear: 'clear the opt-out field',
  patch: 'update fields',
  rename: 'change the address',
  create: 'create',
  leave: 'tag or archive',
};

const kindInWords = (kind: string): string => (kind in KINDS ? KINDS[kind as Op['kind']] : kind);

/** `planned.crm.opt-out` and `held.crm.opt-out` are numbers of writes; other counters of a run are not. */
const plannedCounts = (result: RunResult) => {
  const rows = new Map<string, { side: 'crm' | 'marketing'; kind: string; now: number; held: number }>();
  for (const [name, n] of result.counts) {
    const [when, side, ...kind] = name.split('.');
    if ((when !== 'planned' && when !== 'held') || (side !== 'crm' && side !== 'marketing')) continue;
    const key = `${side}.${kind.join('.')}`;
    const row = rows.get(key) ?? { side, kind: kind.join('.'), now: 0, held: 0 };
    if (when === 'planned') row.now += n;
    else row.held += n;
    rows.set(key, row);
  }
  return [...rows.values()];
};

const lineJson = ({ address, side, record, kind, rule, fields, held }: PlanLine) => ({
  address,
  side,
  record: record === null ? null : `${record.type}/${record.id}`,
  kind,
  rule,
  fields,
  held,
});

/** As `sync --json`, with what would be written: in numbers, and a line per person. */
export const planJson = (result: RunResult) => ({
  ...runJson(result.report),
  writes: plannedCounts(result).map(({ side, kind, now, held }) => ({ side, kind, planned: now, held })),
  lines: result.lines.map(lineJson),
});

/** C2 in one sentence, for every profile that does not carry CRM opt-outs to marketing. */
export const C2_SENTENCE = (titles: Titles): string =>
  `People who opted out in ${titles.crm} can still be mailed from ${titles.marketing}: optOut.crmToMarketing is off (C2).`;

const NUMBERS: readonly Column[] = [
  { title: 'what a sync would write' },
  { title: 'where', flexible: true },
  { title: 'now', align: 'right' },
  { title: 'held', align: 'right' },
];

const LINES: readonly Column[] = [
  { title: 'person', flexible: true },
  { title: 'what' },
  { title: 'fields', flexible: true },
  { title: 'rule', flexible: true },
];

/** The plan of one profile, for people: numbers by kind, then a line per person as far as the limit goes. */
export const planText = (result: RunResult, profile: Profile, titles: Titles): string => {
  const { report, lines } = result;
  const written = plannedCounts(result);
  const total = written.reduce((sum, row) => sum + row.now + row.held, 0);
  const parts = [`${bold(report.profile)}: plan${profile.description === null ? '' : ` (${profile.description})`}`];
  if (total === 0) parts.push('  Nothing to write: both systems are as they should be.');
  else {
    const rows = written.map((row) => [kindInWords(row.kind), titles[row.side], count(row.now), count(row.held)]);
    parts.push(table(NUMBERS, rows, { indent: '  ' }));
  }
  if (lines.length > 0) {
    const rows = lines.map((line) => [
      line.address,
      `${kindInWords(line.kind)} in ${titles[line.side]}${line.held ? ', held' : ''}`,
      line.kind === 'patch' || line.kind === 'create' ? line.fields.join(', ') : '',
      line.rule,
    ]);
    const rest = total > lines.length ? `\n  and ${count(total - lines.length)} more (--limit N shows more)` : '';
    parts.push('', table(LINES, rows, { indent: '  ' }) + rest);
  }
  if (!profile.optOut.crmToMarketing) parts.push('', paragraph(C2_SENTENCE(titles), '  '));
  if (report.owed > 0) parts.push(paragraph(`${plural(report.owed, 'opt-out')} owed by now.`, '  '));
  return parts.join('\n');
};
