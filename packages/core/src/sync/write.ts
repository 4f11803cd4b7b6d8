import type { Op, Outcome, Refusal, Row } from '@heed/contract';
import { isDenied } from '../consent/echo.ts';
import type { Agreed } from '../plan/op.ts';
import type { Intent } from '../state/store.ts';
import { type OpenSystem, reactionTo } from './engine.ts';
import { lookAt } from './look.ts';
import { isConnectorError, newId, type Run, sideOf } from './run-state.ts';
import { settleDoubts } from './settle-open.ts';
import { takeIn } from './take-in.ts';
import { type Addressed, type Answered, readsAgain, type Written, written } from './written.ts';

export interface Sent {
  readonly written: readonly Written[];
  /** The side takes nothing more; to be thrown once what it did take is settled. */
  readonly stopped: SystemStopped | null;
}

/** An unavailable system is not the record's fault: the run stops, what was owed stays owed (exit 3). */
export class SystemStopped extends Error {
  readonly side: 'crm' | 'marketing';
  readonly refusal: Refusal;
  constructor(side: 'crm' | 'marketing', title: string, refusal: Refusal) {
    super(`${title}: ${refusal.message}`);
    this.name = 'SystemStopped';
    this.side = side;
    this.refusal = refusal;
  }
}

/**
 * Sends writes to one side: intents durable first, then the request, then what the answers show. An answer that nobody
 * got is looked up at once; what stays in doubt stays an open intent, which the next run settles before anything else.
 */
export const send = async (run: Run, side: 'crm' | 'marketing', writes: readonly Addressed[]): Promise<Sent> => {
  if (writes.length === 0) return { written: [], stopped: null };
  const { open } = sideOf(run, side);
  const intents = writes.map((one) => intentOf(run, side, one, null));
  await run.engine.store.intend(run.lease, intents);
  const outcomes = new Map((await request(run, open, intents)).map((outcome) => [outcome.op, outcome]));
  return conclude(
    run,
    side,
    intents.map((intent, i) => ({
      intent,
      outcome: outcomes.get(intent.id) ?? lost(intent),
      ...(writes[i] as Addressed),
    })),
  );
};

/** A write as it is made durable before anybody is asked to do it. */
export const intentOf = (
  run: Run,
  side: 'crm' | 'marketing',
  { address, write }: Addressed,
  job: string | null,
): Intent => {
  const { open, system } = sideOf(run, side);
  const id = newId(run.engine, 'op');
  return {
    id,
    profile: run.view.profile.id,
    run: run.id,
    system,
    op: { ...write.op, id } as Op,
    address,
    because: write.because,
    ...(write.collapses === true && write.topic !== undefined ? { collapses: write.topic } : {}),
    rule: write.rule,
    sentAt: open.session.now(),
    answeredAt: null,
    state: 'open',
    seen: false,
    partner: write.partner,
    agrees: write.agrees,
    made: null,
    job,
  };
};

/** What the answers show, of a request or of a job: settled, taken in, and looked up where nobody knows. */
export const conclude = async (
  run: Run,
  side: 'crm' | 'marketing',
  sent: readonly Answered[],
  looksAt: (one: Answered) => boolean = needsLook,
): Promise<Sent> => {
  const answered = sent.map((one) => ({ ...one, intent: answer(run, side, one.intent, one.outcome) }));
  await takeIn(run, side, answered);
  await lookAt(
    run,
    side,
    answered.filter((one) => one.intent.state === 'open' || looksAt(one)).map((one) => one.intent),
  );
  const settled = await settleDoubts(run, side, answered);
  const stopped = stopIfDown(
    run,
    side,
    settled.map((one) => one.outcome),
  );
  return { written: settled.map((one) => written(run, side, one)), stopped };
};

