import { createHash } from 'node:crypto';
import type { Role } from '@heed/contract';
import { type Hold, runOfHold } from '../consent/guards.ts';
import type { AddressKey } from '../identity/address.ts';
import { viewOf } from '../plan/view.ts';
import { failureFinding } from '../profile/failure-finding.ts';
import { lintProfile } from '../profile/lint/lint-profile.ts';
import { type Finding, printFinding } from '../profile/place.ts';
import type { Profile } from '../profile/profile.ts';
import type { RunReport, RunStatus } from '../state/report.ts';
import type { Lease } from '../state/store.ts';
import { LeaseLost } from '../state/store.ts';
import { forgetCursors } from './consent-read.ts';
import { deliverOptOuts } from './deliver.ts';
import { settleEarlierDoubts } from './doubt.ts';
import { type Engine, EXIT, type OpenSystem, reactionTo, worstExit } from './engine.ts';
import { seeksErased, settleAbsent } from './erased.ts';
import { forgetCarried, isAnswered } from './guarded-pass.ts';
import { beginHolds, putHold, setOf } from './holds.ts';
import { stillInJobs } from './jobs.ts';
import { keepSchemas } from './known-schemas.ts';
import { dueLooks, type LookPace, lookForOptOuts, noteLooks, notLooked } from './look-for-opt-outs.ts';
import { fieldsPass, optOutPass } from './passes.ts';
import { readConsent } from './read-consent.ts';
import { readMembers } from './read-members.ts';
import { readRecords } from './read-records.ts';
import { emptyReport, heldOf } from './report.ts';
import type { Allowed } from './run-state.ts';
import { Interrupted, isConnectorError, newId, type PlanLine, type Run } from './run-state.ts';
import { changeHolds, changeService, movesOf, RELEASED, serviceOf } from './service.ts';
import { SystemStopped } from './write.ts';

export interface RunOptions {
  readonly mode: 'sync' | 'plan';
  /** Reads everything again. */
  readonly full: boolean;
  /** `--yes`: approves a first run (C29). */
  readonly yes: boolean;
  /** How many plan lines are kept; everything is counted. */
  readonly lineLimit: number;
  /** What of the profile a change of which makes the next run a first run again (C23). */
  readonly digest: string;
  /** How often opt-outs are looked for while a long run goes on (C21). */
  readonly looks: LookPace;
  /** Nothing but the opt-outs of these people: read, written and read back (C25). */
  readonly optOutsOf?: readonly AddressKey[] | undefined;
}

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

interface Ended {
  readonly run: Run | null;
  readonly findings: readonly Finding[];
  readonly codes: readonly number[];
  readonly status: RunStatus;
  readonly message: string | null;
}

type Systems = { readonly crm: OpenSystem; readonly marketing: OpenSystem };

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

/** Credentials, permissions, live schemas, lint: nothing is written before all of it is right (exit 2, 3). */
const prepare = async (
  id: string,
  profile: Profile,
  options: RunOptions,
  engine: Engine,
  lease: Lease,
  systems: Systems,
  signal: AbortSignal,
): Promise<Run | Ended> => {
  const { crm, marketing } = systems;
  await ofBoth(systems, ({ session }) => session.check(signal));
  const schemas = await ofBoth(systems, ({ session }) => session.describe(signal));
  const can = { crm: crm.can, marketing: marketing.can };
  const findings = lintProfile({
    profile,
    crm: { title: crm.connector.title, can: can.crm, schema: schemas.crm },
    marketing: { title: marketing.connector.title, can: can.marketing, schema: schemas.marketing },
  });
  const stopped = findings.find((finding) => finding.stops === 'all-but-opt-outs');
  const errors = findings.filter((finding) => finding.stops === 'run');
  if (errors.length > 0) {
    return {
      run: null,
      findings,
      codes: [EXIT.invalid],
      status: 'invalid',
      message: errors.map(printFinding).join('\n'),
    };
  }
  await keepSchemas(engine.store, profile, schemas);
  const service = await serviceOf(engine.store, profile.id);
  const restored = (await engine.store.restored(profile.id)) !== null;
  return {
    id,
    engine,
    view: viewOf(profile, schemas, can, stopped === undefined ? null : stopped.what),
    lease,
    crm,
    marketing,
    signal,
    mode: options.mode,
    service,
    // A restored database does not know what was done since its backup (C25).
    cautious: restored,
    restored,
    findings,
    mayCreate: findings.every((finding) => finding.stops !== 'creates'),
    marketingIsComplete: service.complete !== null,
    allowed: 'nothing',
    erasedMet: new Set(),
    erasedOwed: new Map(),
    erasedSaid: new Set(),
    lines: [],
    lineLimit: options.lineLimit,
    counts: new Map(),
    unknownHeirs: new Map(),
    failures: { crm: 0, marketing: 0 },
    renewedAt: engine.clock.now(),
    setsThatGo: [RELEASED],
    approvedLate: false,
    createsHeld: false,
    sets: 0,
    optOutsMark: 0,
    seenAt: { crm: crm.session.now(), marketing: marketing.session.now() },
    looked: notLooked(engine.clock.now()),
  };
};

