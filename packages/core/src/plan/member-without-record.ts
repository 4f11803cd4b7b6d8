import { clearedValue } from '../consent/opt-out-field.ts';
import { isRecordAddress } from '../identity/address.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import { type Carried, nothing } from './carried.ts';
import type { Matter } from './matter.ts';
import { mergeRecord } from './merge-record.ts';

/** A member without a record in scope: its record left (C12), or a CRM record is made for a subscriber (C19). Pure. */
export const memberWithoutRecord = (matter: Matter, member: Shadow): Carried => {
  const { address, one, verdict, around, view, context } = matter;
  const link = around.linkOfMember(member);
  const status = member.member?.status;
  if (link !== null) {
    const moved = around.recordByKey(recordKey(link.crm));
    // Its record lives on at another address, where the member follows it or is listed.
    if (
      moved?.life.kind === 'live' &&
      moved.address !== null &&
      moved.address !== address &&
      !isRecordAddress(moved.address)
    )
      return nothing;
    const { whenRecordLeaves } = view.profile;
    const canLeave = status === 'subscribed' || status === 'non-subscribed';
    if (
      whenRecordLeaves === 'keep' ||
      link.left ||
      !canLeave ||
      verdict.member === 'opt-out' ||
      verdict.row !== 6 ||
      context.cautious
    ) {
      return { ...nothing, remark: verdict.row === 6 ? { reason: 'left', rule: 'C12' } : null };
    }
    const op = { kind: 'leave', record: member.record, email: member.email ?? '', how: whenRecordLeaves } as const;
    return {
      ...nothing,
      writes: [
        { side: 'marketing', op, rule: 'C12', because: [], guarded: true, agrees: link.agreed, partner: link.crm },
      ],
    };
  }
  const type = view.profile.create.crm;
  if (type === null || status !== 'subscribed' || verdict.row !== 6 || one.member.kind !== 'known') return nothing;
  if (context.cautious || !context.mayCreate || view.stopped !== null) return nothing;
  const fresh = mergeRecord(view, null, member, null, { toMarketing: false });
  const set = Object.fromEntries(
    (view.settings.optOutFields[type] ?? []).flatMap((rule) => {
      const cleared = rule.onlyRead === true ? null : clearedValue(rule);
      return cleared === null ? [] : [[rule.field, cleared.value]];
    }),
  );
  const reference =
    view.profile.reference === null ? null : { field: view.profile.reference, value: `heed-${member.record.id}` };
  const op = {
    kind: 'create',
    type,
    email: member.email ?? '',
    reference,
    fields: fresh.created,
    as: null,
    set,
  } as const;
  return {
    ...nothing,
    setAside: fresh.setAside,
    writes: [
      { side: 'crm', op, rule: 'C19', because: [], guarded: false, agrees: fresh.agrees, partner: member.record },
    ],
  };
};
