import type { Op } from '@heed/contract';
import type { PlanLine, Profile, RunResult } from '@heed/core';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { count, plural } from '../terminal/words.ts';
import { reasonInWords } from './reasons.ts';
import { paidOptedOutText, runJson, type Titles } from './show-run.ts';

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

const lineJson = ({ address, side, record, kind, topic, rule, fields, held }: PlanLine) => ({
  address,
  side,
  record: record === null ? null : `${record.type}/${record.id}`,
  kind,
  topic,
  rule,
  fields,
  held,
});

/** As `sync --json`, with what would be written: in numbers, and a line per person. */
export const planJson = (result: RunResult) => ({
  ...runJson(result.report),
  listed: listedCounts(result),
  sharedAddresses: result.counts.get('people.sharedAddress') ?? 0,
  collapsed: result.counts.get('people.collapsed') ?? 0,
  invitations: result.counts.get('people.invited') ?? 0,
  overwrites: result.counts.get('fields.overwritten') ?? 0,
  writes: plannedCounts(result).map(({ side, kind, now, held }) => ({ side, kind, planned: now, held })),
  lines: result.lines.map(lineJson),
});

/** C2 in one sentence, for every profile that does not carry CRM opt-outs to marketing. */
export const c2Sentence = (titles: Titles): string =>
  `People who opted out in ${titles.crm} can still be mailed from ${titles.marketing}: optOut.crmToMarketing is off (C2).`;

/** People who are left as they are, by reason. */
const listedCounts = (result: RunResult): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...result.counts].flatMap(([name, n]) => (name.startsWith('listed.') ? [[name.slice('listed.'.length), n]] : [])),
  );

/** What a first run must show beside its writes (C29): who is left as they are, and what deserves a look. */
const restRows = (result: RunResult): readonly (readonly string[])[] => {
  const listed = Object.entries(listedCounts(result)).sort(([, a], [, b]) => b - a);
  const looks = [
    ['addresses that several records share', result.counts.get('people.sharedAddress')],
    ['invitations: confirmation mails (C11)', result.counts.get('people.invited')],
    ['opt-outs of one topic, written as opt-outs of everything (C17)', result.counts.get('people.collapsed')],
    ['field values that would be overwritten', result.counts.get('fields.overwritten')],
  ] as const;
  return [
    ...listed.map(([reason, n]) => [reasonInWords(reason), count(n)]),
    ...looks.flatMap(([what, n]) => (n === undefined ? [] : [[what, count(n)]])),
  ];
};

const REST: readonly Column[] = [
  { title: 'people left as they are, and what to look at', flexible: true },
  { title: '', align: 'right' },
];

const NUMBERS: readonly Column[] = [
  { title: 'what a sync would write' },
  { title: 'where', flexible: true },
  { title: 'now', align: 'right' },
  { title: 'held', align: 'right' },
];

const LINES: readonly Column[] = [
  { title: 'person', flexible: true },
  { title: 'what', flexible: true },
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
  const rest = restRows(result);
  if (rest.length > 0) parts.push('', table(REST, rest, { indent: '  ' }));
  if (lines.length > 0) {
    const rows = lines.map((line) => [
      line.address,
      `${kindInWords(line.kind)}${line.topic === null ? '' : ` of ${line.topic}`} in ${titles[line.side]}${line.held ? ', held' : ''}`,
      line.kind === 'patch' || line.kind === 'create' ? line.fields.join(', ') : '',
      line.rule,
    ]);
    const more = total > lines.length ? `\n  and ${count(total - lines.length)} more (--limit N shows more)` : '';
    parts.push('', table(LINES, rows, { indent: '  ' }) + more);
  }
  if (!profile.optOut.crmToMarketing) {
    const left = listedCounts(result)['opted-out-in-crm'] ?? 0;
    const people = left === 0 ? '' : ` That is so for ${plural(left, 'person', 'people')} here.`;
    parts.push('', paragraph(c2Sentence(titles) + people, '  '));
  }
  const paid = paidOptedOutText(report, titles);
  if (paid !== null) parts.push(paragraph(paid, '  '));
  if (report.owed > 0) parts.push(paragraph(`${plural(report.owed, 'opt-out')} owed by now.`, '  '));
  return parts.join('\n');
};
