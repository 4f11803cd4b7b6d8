import { type Customer, EXIT, type Profile, printFinding, type RunReport, serviceOf, worstExit } from '@heed/core';
import { safeMessage } from '@heed/toolkit';
import { TOKENS } from '../composition/container.ts';
import { nodeCron } from '../composition/cron.ts';
import { type Command, type Invocation, UsageError } from '../invocation.ts';
import { runCustomer } from '../runs/run-customer.ts';
import { runJson, statusInWords } from '../runs/show-run.ts';
import { tellErrors } from '../runs/tell-errors.ts';
import { type Scheduled, startScheduler } from '../scheduler/scheduler.ts';
import { asJson } from '../terminal/harmless.ts';
import { duration, momentIn } from '../terminal/words.ts';
import { openWorkspace, select, type Workspace } from '../workspace.ts';

interface Job extends Scheduled {
  readonly owner: Customer;
  readonly profile: Profile;
}

interface Daemon {
  readonly codes: number[];
  /** What was said of a profile at its last run: a warning that stays is not repeated every few minutes. */
  readonly told: Map<string, string>;
}

/** The daemon: every profile on its schedule, a line per run, until it is told to stop. */
export const run: Command = async (invocation, [target]) => {
  const workspace = await openWorkspace(invocation);
  const selection = select(workspace, target, invocation.profilesDir);
  tellErrors(invocation, selection);
  const jobs = selection.chosen.flatMap(({ customer, profiles }) => profiles.flatMap((one) => jobOf(customer, one)));
  if (jobs.length === 0) throw new UsageError('No profile has a schedule, so there is nothing to serve.');
  const daemon: Daemon = { codes: [], told: new Map() };
  const scheduler = startScheduler(jobs, {
    cron: nodeCron,
    clock: workspace.container.get(TOKENS.Clock),
    signal: invocation.signal,
    run: (job) => runOnce(invocation, workspace, job, daemon),
    report: (text) => invocation.tell(text),
  });
  for (const { id, at } of scheduler.next()) {
    const zone = jobs.find((job) => job.id === id)?.timezone ?? 'UTC';
    const text = at === null ? `${id}: its schedule never comes` : `${id}: next run ${momentIn(at, zone)}`;
    announce(invocation, { profile: id, nextRun: at?.toISOString() ?? null }, text);
  }
  await scheduler.ended;
  return { code: worstExit(daemon.codes), json: undefined, text: '' };
};

const jobOf = (owner: Customer, profile: Profile): readonly Job[] =>
  profile.schedule === null ? [] : [{ id: profile.id, customer: owner.name, owner, profile, ...profile.schedule }];

const announce = (invocation: Invocation, json: unknown, text: string): void =>
  invocation.say(invocation.json ? asJson(json) : text);

/** One run and its line. A daemon outlives the failure of a run: it is reported, and the next tick goes on. */
const runOnce = async (
  invocation: Invocation,
  { container }: Workspace,
  job: Job,
  daemon: Daemon,
): Promise<'ran' | 'busy'> => {
  try {
    const { paused } = await serviceOf(container.get(TOKENS.State).customer(job.customer), job.id);
    if (paused) return 'ran';
    const how = { mode: 'sync' as const, full: false, yes: false, lineLimit: 0, progress: () => {} };
    const ran = await runCustomer(container, job.owner, [job.profile], { ...how, signal: invocation.signal });
    if (ran.codes.includes(EXIT.busy)) return 'busy';
    const remarks = [...ran.messages, ...ran.findings.map(printFinding)];
    if (daemon.told.get(job.id) !== remarks.join('\n')) for (const text of remarks) invocation.tell(text);
    daemon.told.set(job.id, remarks.join('\n'));
    for (const { report } of ran.results) {
      if (report.exitCode === EXIT.interrupted) daemon.codes.push(EXIT.interrupted);
      announce(invocation, runJson(report), lineOf(report));
    }
  } catch (error) {
    invocation.tell(`${job.id}: failed unexpectedly: ${safeMessage(error)} The next run goes on.`);
  }
  return 'ran';
};

/** `2026-11-21T23:45:00.000Z acme/newsletter: done in 2.1 s: 3 opted out, 1 created (run-0mwr...)`; no people in it. */
const lineOf = (report: RunReport): string => {
  const { crm, marketing, held, owed } = report;
  const total = (key: 'created' | 'updated' | 'optedOut'): number => crm[key] + marketing[key];
  const words = [
    [total('optedOut'), 'opted out'],
    [total('created'), 'created'],
    [total('updated'), 'updated'],
    [Object.values(held).reduce((sum, n) => sum + n, 0), 'held'],
    [owed, 'owed'],
    [crm.setAside.length + marketing.setAside.length, 'set aside'],
  ] as const;
  const changes = words.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])).join(', ') || 'nothing changed';
  const finished = report.finishedAt ?? report.startedAt;
  const took = duration(finished - report.startedAt);
  const why = report.message === null ? '' : ` ${report.message.split('\n')[0]}`;
  return `${new Date(finished).toISOString()} ${report.profile}: ${statusInWords(report.status)} in ${took}: ${changes} (${report.run})${why}`;
};
