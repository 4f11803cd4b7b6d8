import type { FieldValue, Op, Outcome, Refusal, Row } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';
import { REFUSED_FOR_EVER } from '../plan/consent-case.ts';
import { type PlannedWrite, writeDigest } from '../plan/op.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent, Link, RunChange, SetAside } from '../state/store.ts';
import { type OpenSystem, reactionTo } from './engine.ts';
import { ingest } from './ingest.ts';
import { lookAt } from './look.ts';
import { isConnectorError, newId, note, type Run, sideOf } from './run-state.ts';

export interface Addressed {
  readonly address: AddressKey;
  readonly write: PlannedWrite;
  /** How often this very write was refused before. */
  readonly tries: number;
}

/** What became of one write. `done`: it is as wanted now, by us or by somebody else. */
export interface Written extends Addressed {
  readonly intent: Intent;
  readonly done: boolean;
  readonly link: Link | null;
  readonly setAside: SetAside | null;
  readonly change: RunChange;
}

export interface Sent {
  readonly written: readonly Written[];
  /** The side takes nothing more; to be thrown once what it did take is settled. */
  readonly stopped: SystemStopped | null;
}

/** An unavailable system is not the record's fault: the run stops, what was owed stays owed (exit 3). */
export class SystemStopped extends Error {
  readonly refusal: Refusal;
  constructor(title: string, refusal: Refusal) {
    super(`${title}: ${refusal.message}`);
    this.name = 'SystemStopped';
    this.refusal = refusal;
  }
}

const BACK_OFF_MS = [15, 60, 240, 720, 1440].map((minutes) => minutes * 60_000);
export const retryAfter = (attempts: number): number => BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length - 1)] ?? 0;

/**
 * Sends writes to one side: intents durable first, then the request, then what the answers show. An answer that nobody
 * got is looked up at once; what stays in doubt stays an open intent, which the next run settles before anything else.
 */
