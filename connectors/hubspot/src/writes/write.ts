import type { Op, Outcome } from '@heed/contract';
import { createGate, inParallel, inTurns, rejected } from '@heed/toolkit';
import { CONNECTIONS } from '../limits.ts';
import { leave, patchAll, rename } from './change.ts';
import { createAll } from './create.ts';
import { optOutAll } from './opt-out.ts';
import { type OpOf, refused, type Writing } from './outcomes.ts';

const of =
  <K extends Op['kind']>(kind: K) =>
  (op: Op): op is OpOf<K> =>
    op.kind === kind;

/**
 * Opt-outs first and in calls of their own (C21), then addresses, fields, members that leave, new ones. One outcome per op;
 * whatever goes wrong with one op is its own outcome.
 */
export const writeAll = async (
  writing: Writing,
  ops: readonly Op[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  // A permission may be missing for one kind of write only.
  const gate = createGate(['auth']);
  const outcomes: Outcome[] = [...(await optOutAll(writing, ops.filter(of('opt-out')), gate, signal))];
  for (const { id } of ops.filter(of('clear'))) outcomes.push(rejected(id, neverCleared()));
  // Several of one contact in their order.
  const renamed = await inTurns(
    ops.filter(of('rename')),
    ({ record }) => record.id,
    CONNECTIONS,
    (op) => gate.one(op, () => rename(writing, op, signal)),
  );
  outcomes.push(...renamed, ...(await patchAll(writing, ops.filter(of('patch')), gate, signal)));
  const left = await inParallel(ops.filter(of('leave')), CONNECTIONS, (op) =>
    gate.one(op, () => leave(writing, op, signal)),
  );
  return [...outcomes, ...left, ...(await createAll(writing, ops.filter(of('create')), gate, signal))];
};

/** No write of Heed makes anybody mailable (C6): HubSpot has one flag for all who mail from the portal. */
const neverCleared = () =>
  refused('refused', 'clear', 'an opt-out is undone by the person only, at the preference page; Heed clears none here');
