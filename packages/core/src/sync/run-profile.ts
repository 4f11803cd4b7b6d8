import { createHash } from 'node:crypto';
import { type Hold, runOfHold } from '../consent/guards.ts';
import { failureFinding } from '../profile/failure-finding.ts';
import { type Finding, printFinding } from '../profile/place.ts';
import type { Profile } from '../profile/profile.ts';
import type { RunReport } from '../state/report.ts';
import type { Lease } from '../state/store.ts';
import { forgetCursors } from './consent-read.ts';
import { deliverOptOuts } from './deliver.ts';
import { settleEarlierDoubts } from './doubt.ts';
import { type Ended, failed, finish } from './end-run.ts';
import { type Engine, EXIT } from './engine.ts';
import { seeksErased, settleAbsent } from './erased.ts';
import { forgetCarried, isAnswered } from './guarded-pass.ts';
import { beginHolds, putHold, setOf } from './holds.ts';
import { dueLooks, lookForOptOuts, noteLooks } from './look-for-opt-outs.ts';
import { fieldsPass, optOutPass } from './passes.ts';
import { prepare } from './prepare.ts';
import { readConsent } from './read-consent.ts';
import { readMembers } from './read-members.ts';
import { readRecords } from './read-records.ts';
import { emptyReport } from './report.ts';
import type { RunOptions } from './run-options.ts';
import { type Allowed, isConnectorError, newId, type PlanLine, type Run, type Systems } from './run-state.ts';
import { changeHolds, changeService, movesOf } from './service.ts';

