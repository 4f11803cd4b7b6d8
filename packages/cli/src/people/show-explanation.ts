import { ALL_MAIL, type Explanation, type Fact, type SetAside, type SystemAnswer } from '@heed/core';
import { reasonInWords, remediesFor } from '../runs/reasons.ts';
import type { Titles } from '../runs/show-run.ts';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { iso, moment } from '../terminal/words.ts';
import { MAIL, nowJson, nowText } from './show-now.ts';

const ANSWERS = {
  yes: 'YES, it can be mailed',
  no: 'NO, it gets no marketing mail',
  unknown: 'UNKNOWN, so treat it as no',
} as const;

type PlannedWrite = Explanation['next']['consent'][number];

const writeJson = ({ side, op, rule }: PlannedWrite) => ({ side, kind: op.kind, rule });

export const explanationJson = (
  { profile, mailable, rule, now, systems, facts, next }: Explanation,
  setAside: readonly SetAside[],
) => ({
  profile,
  mailable,
  rule,
  now: now.map(nowJson),
  systems: systems.map((one) => ({
    ...one,
    properties: one.properties.map((property) => ({ ...property, since: iso(property.since) })),
  })),
  facts: facts.map(({ fact, stands }) => ({
    ...fact,
    when: { ...fact.when, from: iso(fact.when.from), until: iso(fact.when.until) },
    stands,
  })),
  next: [...next.consent, ...next.fields].map(writeJson),
  owed: next.owed.map(({ side, rule: owing, why }) => ({ side, rule: owing, why })),
  listed: next.listed.map(({ side, reason, detail }) => ({ side, reason, detail })),
  setAside: setAside.map(({ side, field, rule: broken, message, retryAt }) => ({
    side,
    field,
    rule: broken,
    message,
    retryAt: iso(retryAt),
  })),
});

/** What Heed last read: a record a line, and below it the properties that it goes by. */
const systemText = ({ system, record, mailable, properties }: SystemAnswer): string =>
  [
    `  ${system} ${record}: ${MAIL[mailable]}`,
    ...properties.map(({ name, value, blocks, since }) => {
      const dated = since === null ? '' : `, since ${moment(since)}`;
      return paragraph(`${name}: ${value}${blocks ? ' (blocks)' : ''}${dated}`, '      ', '    ');
    }),
  ].join('\n');

/** Of a system that could not be asked. */
const lastReadText = ({ side, system, unreachable }: Explanation['now'][number], { systems }: Explanation): string => {
  const here = systems.filter((one) => one.side === side);
  const known = here.length === 0 ? 'Heed has read no record of this address there.' : 'What Heed last read there:';
  return [
    paragraph(`${system} could not be asked: ${unreachable}. ${known}`, '    ', '  '),
    ...here.map(systemText),
  ].join('\n');
};

const FACTS: readonly Column[] = [
  { title: 'entry', align: 'right' },
  { title: 'who said it', flexible: true },
  { title: 'what' },
  { title: 'by' },
  { title: 'when', flexible: true },
  { title: 'now', flexible: true },
];

/** When it happened, as exactly as anybody knows. */
const whenOf = ({ when }: Fact): string => {
  if (when.exact) return moment(when.until);
  return when.from === null ? `before ${moment(when.until)}` : `seen ${moment(when.until)}`;
};

const nowOf = ({ fact, stands }: Explanation['facts'][number]): string => {
  if (fact.echoOf !== null) return `our own write, echo of ${fact.echoOf}`;
  if (stands === null) return fact.says === 'opted-out' ? 'withdrawn' : '';
  if (stands.crm && stands.marketing) return 'stands';
  if (!stands.crm && !stands.marketing) return 'lifted or withdrawn';
  return stands.crm ? 'stands for the CRM' : 'stands for marketing';
};

/** A fact may come from any system of the customer, not from the profile's own two only (C26). */
const sourceOf = ({ source }: Fact, titleOf: TitleOf): string =>
  source.role === 'list' ? `opt-out list (${source.field})` : `${titleOf(source.connection)} ${source.field}`;

/** Nothing for all mail; what our own write collapsed was about one topic all the same (C17). */
const aboutOf = ({ topic }: Fact): string => (topic === ALL_MAIL ? '' : ` of ${topic.replace('collapse:', '')}`);

const nextText = ({ next }: Explanation, titles: Titles): string => {
  const writes = [...next.consent, ...next.fields].map(
    ({ side, op, rule }) => `${op.kind} in ${titles[side]} (${rule})`,
  );
  return writes.length === 0 ? 'nothing to write' : writes.join(', ');
};

/** Why nothing, or not everything, is synced, and what an operator can do about it. */
const remarks = (explained: Explanation, titles: Titles, setAside: readonly SetAside[]): readonly string[] => {
  const reasons = new Set(explained.next.listed.map(({ reason }) => reason));
  const lines = reasons.size === 0 ? [] : [`Not synced: ${[...reasons].map(reasonInWords).join('; ')}.`];
  lines.push(...remediesFor(reasons));
  for (const { side, field, message, retryAt } of setAside) {
    const again =
      retryAt === null ? '' : `; tried again from ${moment(retryAt)} on, or by heed retry ${explained.profile}`;
    lines.push(`Set aside, ${titles[side]}${field === null ? '' : ` ${field}`}: ${message}${again}.`);
  }
  return lines;
};

/** What the row of C0 means for one topic. */
const TOPIC_STATES = {
  1: 'opted out once, opted in again since',
  2: 'opted out by a list',
  3: 'opted out in marketing',
  4: 'opted out in the CRM',
  5: 'not opted out, and out of reach',
  6: 'not opted out',
} as const;

/** What people call the system of a connection. */
type TitleOf = (connection: string) => string;

/** One person in one profile, for people. */
export const explanationText = (
  address: string,
  explained: Explanation,
  titles: Titles,
  titleOf: TitleOf,
  setAside: readonly SetAside[],
): string => {
  const { profile, mailable, rule, now, facts, next } = explained;
  const parts = [
    `${bold(address)} in ${profile}`,
    `  May this address get marketing mail? ${bold(ANSWERS[mailable])}`,
    '',
    ...now.flatMap((one) => [one.unreachable === null ? nowText(one) : lastReadText(one, explained), '']),
  ];
  const rows = facts.map((one) => [
    String(one.fact.n),
    sourceOf(one.fact, titleOf),
    one.fact.says + aboutOf(one.fact) + (one.fact.complaint ? ' (complaint)' : ''),
    one.fact.by,
    whenOf(one.fact),
    nowOf(one),
  ]);
  parts.push(rows.length === 0 ? '  The ledger has no fact about it.' : table(FACTS, rows, { indent: '  ' }));
  const because = next.verdict.because.length === 0 ? '' : `, on ledger entries ${next.verdict.because.join(', ')}`;
  parts.push('', paragraph(`Decided by ${rule}${because}, from what Heed last read.`, '  '));
  for (const { name, verdict } of next.topics)
    parts.push(paragraph(`Topic ${name}: ${TOPIC_STATES[verdict.row]}, decided by ${verdict.rule} (C17).`, '  '));
  for (const line of remarks(explained, titles, setAside)) parts.push(paragraph(line, '    ', '  '));
  for (const { system, changed } of now)
    if (changed) parts.push(paragraph(`${system} has changed since: the next sync reads that first.`, '    ', '  '));
  parts.push(paragraph(`Next sync: ${nextText(explained, titles)}.`, '  '));
  for (const owed of next.owed) parts.push(paragraph(`Owed to ${titles[owed.side]}: ${owed.why} (${owed.rule})`, '  '));
  return parts.join('\n');
};