/** Asks both systems at once. Both have answered before either's error is told, so that nothing goes on behind our back. */
const ofBoth = async <T>(systems: Systems, ask: (system: OpenSystem) => Promise<T>): Promise<Record<Role, T>> => {
  const asked = [ask(systems.crm), ask(systems.marketing)] as const;
  await Promise.allSettled(asked);
  const [crm, marketing] = await Promise.all(asked);
  return { crm, marketing };
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
  await fieldsPass(run, allowed, between);
  // What only the creates showed reaches the CRM in this very run (C1).
  if (run.mode === 'sync' && !run.view.can.marketing.listsOptedOutWithoutContact)
    await optOuts(run, allowed, run.optOutsMark);
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

/** One sentence after another, whoever wrote the first. */
const andOwed = (message: string): string =>
  `${message.replace(/[.\s]*$/, '')}. What was owed is still owed; the next run goes on.`;

const failed = (error: unknown, run: Run | null, signal: AbortSignal): Ended => {
  const end = (status: RunStatus, code: number, message: string): Ended => ({
    run,
    findings: [],
    codes: [code],
    status,
    message,
  });
  if (error instanceof Interrupted) return end('interrupted', EXIT.interrupted, error.message);
  if (error instanceof LeaseLost) return end('failed', EXIT.busy, error.message);
  if (error instanceof SystemStopped) return end('unreachable', EXIT.unreachable, andOwed(error.message));
  if (isConnectorError(error)) {
    if (signal.aborted) return end('interrupted', EXIT.interrupted, new Interrupted().message);
    switch (reactionTo(error.kind)) {
      case 'retry later':
      case 'stop this system':
        return end('unreachable', EXIT.unreachable, andOwed(error.message));
      case 'stop the run':
        return error.kind === 'config'
          ? end('invalid', EXIT.invalid, error.message)
          : end('failed', EXIT.failed, andOwed(error.message));
      default:
        return end('failed', EXIT.failed, andOwed(error.message));
    }
  }
  throw error;
};

/** Only the marketing system's own word counts: who is opted out elsewhere alone may be mailed there, and is paid for with reason. */
const paidOptedOut = async (run: Run | null): Promise<number | null> =>
  run === null || run.marketing.can.paidStatus === undefined
    ? null
    : run.engine.store.countPaidOptedOut(run.view.marketing);

const finish = async (
  started: RunReport,
  ended: Ended,
  options: RunOptions,
  engine: Engine,
  systems: Systems,
): Promise<RunReport> => {
  const { profile } = started;
  const { owed, setAside } = await engine.store.countWaiting(profile);
  const listed = await engine.store.countListed(profile);
  const counts =
    options.mode === 'sync'
      ? await engine.store.runCounts(started.run)
      : { crm: started.crm, marketing: started.marketing };
  const inJobs = await stillInJobs(engine.store, profile);
  const left = owed + setAside + inJobs.crm + inJobs.marketing;
  const attention = ended.codes.includes(EXIT.done) && left > 0 ? [EXIT.attention] : [];
  const exitCode = worstExit([...ended.codes, ...attention]);
  const report: RunReport = {
    ...started,
    ...counts,
    status: exitCode === EXIT.attention ? 'attention' : ended.status,
    finishedAt: engine.clock.now(),
    held: heldOf(ended.run),
    owed,
    listed,
    review: listed['waits-for-review'] ?? 0,
    paidOptedOut: await paidOptedOut(ended.run),
    inJobs,
    calls: { crm: systems.crm.calls(), marketing: systems.marketing.calls() },
    exitCode,
    message: ended.message,
  };
  if (options.mode === 'sync') {
    await engine.store.finishRun(report);
  }
  return report;
};
