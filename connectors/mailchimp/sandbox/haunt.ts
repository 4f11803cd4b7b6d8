import type { Audience, MergeField, MergeFieldType } from './account.ts';
import type { MailchimpCall } from './route.ts';

/**
 * What an administrator does between two calls of ours, as faults: `audience-deleted`, `merge-field-vanished` and
 * `merge-field-retyped` happen just before the call that they hit. Done twice they make no difference.
 */
export function haunt(call: MailchimpCall): void {
  const { audiences } = call.world.state;
  const audience = audiences.get(call.params.list ?? '');
  if (audience === undefined) return;
  const vanished = call.fault('merge-field-vanished');
  const retyped = call.fault('merge-field-retyped');
  const tag = String((vanished ?? retyped)?.details?.tag ?? 'FNAME');
  const field = audience.mergeFields.find((one) => one.tag === tag);
  if (field !== undefined && vanished !== undefined) withdrawMergeField(audience, field);
  else if (field !== undefined && retyped !== undefined) {
    retypeMergeField(audience, field, (retyped.details?.type ?? 'number') as MergeFieldType);
  }
  if (call.fault('audience-deleted') !== undefined) audiences.delete(audience.id);
}

/** Takes a merge field away, with its values. */
export function withdrawMergeField(audience: Audience, field: MergeField): void {
  audience.mergeFields.splice(audience.mergeFields.indexOf(field), 1);
  for (const member of audience.members.all()) delete member.mergeFields[field.tag];
}

/** The type of a field is fixed (spec): it is deleted, and a new one takes its tag; the values are gone. */
export function retypeMergeField(audience: Audience, field: MergeField, type: MergeFieldType): void {
  if (field.type === type) return;
  withdrawMergeField(audience, field);
  const id = 1 + audience.mergeFields.reduce((most, one) => Math.max(most, one.id), field.id);
  audience.mergeFields.push({ ...field, id, type, options: {} });
}
