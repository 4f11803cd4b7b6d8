import type { Millis } from '@heed/contract';
import { EXIT, worstExit } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import type { Command } from '../invocation.ts';
import { type ProfileStatus, statusOf } from '../runs/profile-status.ts';
import { listedInWords } from '../runs/reasons.ts';
import { holdText, statusInWords, type Titles } from '../runs/show-run.ts';
import { tellErrors } from '../runs/tell-errors.ts';
import { titlesById } from '../runs/titles.ts';
import { bold } from '../terminal/paint.ts';
import { type Column, table } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { duration, iso, moment, plural } from '../terminal/words.ts';
import { openWorkspace, select } from '../workspace.ts';

/** Each profile: in service or not, last and next run, what is owed, held and set aside (C22). */
export const run: Command = async (invocation, [target], options) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  const code = tellErrors(invocation, selection);
  const state = workspace.container.get(TOKENS.State);
  const now = workspace.container.get(TOKENS.Clock).now();
  const statuses: ProfileStatus[] = [];
  for (const { customer, profiles } of selection.chosen)
    for (const profile of profiles) statuses.push(await statusOf(state.customer(customer.name), profile, now));
  const late = statuses.some((one) => one.alerts.length > 0);
  const people = options.people === true;
  return {
    code: worstExit([code, options.check === true && late ? EXIT.attention : EXIT.done]),
    json: { profiles: statuses.map((one) => statusJson(one, people)) },
    text: statuses.map((one) => statusText(one, now, people, titlesById(workspace, one.profile.id))).join('\n\n'),
  };
};

const statusJson = (one: ProfileStatus, people: boolean) => ({
  profile: one.profile.id,
  service: one.service,
  lastRun:
    one.lastRun === null
      ? null
      : {
          run: one.lastRun.run,
          status: one.lastRun.status,
          startedAt: iso(one.lastRun.startedAt),
          finishedAt: iso(one.lastRun.finishedAt),
        },
  nextRun: one.nextRun?.toISOString() ?? null,
  owed: {
    people: one.owed.length,
    since: iso(one.owedSince),
    ...(people
      ? { who: one.owed.map(({ address, side, since, why }) => ({ address, side, since: iso(since), why })) }
      : {}),
  },
  held: one.holds.map(({ run: id, kind, since, people, why }) => ({
    run: id,
    kind,
    since: iso(since),
    people,
    why,
  })),
  setAside: {
    records: one.setAside.length,
    ...(people ? { who: one.setAside.map((aside) => ({ ...aside, retryAt: iso(aside.retryAt) })) } : {}),
  },
  listed: one.listed,
  review: one.review,
  paidOptedOut: one.paidOptedOut,
  alerts: one.alerts,
});

const lastRunText = ({ lastRun }: ProfileStatus, now: Millis): string => {
  if (lastRun === null) return 'none yet';
  const ago = `${duration(now - lastRun.startedAt)} ago`;
  const words = lastRun.status === 'running' ? 'running, or was killed' : statusInWords(lastRun.status);
  return `${words}, ${ago} (${lastRun.run})`;
};

const statusText = (one: ProfileStatus, now: Millis, people: boolean, titles: Titles): string => {
  const owed =
    one.owedSince === null
      ? 'nothing'
      : `${plural(one.owed.length, 'opt-out')}, the oldest since ${moment(one.owedSince)} (${duration(now - one.owedSince)})`;
  const rows = [
    ['service', one.service],
    ['last run', lastRunText(one, now)],
    ['next run', one.nextRun === null ? nextRunText(one) : moment(one.nextRun.getTime())],
    ['owed', owed],
    ['set aside', one.setAside.length === 0 ? 'nothing' : plural(one.setAside.length, 'record')],
  ];
  const listed = listedInWords(one.listed);
  if (listed !== '') rows.push(['not synced', listed]);
  if (one.review > 0)
    rows.push(['review', `${plural(one.review, 'person', 'people')}: heed review ${one.profile.customer}`]);
  if ((one.paidOptedOut ?? 0) > 0)
    rows.push(['paid for', `${plural(one.paidOptedOut ?? 0, 'person', 'people')} who opted out of all mail (C13)`]);
  const parts = [
    bold(one.profile.id),
    table([{ title: '' }, { title: '', flexible: true }], rows, { indent: '  ', heading: false }),
  ];
  parts.push(...one.holds.map((hold) => holdText(hold, one.profile.id)));
  parts.push(...one.alerts.map((alert) => paragraph(alert.text, '    ', '  ! ')));
  if (people) parts.push(...peopleTables(one, now, titles));
  return parts.join('\n');
};

const flexible = (title: string): Column => ({ title, flexible: true });

/** Who is owed an opt-out, and who was set aside, and why. */
const peopleTables = (one: ProfileStatus, now: Millis, titles: Titles): readonly string[] => {
  const owed = one.owed.map((owing) => [owing.address, titles[owing.side], duration(now - owing.since), owing.why]);
  const aside = one.setAside.map(({ address, side, field, message }) => [address, titles[side], field ?? '', message]);
  return [
    ...(owed.length === 0 ? [] : [table(['owed to', 'in', 'for', 'why'].map(flexible), owed, { indent: '  ' })]),
    ...(aside.length === 0 ? [] : [table(['set aside', 'in', 'field', 'why'].map(flexible), aside, { indent: '  ' })]),
  ];
};

const nextRunText = ({ service, profile }: ProfileStatus): string =>
  service === 'paused' ? `when resumed: heed resume ${profile.id}` : 'only when asked: it has no schedule';
