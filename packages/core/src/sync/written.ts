import type { FieldValue, Outcome, Refusal } from '@heed/contract';
import { isEmpty } from '../fields/same-value.ts';
import { type AddressKey, addressKey } from '../identity/address.ts';
import { REFUSED_FOR_EVER } from '../plan/consent-case.ts';
import { type PlannedWrite, writeDigest } from '../plan/op.ts';
import type { Intent, RunChange, SetAside } from '../state/store.ts';
import { reactionTo } from './engine.ts';
import { note, type Run } from './run-state.ts';

export interface Addressed {
  readonly address: AddressKey;
  readonly write: PlannedWrite;
  /** How often this very write was refused before. */
  readonly tries: number;
}

export interface Answered extends Addressed {
  readonly intent: Intent;
  readonly outcome: Outcome;
}

/** What became of one write. `done`: it is as wanted now, by us or by somebody else. */
export interface Written extends Addressed {
  readonly intent: Intent;
  readonly done: boolean;
  /** Made new, and the answer shows exactly what was asked for: there is nothing more to decide about it. */
  readonly asAsked: boolean;
  readonly setAside: SetAside | null;
  readonly change: RunChange;
}

const BACK_OFF_MS = [15, 60, 240, 720, 1440].map((minutes) => minutes * 60_000);
export const retryAfter = (attempts: number): number => BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length - 1)] ?? 0;

export const readsAgain = (refusal: Refusal): boolean => reactionTo(refusal.kind) === 'read again';

export const written = (run: Run, side: 'crm' | 'marketing', one: Answered): Written => {
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
    asAsked: isAsAsked(intent, outcome),
    setAside: done ? null : setAsideOf(run, side, one),
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

const isAsAsked = ({ op, state }: Intent, outcome: Outcome): boolean => {
  if (op.kind !== 'create' || state !== 'applied' || outcome.result !== 'applied' || outcome.row === null) return false;
  const { row } = outcome;
  const status = op.as === 'subscribed' || op.as === 'non-subscribed' ? op.as : null;
  return (
    row.life.kind === 'live' &&
    status !== null &&
    row.member?.status === status &&
    addressKey(row.email) === addressKey(op.email) &&
    Object.entries(op.fields).every(([name, sent]) => isSameValue(row.values[name], sent)) &&
    Object.entries(row.values).every(([name, shown]) => name in op.fields || isEmpty(shown))
  );
};

const isSameValue = (a: FieldValue | undefined, b: FieldValue): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Refused, or sent without an answer and not done: an operator is told, until a run gets it done. What is owed says so itself. */
const setAsideOf = (run: Run, side: 'crm' | 'marketing', one: Answered): SetAside | null => {
  const { outcome, write } = one;
  if (outcome.result === 'rejected') return readsAgain(outcome.refusal) ? null : aside(side, one, outcome.refusal, run);
  if (outcome.result !== 'unknown' || write.op.kind === 'opt-out' || write.op.kind === 'clear') return null;
  return { ...aside(side, one, outcome.refusal, run), retryAt: run.engine.clock.now() };
};

/** A system that is busy, down or locked is not the record's fault: the next run tries again, whatever it was refused before. */
const isOfSystem = ({ kind }: Refusal): boolean =>
  reactionTo(kind) === 'retry later' || reactionTo(kind) === 'stop this system';

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
    attempts: isOfSystem(refusal) ? 0 : 1,
    retryAt: refusal.forever ? null : run.engine.clock.now() + (isOfSystem(refusal) ? 0 : retryAfter(tries)),
  };
};

/** For the run's history: names of fields, never values. */
export const describe = ({ op, topic }: PlannedWrite): string => {
  switch (op.kind) {
    case 'opt-out': {
      const what = topic === undefined ? 'opted out' : `opted out of ${topic}`;
      return Object.keys(op.set).length === 0 ? what : `${what} (${Object.keys(op.set).join(', ')})`;
    }
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
