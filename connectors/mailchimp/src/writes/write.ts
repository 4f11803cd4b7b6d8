import { ConnectorError, type Op, type Outcome } from '@heed/contract';
import { createGate, type Gate, inTurns, rejected } from '@heed/toolkit';
import { CONNECTIONS } from '../limits.ts';
import { leave, patch, rename } from './change.ts';
import { type Create, createOne, type NewMember, newMember } from './create.ts';
import { createByBatch, sortCreates } from './create-batch.ts';
import { optOutAll } from './opt-out-batch.ts';
import type { Writing } from './outcomes.ts';

/**
 * Opt-outs first (C21), then changes of existing members (several of one member in their order), then new ones. One outcome
 * per op; whatever goes wrong with one op is its own outcome.
 */
export const writeAll = async (
  writing: Writing,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  // A permission that is missing is missing for all.
  const gate = createGate(['auth', 'forbidden']);
  const optOuts = ops.filter((op) => op.kind === 'opt-out');
  const creates = ops.filter((op) => op.kind === 'create');
  const changes = ops.filter((op): op is Change => op.kind !== 'opt-out' && op.kind !== 'create');

  const ended = await optOutAll(writing, optOuts, gate, signal);
  const idOf = ({ record }: Change): string => record.id;
  const changed = await inTurns(changes, idOf, CONNECTIONS, (op) => gate.one(op, () => change(writing, op, signal)));
  return [...ended, ...changed, ...(await createAll(writing, creates, gate, signal))];
};

type Change = Exclude<Op, { kind: 'opt-out' } | { kind: 'create' }>;

const change = (writing: Writing, op: Change, signal: AbortSignal): Promise<Outcome> => {
  switch (op.kind) {
    case 'patch':
      return patch(writing, op, signal);
    case 'rename':
      return rename(writing, op, signal);
    case 'leave':
      return leave(writing, op, signal);
    case 'clear':
      return Promise.resolve(rejected(op.id, neverCleared()));
  }
};

/** No write of Heed makes a member mailable. (C6) */
const neverCleared = (): ConnectorError =>
  new ConnectorError('refused', 'Mailchimp: an opt-out is undone by the person only', {
    code: 'clear',
    forever: true,
    mayHaveApplied: false,
  });

const createAll = async (
  writing: Writing,
  ops: readonly Create[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const wanted: NewMember[] = [];
  for (const op of ops) {
    const outcome = await gate.one(op, async () => {
      wanted.push(await newMember(writing, op, signal));
      return null;
    });
    if (outcome !== null) outcomes.push(outcome);
  }
  const { byBatch, oneByOne } = await sortCreates(writing, wanted, signal).catch(() => ({
    byBatch: [],
    oneByOne: wanted,
  }));
  outcomes.push(...(await createByBatch(writing, byBatch, gate, signal)));
  // The same address twice: the second finds what the first made.
  const hashOf = ({ hash }: NewMember): string => hash;
  const makeOne = (one: NewMember) => gate.one(one.op, () => createOne(writing, one, signal));
  return [...outcomes, ...(await inTurns(oneByOne, hashOf, CONNECTIONS, makeOne))];
};
