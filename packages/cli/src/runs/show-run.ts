import type { Hold, RunReport, Service, SideCounts } from '@heed/core';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { count, duration, iso, plural } from '../terminal/words.ts';
import { listedInWords, reasonInWords } from './reasons.ts';

/** A run as `sync --json` promises it (design: interface, Commands). */
export const runJson = (report: RunReport) => ({
  run: report.run,
  profile: report.profile,
  status: report.status,
  startedAt: iso(report.startedAt),
  finishedAt: iso(report.finishedAt),
  crm: report.crm,
  marketing: report.marketing,
  held: report.held,
  owed: report.owed,
  review: report.review,
  calls: report.calls,
  paidOptedOut: report.paidOptedOut ?? null,
  inJobs: report.inJobs ?? { crm: 0, marketing: 0 },
});

export interface Titles {
  /** `Salesforce` */
  readonly crm: string;
  readonly marketing: string;
}

const STATUS: Readonly<Record<RunReport['status'], string>> = {
  running: 'running',
  done: 'done',
  waiting: 'waits for approval',
  attention: 'done, something needs attention',
  failed: 'failed',
  interrupted: 'interrupted',
  unreachable: 'a system refused, or could not be reached',
  invalid: 'wrong profile, nothing was done',
};

export const statusInWords = (status: RunReport['status']): string => STATUS[status];

const COUNTED = [
  ['created', 'created'],
  ['updated', 'updated'],
  ['optedOut', 'opted out'],
  ['unchanged', 'unchanged'],
  ['held', 'held'],
] as const;

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, one) => total + one, 0);

const countRows = (crm: SideCounts, marketing: SideCounts): readonly (readonly string[])[] => {
  const row = (title: string, a: number, b: number): readonly string[] => [title, count(a), count(b)];
  const rows = [row('records read', crm.read, marketing.read)];
  for (const [key, title] of COUNTED)
    if (crm[key] + marketing[key] > 0) rows.push(row(`  ${title}`, crm[key], marketing[key]));
  const reasons = [...new Set([...Object.keys(crm.notSynced), ...Object.keys(marketing.notSynced)])].sort();
  if (reasons.length > 0) rows.push(row('  not synced', sum(crm.notSynced), sum(marketing.notSynced)));
  for (const reason of reasons)
    rows.push(row(`    ${reasonInWords(reason)}`, crm.notSynced[reason] ?? 0, marketing.notSynced[reason] ?? 0));
  if (crm.setAside.length + marketing.setAside.length > 0)
    rows.push(row('  set aside', crm.setAside.length, marketing.setAside.length));
  return rows;
};

/** Counts of both systems side by side; every record that was read is in exactly one line below "records read". */
export const countsTable = (report: Pick<RunReport, 'crm' | 'marketing'>, titles: Titles): string => {
  const columns: readonly Column[] = [
    { title: '', flexible: true },
    { title: titles.crm, align: 'right' },
    { title: titles.marketing, align: 'right' },
  ];
  return table(columns, countRows(report.crm, report.marketing), { indent: '  ' });
};

/** What waits for a person, and the exact command that lets it go on. */
export const holdText = (hold: Hold, profile: string): string => {
  const people = hold.people > 0 ? ` (${plural(hold.people, 'person', 'people')})` : '';
  const why = paragraph(`${profile}: held${people}: ${hold.why}`, '    ', '  ! ');
  return [why, `      heed approve ${hold.run}`, `      heed reject ${hold.run}`].join('\n');
};

const tookMs = (report: RunReport): number => (report.finishedAt ?? report.startedAt) - report.startedAt;

/** How a profile stands after a run, beside the report. */
export interface Standing {
  readonly service: Service;
  /** Records that are set aside by now, also those this run did not try again. */
  readonly setAside: number;
}

/** Who costs money although no mail may go to them (C13); null if there is nobody, or the system does not tell. */
export const paidOptedOutText = ({ paidOptedOut }: Pick<RunReport, 'paidOptedOut'>, titles: Titles): string | null => {
  const n = paidOptedOut ?? 0; // A run of an older version has none.
  if (n === 0) return null;
  const who = `${plural(n, 'person', 'people')} opted out of all mail from ${titles.marketing} and ${n === 1 ? 'is' : 'are'} still paid for there`;
  return `${who} (C13): that is billing and no consent, and can be ended in ${titles.marketing} alone.`;
};

/** One run, for people. */
export const runText = (report: RunReport, titles: Titles, standing: Standing | undefined): string => {
  const calls = `${plural(report.calls.crm, 'call')} to ${titles.crm}, ${count(report.calls.marketing)} to ${titles.marketing}`;
  const lines = [
    `${bold(report.profile)}: ${statusInWords(report.status)} in ${duration(tookMs(report))}`,
    paragraph(`${report.run}, ${calls}`, '  '),
    countsTable(report, titles),
  ];
  const listed = listedInWords(report.listed ?? {}); // A run of an older version has none.
  if (listed !== '') lines.push(paragraph(`people not synced, as things stand: ${listed}`, '    ', '  '));
  const paid = paidOptedOutText(report, titles);
  if (paid !== null) lines.push(paragraph(paid, '    ', '  '));
  for (const side of ['crm', 'marketing'] as const) {
    const n = report.inJobs?.[side] ?? 0;
    const is = n === 1 ? 'is' : 'are';
    const text = `${plural(n, 'change')} ${is} in a job at ${titles[side]} that has not ended; the next run asks about it`;
    if (n > 0) lines.push(paragraph(text, '    ', '  '));
  }
  const remark = (text: string): number => lines.push(paragraph(text, '    ', '  ! '));
  for (const hold of standing?.service.holds ?? []) lines.push(holdText(hold, report.profile));
  if (report.owed > 0) remark(`${plural(report.owed, 'opt-out')} still owed: heed status ${report.profile} --people`);
  const aside = standing?.setAside ?? 0;
  if (aside > 0) remark(`${plural(aside, 'record')} set aside, and why: heed status ${report.profile} --people`);
  if (report.review > 0) {
    const [customer] = report.profile.split('/');
    remark(`${plural(report.review, 'person', 'people')} to decide about: heed review ${customer}`);
  }
  return lines.join('\n');
};
