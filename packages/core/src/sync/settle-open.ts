import type { Agreed } from '../plan/op.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { type Run, sideOf } from './run-state.ts';
import type { Answered } from './written.ts';

/** After the look-up: an opt-out or rename may simply be tried again; a create or patch that shows was made. */
export const settleDoubts = async (
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
 * Settles open intents from what a look-up has just shown. What does not show is `rejected`, so that it is planned again; an
 * invitation nobody can find counts as sent (C11). Fields that show were agreed on by that write, not by a later edit (I8).
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
    const made = madeBy(fresh, known.shadows);
    const invited = fresh.op.kind === 'create' && fresh.op.as === 'pending';
    const agrees = made === null ? fresh.agrees : asFound(side, fresh.agrees, made);
    if (made !== null || invited)
      return { ...fresh, state: 'applied', answeredAt: now, made: made?.record ?? null, agrees };
    return { ...fresh, state: 'rejected', answeredAt: now };
  });
  await run.engine.store.settle(run.lease, run.view.profile.id, run.id, [], settled, []);
  return settled;
};

/** A member that is there need not be ours: both sides agree on what it shows of our values, on nothing else. */
const asFound = (side: 'crm' | 'marketing', agrees: Agreed, { values }: Shadow): Agreed =>
  Object.fromEntries(
    Object.entries(agrees).filter(
      ([pair, both]) => JSON.stringify(values[pair.split('=')[side === 'crm' ? 0 : 1] ?? '']) === both[side],
    ),
  );

/** The record that shows what was intended: one that was to be created, or one that has all the values that were sent. */
const madeBy = ({ op, address }: Intent, shadows: readonly Shadow[]): Shadow | null => {
  if (op.kind === 'create')
    return (
      shadows.find(
        (shadow) =>
          shadow.address === address &&
          shadow.life.kind === 'live' &&
          (op.as !== null || shadow.record.type === op.type),
      ) ?? null
    );
  if (op.kind !== 'patch') return null;
  const shadow = shadows.find((one) => recordKey(one.record) === recordKey(op.record));
  const sent = Object.entries(op.fields);
  const shown = sent.every(([name, value]) => JSON.stringify(shadow?.values[name]) === JSON.stringify(value));
  return shadow !== undefined && shown ? shadow : null;
};