/** A connector that fails as a whole has told nothing about single ops; whether any was applied, its error says. */
const request = async (run: Run, open: OpenSystem, intents: readonly Intent[]): Promise<readonly Outcome[]> => {
  const ops = intents.map((intent) => intent.op);
  try {
    return await open.session.write(ops, run.signal);
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const { kind, message, details } = error;
    const refusal: Refusal = { kind, code: details.code ?? kind, message, field: null, forever: false };
    return ops.map(({ id }) => ({ op: id, result: details.mayHaveApplied === true ? 'unknown' : 'rejected', refusal }));
  }
};

const answer = (run: Run, side: 'crm' | 'marketing', intent: Intent, outcome: Outcome): Intent => {
  if (outcome.result === 'unknown' || isUnshown(outcome, intent)) return intent;
  if (outcome.result === 'rejected') return { ...intent, state: 'rejected' };
  return {
    ...intent,
    state: outcome.result,
    answeredAt: outcome.at,
    // `unchanged` was somebody else's doing, and what the answer itself denies nobody has done yet: neither explains anything
    // that a read shows later (Words: echo).
    seen:
      outcome.result === 'unchanged' ||
      (outcome.row !== null && isDenied(intent.op, outcome.row, run.view.consentFields)),
    made: outcome.record,
    agrees: outcome.result === 'applied' ? asShown(side, intent, outcome.row) : intent.agrees,
  };
};

/**
 * Both sides agree on what the vendor made of the values that we sent, which it may have trimmed or spelled in its own way. A
 * field that we did not send may show somebody's edit: nobody agreed on that.
 */
const asShown = (side: 'crm' | 'marketing', { agrees, op }: Intent, row: Row | null): Agreed =>
  row === null
    ? agrees
    : Object.fromEntries(
        Object.entries(agrees).map(([pair, both]) => {
          const name = pair.split('=')[side === 'crm' ? 0 : 1] ?? '';
          const now = 'fields' in op && name in op.fields ? row.values[name] : undefined;
          return [pair, now === undefined ? both : { ...both, [side]: JSON.stringify(now) }];
        }),
      );

export const lost = (intent: Intent): Outcome => ({
  op: intent.id,
  result: 'unknown',
  refusal: {
    kind: 'protocol',
    code: 'no-outcome',
    message: 'the connector gave no outcome for this write',
    field: null,
    forever: false,
  },
});

/**
 * A new member that was accepted without being shown stays in doubt until a look-up shows it. Only there: the address is its
 * key, so it may be tried again, where a CRM record would be made twice (I7).
 */
const isUnshown = (outcome: Outcome, { op, system }: Intent): boolean =>
  system.role === 'marketing' && op.kind === 'create' && outcome.result === 'applied' && outcome.row === null;

/** An opt-out is done when it was read back, a clear likewise (C22); a write in doubt is looked up at once (choice 5). */
const needsLook = ({ outcome, intent: { op } }: Answered): boolean =>
  outcome.result === 'unknown' ||
  (outcome.result === 'rejected' && readsAgain(outcome.refusal)) ||
  (outcome.result !== 'rejected' && (op.kind === 'opt-out' || op.kind === 'clear' || op.kind === 'leave'));

/** Batches in a row, not single ops: a record that is always locked must not stop the others (I12). */
const FAILED_BATCHES = 3;

const stopIfDown = (run: Run, side: 'crm' | 'marketing', outcomes: readonly Outcome[]): SystemStopped | null => {
  const refusals = outcomes.flatMap((outcome) => (outcome.result === 'rejected' ? [outcome.refusal] : []));
  const { title } = sideOf(run, side).open.connector;
  const denied = refusals.find((refusal) => reactionTo(refusal.kind) === 'stop this system');
  if (denied !== undefined) return new SystemStopped(side, title, denied);
  const down = refusals.filter((refusal) => reactionTo(refusal.kind) === 'retry later');
  run.failures[side] = down.length === outcomes.length ? run.failures[side] + 1 : 0;
  const first = down[0];
  return first !== undefined && run.failures[side] >= FAILED_BATCHES ? new SystemStopped(side, title, first) : null;
};
