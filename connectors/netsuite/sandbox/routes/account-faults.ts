import { tableNamed } from '../state/account.ts';
import { deleteRecord } from '../state/records.ts';
import { changeField } from '../state/save.ts';
import type { Call } from './answers.ts';

/** Kinds of fault that only this vendor has; the README says what each does. */
export const FAULT_KINDS = [
  'field-vanished',
  'list-deleted',
  'token-revoked',
  'reads-empty',
  'partial-batch',
  'fewer-results',
  'reordered-results',
  'job-stuck',
  'job-failed',
] as const;

/** Faults that are somebody else's act between two calls: the call that is hit finds the account changed, for good. */
export function changeByFault(call: Call): void {
  const { state } = call.world;
  const vanished = call.fault('field-vanished')?.details;
  if (vanished !== undefined) {
    const change = { record: String(vanished.record), removed: String(vanished.field) };
    state.fieldChanges.push(change);
    changeField(state.tables, change);
  }
  const deleted = call.fault('list-deleted')?.details;
  const groups = tableNamed(state, 'entityGroup');
  const group = groups?.get(String(deleted?.group));
  if (groups !== undefined && group !== undefined) deleteRecord({ world: call.world, by: 'user' }, groups, group);
  if (call.fault('token-revoked') !== undefined) state.tokens.clear();
}
