import type { Millis } from '@heed/contract';
import { type Answered, EXIT, type Hold, type Profile, type Store } from '@heed/core';
import { TOKENS } from '../composition/container.ts';
import { type Answer, type Invocation, type Options, UsageError } from '../invocation.ts';
import { plural } from '../terminal/words.ts';
import { openWorkspace } from '../workspace.ts';
import { findRun } from './find-run.ts';
import { digestOf } from './run-customer.ts';
import { runSelection } from './run-selection.ts';
import { runJson, runText } from './show-run.ts';
import { titlesOf } from './titles.ts';

const KINDS: Readonly<Record<Hold['kind'], string>> = {
  'first-run': 'the first run',
  'opt-outs': 'opt-outs',
  creates: 'creates',
  'empty-side': 'the new size of a side',
};

export interface HoldOf {
  readonly store: Store;
  readonly profile: Profile;
  /** As `heed status` names what is held: a run, with a number behind it where that run has held another set before. */
  readonly run: string;
  readonly digest: string;
  /** Our clock. */
  readonly now: Millis;
}

/** `approve` and `reject`: answers what a run holds, and with `--now` runs the profile at once. */
export const answerHold = async (
  invocation: Invocation,
  id: string | undefined,
  options: Options,
  words: 'approved' | 'rejected',
  decide: (hold: HoldOf) => Promise<Answered>,
): Promise<Answer> => {
  const workspace = await openWorkspace(invocation);
  const { customer, store, report } = await findRun(workspace, id);
  const profile = customer.profiles.find((one) => one.id === report.profile);
  const digest = profile === undefined ? null : digestOf(customer, profile);
  if (profile === undefined || digest === null)
    throw new UsageError(`${report.profile} is not there or has errors: heed check ${report.profile}`);
  const answered = await decide({
    store,
    profile,
    run: id ?? report.run,
    digest,
    now: workspace.container.get(TOKENS.Clock).now(),
  });
  if (!answered.ok) throw new UsageError(`${profile.id}: ${answered.why}.`);
  const holds = answered.holds.map((hold) => ({ kind: hold.kind, people: hold.people, why: hold.why }));
  const lines = holds.map(({ kind, people }) => {
    const who = people > 0 ? ` (${plural(people, 'person', 'people')})` : '';
    return `${profile.id}: ${KINDS[kind]}${who} ${words}.`;
  });
  const later = `A run under way applies it, else the next: heed sync ${profile.id}`;
  if (options.now !== true) {
    const text = [...lines, later].join('\n');
    return { code: EXIT.done, json: { run: report.run, profile: profile.id, [words]: holds, runs: [] }, text };
  }
  // It is decided already, and a run under way takes it up where it can: waiting makes sure of the rest.
  const beforeWaiting = (): void =>
    invocation.tell(
      `${profile.id}: ${words}. Another process is running ${customer.name} and applies it as it goes on; waiting for its end, to apply the rest.`,
    );
  const selection = { chosen: [{ customer, profiles: [profile] }], errors: [], single: true };
  const how = { mode: 'sync' as const, full: false, yes: false, lineLimit: 0, beforeWaiting };
  const ran = await runSelection(invocation, workspace, selection, how);
  const titles = titlesOf(customer, profile);
  const texts = ran.results.map((one) => runText(one.report, titles, ran.standings.get(profile.id)));
  return {
    code: ran.code,
    json: { run: report.run, profile: profile.id, [words]: holds, runs: ran.results.map((one) => runJson(one.report)) },
    text: [...lines, ...(texts.length === 0 ? [later] : ['', ...texts])].join('\n'),
  };
};
