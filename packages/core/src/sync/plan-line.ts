import type { PlannedWrite } from '../plan/op.ts';
import type { AddressPlan } from '../plan/plan-address.ts';
import { note, type Run } from './run-state.ts';

/** Counts what is, or would be, written, and keeps a line of it for the reader. */
export const record = (run: Run, plan: AddressPlan, writes: readonly PlannedWrite[], held: boolean): void => {
  for (const write of writes) {
    note(run, `${held ? 'held' : 'planned'}.${write.side}.${write.op.kind}`);
    if (write.op.kind === 'create' && write.op.as === 'pending') note(run, 'people.invited');
    if (write.collapses === true) note(run, 'people.collapsed');
    if (run.lines.length >= run.lineLimit) continue;
    const { op } = write;
    const fields =
      op.kind === 'patch' || op.kind === 'create' ? Object.keys(op.fields) : 'set' in op ? Object.keys(op.set) : [];
    const target = 'record' in op ? op.record : null;
    run.lines.push({
      address: plan.address,
      side: write.side,
      record: target,
      kind: op.kind,
      topic: write.topic ?? null,
      rule: write.rule,
      fields,
      held,
    });
  }
};
