import type { Intent } from '../state/store.ts';
import { type Run, sideOf } from './run-state.ts';
import type { Answered } from './written.ts';

/** After the look-up: an opt-out, patch or rename may simply be tried again; a create that is there was made. */
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