export interface RunResult {
  readonly report: RunReport;
  readonly lines: readonly PlanLine[];
  readonly findings: readonly Finding[];
  /** `planned.crm.opt-out`: how many. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * One run of one profile: settles doubts, reads consent, carries opt-outs, reads records, carries fields. Interrupted or
 * killed anywhere, the next run goes on. The caller holds the customer's lease. Never throws for what a run can report.
 */
export const runProfile = async (
  profile: Profile,
  options: RunOptions,
  engine: Engine,
  lease: Lease,
  signal: AbortSignal,
): Promise<RunResult> => {
  const id = newId(engine, options.mode === 'plan' ? 'plan-' : 'run-');
  const started = emptyReport(id, profile.id, engine.clock.now());
  if (options.mode === 'sync') await engine.store.beginRun(started);
  const crm = engine.open(profile, 'crm');
  const marketing = engine.open(profile, 'marketing');
  const ended = await attempt(id, profile, options, engine, lease, { crm, marketing }, signal);
  await crm.session.close();
  await marketing.session.close();
  const report = await finish(started, ended, options, engine, { crm, marketing });
  return { report, lines: ended.run?.lines ?? [], findings: ended.findings, counts: ended.run?.counts ?? new Map() };
};

const attempt = async (
  id: string,
  profile: Profile,
  options: RunOptions,
  engine: Engine,
  lease: Lease,
  systems: Systems,
  signal: AbortSignal,
): Promise<Ended> => {
  let run: Run | null = null;
  let findings: readonly Finding[] = [];
  try {
    const prepared = await prepare(id, profile, options, engine, lease, systems, signal);
    if (!('view' in prepared)) return prepared;
    run = prepared;
    findings = prepared.findings;
    let code = await work(run, options);
    while (code === 'approved meanwhile') {
      const anew = await prepare(id, profile, options, engine, lease, systems, signal);
      if (!('view' in anew)) return anew;
      run = anew;
      // Whatever was to be read again has been.
      code = await work(run, { ...options, full: false });
    }
    return { run, findings, codes: [code], status: code === EXIT.waiting ? 'waiting' : 'done', message: null };
  } catch (error) {
    const finding = isConnectorError(error) ? failureFinding(error, profile) : null;
    if (finding === null) return { ...failed(error, run, signal), findings };
    return { run, findings: [finding], codes: [EXIT.invalid], status: 'invalid', message: printFinding(finding) };
  }
};

/** Answers with its exit code, or that what it had to hold was approved while it read: then it begins anew, as the next run would. */
const work = async (run: Run, options: RunOptions): Promise<number | 'approved meanwhile'> => {
  await beginHolds(run);
  await run.engine.store.clearWorklist(run.lease, run.view.profile.id, null);
  const allowed = await permission(run, options);
  run.allowed = allowed;
  await settleEarlierDoubts(run);
  if (options.optOutsOf !== undefined) {
    await deliverOptOuts(run, options.optOutsOf);
    return EXIT.done;
  }
  // A profile that never read anything has missed what opt-out lists and other profiles brought before it was there (C20, C26).
  const isNew = run.service.blocked === '';
  if (options.full || isNew) await run.engine.store.markDirty(run.view.profile.id, null, run.engine.clock.now());
  const readsAll = options.full || run.restored || (await seeksErased(run));
  if (readsAll) await forgetCursors(run);
  await readMembers(run);
  run.marketingIsComplete = run.service.complete !== null;
  await readConsent(run);
  if (readsAll && !isNew) await settleAbsent(run);
  await lookAgainIfUnblocked(run);
  // Who is in the lists decides about opt-outs only where the profile says so (C5); else nothing comes before them (C21). A plan
  // carries nothing, so it reads first and says at once what a sync does in two steps (I10).
  const listsFirst = run.view.settings.scope === 'lists' || run.mode === 'plan';
  const between = (): Promise<void> => optOutsBetween(run, allowed, options);
  if (listsFirst) await readRecords(run);
  await optOuts(run, allowed, null);
  noteLooks(run);
  if (!listsFirst) {
    const mark = await run.engine.store.newestMark();
    await readRecords(run, between);
    // What only the records showed, one that was merged or deleted before any read: still before any other change (C21).
    await optOuts(run, allowed, mark);
  }
  const beforeFields = await run.engine.store.newestMark();
  await fieldsPass(run, allowed, between);
  // What only the creates showed reaches the CRM in this very run (C1). What our own opt-outs demand of siblings is for the next
  // one, as in any other system (C8, example 5): a plan cannot know whom they make us ask about (I10).
  if (run.mode === 'sync' && !run.view.can.marketing.listsOptedOutWithoutContact)
    await optOuts(run, allowed, Math.max(beforeFields, run.optOutsMark));
  if (allowed === 'everything' && run.mode === 'sync') await putInService(run, options);
  if (run.restored && run.mode === 'sync') await run.engine.store.recovered(run.lease, run.view.profile.id);
  if (allowed !== 'everything' && !(await holdFirstRun(run, allowed, options))) return 'approved meanwhile';
  return allowed !== 'everything' || run.service.holds.length > 0 ? EXIT.waiting : EXIT.done;
};

/**
 * A hidden field that became visible, a side that reads whole again (C18, C24), a field that got another type or other
 * options: whoever waited for it is looked at.
 */
const lookAgainIfUnblocked = async (run: Run): Promise<void> => {
  const { view } = run;
  const kinds = view.fields.flatMap(({ crm, marketing }) =>
    [...Object.values(crm), marketing].map((field) => [field?.type, field?.options, field?.maxLength]),
  );
  const blocked = createHash('sha256')
    .update(JSON.stringify([view.stopped, run.mayCreate, run.cautious, kinds]))
    .digest('hex');
  if (blocked === run.service.blocked) return;
  if (run.service.blocked !== '') await run.engine.store.markDirty(view.profile.id, null, run.engine.clock.now());
  run.service = await changeService(run.engine.store, run.view.profile.id, (service) => ({ ...service, blocked }));
};

/** Opt-outs never wait behind a long read, a long run of fields or a job (C21), nor does what somebody approves meanwhile (C23). */
const optOutsBetween = async (run: Run, allowed: Allowed, options: RunOptions): Promise<void> => {
  if (run.mode === 'plan') return;
  const due = dueLooks(run, options.looks);
  if (due.length === 0 && !(await isAnswered(run))) return;
  await lookForOptOuts(run, due);
  await optOuts(run, allowed, run.optOutsMark);
  noteLooks(run, due);
};

const optOuts = async (run: Run, allowed: Allowed, since: number | null): Promise<void> => {
  const mark = await run.engine.store.newestMark();
  await optOutPass(run, allowed, since);
  run.optOutsMark = mark;
};

const permission = async (run: Run, options: RunOptions): Promise<Allowed> => {
  const { approved } = run.service;
  if (approved === options.digest) return 'everything';
  // Everybody is looked at again under the new rules, whoever approves of them.
  if (approved !== null) await run.engine.store.markDirty(run.view.profile.id, null, run.engine.clock.now());
  if (options.yes && run.mode === 'sync') return 'everything';
  return approved === null ? 'nothing' : 'own-opt-outs';
};

const putInService = async (run: Run, options: RunOptions): Promise<void> => {
  // What is approved only now is for the next run.
  await forgetCarried(run);
  const stays = (hold: Hold): boolean =>
    hold.kind !== 'first-run' && (hold.kind === 'empty-side' || runOfHold(hold.run) === run.id);
  run.service = await changeHolds(run.engine.store, run.view.profile.id, async (service) => ({
    service: {
      ...service,
      approved: options.digest,
      holds: service.holds.filter(stays),
      released: { ...service.released, creates: run.createsHeld && service.released.creates },
    },
    moves: movesOf(
      service.holds.filter((hold) => !stays(hold)),
      null,
    ),
  }));
};

/** Whether it holds: no, if this very profile was approved while the run read. */
const holdFirstRun = async (run: Run, allowed: Allowed, { digest }: RunOptions): Promise<boolean> => {
  if (run.mode === 'plan') return true;
  const why =
    allowed === 'nothing'
      ? `the first run of a profile waits for approval (C29): heed approve ${run.id}, or sync --yes`
      : `the profile changed what it says about consent, lists, records or connections, so this run counts as a first run (C23): heed approve ${run.id}`;
  const set = setOf('first-run', run.id);
  const people = await run.engine.store.held.count(run.view.profile.id, [set]);
  const found = { kind: 'first-run', people, set: people === 0 ? null : set, why } as const;
  await putHold(run, found, ({ approved }) => approved === digest);
  return run.service.approved !== digest;
};