export const send = async (run: Run, side: 'crm' | 'marketing', writes: readonly Addressed[]): Promise<Sent> => {
  if (writes.length === 0) return { written: [], stopped: null };
  const { open, system } = sideOf(run, side);
  const sentAt = open.session.now();
  const intents = writes.map(({ address, write }): Intent => {
    const id = newId(run.engine, 'op');
    return {
      id,
      profile: run.view.profile.id,
      run: run.id,
      system,
      op: { ...write.op, id } as Op,
      address,
      because: write.because,
      rule: write.rule,
      sentAt,
      answeredAt: null,
      state: 'open',
      seen: false,
    };
  });
  await run.engine.store.intend(run.lease, intents);
  const outcomes = new Map((await request(run, open, intents)).map((outcome) => [outcome.op, outcome]));
  const answered = intents.map((intent, i) => ({
    intent: answer(intent, outcomes.get(intent.id)),
    outcome: outcomes.get(intent.id) ?? lost(intent),
    ...(writes[i] as Addressed),
  }));
  await run.engine.store.settle(
    run.lease,
    run.view.profile.id,
    run.id,
    [],
    answered.map((one) => one.intent),
    [],
  );
  await takeIn(run, side, answered);
  await lookAt(
    run,
    side,
    answered
      .filter((one) => one.intent.state === 'open' || needsLook(one.outcome, one.intent.op))
      .map((one) => one.intent),
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

interface Answered extends Addressed {
  readonly intent: Intent;
  readonly outcome: Outcome;
}

const answer = (intent: Intent, outcome: Outcome | undefined): Intent => {
  if (outcome === undefined || outcome.result === 'unknown' || isUnshown(outcome, intent)) return intent;
  if (outcome.result === 'rejected') return { ...intent, state: 'rejected' };
  // `unchanged` was somebody else's doing: it explains nothing that a read shows later (Words: echo).
  return { ...intent, state: outcome.result, answeredAt: outcome.at, seen: outcome.result === 'unchanged' };
};

const lost = (intent: Intent): Outcome => ({
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

/** An opt-out is done when it was read back, a clear likewise (C22); a write in doubt is looked up at once (choice 5). */
/**
 * A new member that was accepted without being shown stays in doubt until a look-up shows it. Only there: the address is its
 * key, so it may be tried again, where a CRM record would be made twice (I7).
 */
const isUnshown = (outcome: Outcome, { op, system }: Intent): boolean =>
  system.role === 'marketing' && op.kind === 'create' && outcome.result === 'applied' && outcome.row === null;

const readsAgain = (refusal: Refusal): boolean => reactionTo(refusal.kind) === 'read again';

const needsLook = (outcome: Outcome, op: Op): boolean =>
  outcome.result === 'unknown' ||
  (outcome.result === 'rejected' && readsAgain(outcome.refusal)) ||
  (outcome.result !== 'rejected' && (op.kind === 'opt-out' || op.kind === 'clear' || op.kind === 'leave'));

/** What the answers show is remembered, so that the next decision does not take our own write for somebody's edit. */
const takeIn = async (run: Run, side: 'crm' | 'marketing', answered: readonly Answered[]): Promise<void> => {
  const { system, open } = sideOf(run, side);
  const rows = answered.flatMap(({ outcome, intent }) =>
    (outcome.result === 'applied' || outcome.result === 'unchanged') && outcome.row !== null && !isConsentOp(intent.op)
      ? [withWritten(outcome.row, intent.op)]
      : [],
  );
  await ingest(run, { side, rows, readAt: open.session.now(), lists: null, cursor: null });
  const silent = answered.filter(
    ({ outcome, intent }) =>
      intent.state === 'applied' && outcome.result === 'applied' && outcome.row === null && !isConsentOp(intent.op),
  );
  const renamed = answered.filter(({ intent }) => intent.op.kind === 'rename');
  const refs = [...silent, ...renamed].flatMap(({ intent }) =>
    'record' in intent.op && intent.op.record !== null ? [intent.op.record] : [],
  );
  const known = new Map(
    (await run.engine.store.known(system, refs, [])).shadows.map((shadow) => [recordKey(shadow.record), shadow]),
  );
  const shadows = silent.flatMap(({ intent, outcome }) => afterWrite(run, side, intent, outcome, known));
  const gone = renamedAway(answered, known);
  if (shadows.length + gone.length === 0) return;
  await run.engine.store.commitPage(
    run.lease,
    { system, run: run.id, shadows: [...shadows, ...gone], facts: [], intents: [], dirty: [], cursor: null },
    run.engine.clock.now(),
  );
};

/** An answer may show only part of the record; what it does show is what the vendor made of our values. */
const withWritten = (row: Row, op: Op): Row => {
  const sent = op.kind === 'patch' ? op.fields : op.kind === 'create' ? { ...op.fields, ...op.set } : {};
  return { ...row, values: { ...sent, ...row.values } };
};

const isConsentOp = (op: Op): boolean => op.kind === 'opt-out' || op.kind === 'clear' || op.kind === 'leave';

/** The shadow of a record as our applied write left it, where the answer did not show it. */
const afterWrite = (
  run: Run,
  side: 'crm' | 'marketing',
  intent: Intent,
  outcome: Outcome,
  known: ReadonlyMap<string, Shadow>,
): readonly Shadow[] => {
  const { op } = intent;
  if (outcome.result !== 'applied') return [];
  if (op.kind === 'patch') {
    const shadow = known.get(recordKey(op.record));
    return shadow === undefined ? [] : [{ ...shadow, values: { ...shadow.values, ...op.fields } }];
  }
  if (op.kind !== 'create' || outcome.record === null) return [];
  const at = outcome.at;
  return [
    {
      system: sideOf(run, side).system,
      record: outcome.record,
      email: op.email,
      address: intent.address,
      life: { kind: 'live' },
      values: { ...op.fields, ...op.set },
      member:
        op.as === null ? null : { status: op.as, by: 'system', complaint: false, since: null, optIn: null, topics: {} },
      reference: op.reference?.value ?? null,
      lists: {},
      modifiedAt: at,
      modifiedBy: 'us',
      version: null,
      stays: [{ address: intent.address, from: null, until: null }],
      firstReadAt: at,
      lastReadAt: at,
      seenAt: run.engine.clock.now(),
      lifeChangedAt: null,
      archivedSince: null,
    },
  ];
};

/** A rename gives the member another id where the id is made of the address: the old one lives on as the new one. */
const renamedAway = (answered: readonly Answered[], known: ReadonlyMap<string, Shadow>): readonly Shadow[] =>
  answered.flatMap(({ intent, outcome }) => {
    if (intent.op.kind !== 'rename' || outcome.result !== 'applied' || outcome.record === null) return [];
    const shadow = known.get(recordKey(intent.op.record));
    const same = recordKey(outcome.record) === recordKey(intent.op.record);
    return shadow === undefined || same
      ? []
      : [{ ...shadow, life: { kind: 'continued', as: outcome.record } as const }];
  });

/** After the look-up: an opt-out, patch or rename may simply be tried again; a create that is there was made. */
const settleDoubts = async (
  run: Run,
  side: 'crm' | 'marketing',
  answered: readonly Answered[],
): Promise<readonly Answered[]> => {
  const doubtful = answered.map((one) => one.intent).filter((intent) => intent.state === 'open');
  if (doubtful.length === 0) return answered;
  const settled = await settleOpen(run, side, doubtful);
  const byId = new Map(settled.map((intent) => [intent.id, intent]));
  return answered.map((one) => ({ ...one, intent: byId.get(one.intent.id) ?? one.intent }));
};

/**
 * Settles open intents from what a look-up has just shown. Repeatable ops that do not show are `rejected`, so that they are
 * planned again; an invitation nobody can find counts as sent (C11).
 */
export const settleOpen = async (
  run: Run,
  side: 'crm' | 'marketing',
  intents: readonly Intent[],
): Promise<readonly Intent[]> => {
  const { system, open } = sideOf(run, side);
  const refs = intents.flatMap((intent) =>
    'record' in intent.op && intent.op.record !== null ? [intent.op.record] : [],
  );
  const known = await run.engine.store.known(
    system,
    refs,
    intents.map((intent) => intent.address),
  );
  const current = new Map(known.intents.map((intent) => [intent.id, intent]));
  const now = open.session.now();
  const settled = intents.map((intent): Intent => {
    const fresh = current.get(intent.id) ?? intent;
    if (fresh.state !== 'open') return fresh;
    const { op } = fresh;
    const made =
      op.kind === 'create' &&
      known.shadows.some(
        (shadow) =>
          shadow.address === fresh.address &&
          shadow.life.kind === 'live' &&
          (op.as !== null || shadow.record.type === op.type),
      );
    if (made || (op.kind === 'create' && op.as === 'pending')) return { ...fresh, state: 'applied', answeredAt: now };
    return { ...fresh, state: 'rejected', answeredAt: now };
  });
  await run.engine.store.settle(run.lease, run.view.profile.id, run.id, [], settled, []);
  return settled;
};

/** Batches in a row, not single ops: a record that is always locked must not stop the others (I12). */
const FAILED_BATCHES = 3;

const stopIfDown = (run: Run, side: 'crm' | 'marketing', outcomes: readonly Outcome[]): SystemStopped | null => {
  const refusals = outcomes.flatMap((outcome) => (outcome.result === 'rejected' ? [outcome.refusal] : []));
  const { title } = sideOf(run, side).open.connector;
  const denied = refusals.find((refusal) => reactionTo(refusal.kind) === 'stop this system');
  if (denied !== undefined) return new SystemStopped(title, denied);
  const down = refusals.filter((refusal) => reactionTo(refusal.kind) === 'retry later');
  run.failures[side] = down.length === outcomes.length ? run.failures[side] + 1 : 0;
  const first = down[0];
  return first !== undefined && run.failures[side] >= FAILED_BATCHES ? new SystemStopped(title, first) : null;
};

const written = (run: Run, side: 'crm' | 'marketing', one: Answered): Written => {
  const { outcome, intent, write, address } = one;
  const done = intent.state === 'applied' || intent.state === 'unchanged';
  const record =
    'record' in outcome && outcome.record !== null ? outcome.record : 'record' in write.op ? write.op.record : null;
  note(run, `${side}.${write.op.kind}.${outcome.result}`);
  return {
    address,
    write,
    tries: one.tries,
    intent,
    done,
    link: done ? linkOf(side, write, record, outcome.result === 'applied' ? outcome.row : null) : null,
    setAside:
      outcome.result === 'rejected' && !readsAgain(outcome.refusal) ? aside(side, one, outcome.refusal, run) : null,
    change: {
      at: run.engine.clock.now(),
      side,
      record,
      address,
      what: describe(write),
      rule: write.rule,
      because: write.because,
      outcome: outcome.result === 'rejected' ? `rejected: ${outcome.refusal.message}` : outcome.result,
    },
  };
};

/** Both sides agree on what the vendor made of our values, which it may have trimmed or spelled in its own way. */
const linkOf = (
  side: 'crm' | 'marketing',
  write: PlannedWrite,
  record: Written['change']['record'],
  row: Row | null,
): Link | null => {
  if (write.partner === null || record === null) return null;
  const shown = (pair: string): FieldValue | undefined => row?.values[pair.split('=')[side === 'crm' ? 0 : 1] ?? ''];
  const agreed = Object.fromEntries(
    Object.entries(write.agrees).map(([pair, both]) => {
      const now = shown(pair);
      return [pair, now === undefined ? both : { ...both, [side]: JSON.stringify(now) }];
    }),
  );
  const left = write.op.kind === 'leave';
  return side === 'crm'
    ? { member: write.partner, crm: record, agreed, left }
    : { member: record, crm: write.partner, agreed, left };
};

/** What was refused belongs to a record that exists: for a create, to the one it was made from. */
const aside = (
  side: 'crm' | 'marketing',
  { address, write, tries }: Answered,
  refusal: Refusal,
  run: Run,
): SetAside => {
  const created = write.op.kind === 'create';
  return {
    address,
    side: created ? (side === 'crm' ? 'marketing' : 'crm') : side,
    record: 'record' in write.op ? write.op.record : write.partner,
    field: refusal.field,
    rule: refusal.forever ? REFUSED_FOR_EVER : write.rule,
    message: refusal.message,
    write: writeDigest(write),
    attempts: 1,
    retryAt: refusal.forever ? null : run.engine.clock.now() + retryAfter(tries),
  };
};

/** For the run's history: names of fields, never values. */
export const describe = ({ op }: PlannedWrite): string => {
  switch (op.kind) {
    case 'opt-out':
      return Object.keys(op.set).length === 0 ? 'opted out' : `opted out (${Object.keys(op.set).join(', ')})`;
    case 'clear':
      return `opt-out cleared (${Object.keys(op.set).join(', ')})`;
    case 'patch':
      return `updated (${Object.keys(op.fields).join(', ')})`;
    case 'create':
      return op.as === null ? `created as ${op.type}` : `created, ${op.as}`;
    case 'rename':
      return 'address changed';
    case 'leave':
      return op.how === 'tag' ? 'tagged as left' : 'archived';
  }
};
