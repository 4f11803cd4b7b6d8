import { isMailable } from '../consent/decide.ts';
import { admit } from '../consent/newcomer.ts';
import { reachOf } from '../consent/reach.ts';
import { optOutsOf, standsAnywhere } from '../consent/standing.ts';
import type { AddressKey } from '../identity/address.ts';
import { livesAt, movedOn } from '../identity/person.ts';
import type { NotSyncedReason } from '../state/report.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import { type Carried, nothing } from './carried.ts';
import { isBarred, isInLists } from './consent-case.ts';
import type { Matter } from './matter.ts';
import { mergeRecord } from './merge-record.ts';
import type { Surroundings } from './neighbours.ts';
import type { PlannedWrite } from './op.ts';
import type { View } from './view.ts';

/** A CRM record whose address has no member: a rename, a new member, or the reason why not (C12a, C15, C19). Pure. */
export const memberlessRecord = (matter: Matter, winner: Shadow): Carried => {
  const { address, verdict, live, around, view, context } = matter;
  const refuse = (reason: NotSyncedReason, rule: string): Carried => ({ ...nothing, winner, remark: { reason, rule } });
  if (!verdict.create) return verdict.remark === null ? nothing : { ...nothing, winner, remark: verdict.remark };
  if (view.stopped !== null) return refuse('consent-unreadable', 'C18');
  const elsewhere = memberElsewhere(address, winner, around);
  if (elsewhere !== null) {
    const renamed = renameOf(address, winner, elsewhere, around, view);
    return renamed === null ? refuse('address-differs', 'C15') : { ...nothing, winner, writes: [renamed] };
  }
  // Creating is stricter: what was said in any connection of the customer, also at an earlier address, stands in its way (C26).
  const anywhere = [around, ...around.elsewhere()].flatMap(
    ({ people, members, ledger }) => reachOf(address, [...people, ...members], ledger, 'customer').bindings,
  );
  const verdictOnCreate = admit({
    settings: view.settings,
    creates: view.profile.create.marketing,
    can: view.can.marketing.newMembers,
    records: live.map((shadow) => ({ values: shadow.values, inScope: isInLists(shadow, view) })),
    // Whether a doubtful one was lifted for this very person nobody can say either (C15).
    optedOutElsewhere: anywhere.some((binding) => binding.via === 'doubtful' || standsAnywhere(binding)),
    barred: live.some((shadow) => isBarred(shadow, view)),
    everOptedOut:
      anywhere.length > 0 || around.ledger.facts.some((fact) => fact.address === address && fact.says === 'opted-out'),
    createdBefore: around.createdBefore,
    invitedBefore: around.invitedBefore,
  });
  if ('no' in verdictOnCreate) return refuse(verdictOnCreate.no, verdictOnCreate.rule);
  if (context.cautious || !context.mayCreate || !context.marketingIsComplete) return { ...nothing, winner };
  const fresh = mergeRecord(view, winner, null, null, { toMarketing: true });
  const op = {
    kind: 'create',
    type: view.memberType,
    email: winner.email ?? '',
    reference: null,
    fields: fresh.created,
    as: verdictOnCreate.as,
    set: {},
  } as const;
  return {
    ...nothing,
    setAside: fresh.setAside,
    winner,
    writes: [
      {
        side: 'marketing',
        op,
        rule: 'C0.6 C19',
        because: [],
        guarded: false,
        agrees: fresh.agrees,
        partner: winner.record,
      },
    ],
  };
};

/** The record's linked member, if it lives at another address that no other record has. */
const memberElsewhere = (address: AddressKey, winner: Shadow, around: Surroundings): Shadow | null => {
  const link = around.linkOfRecord(winner);
  const member = link === null ? null : around.memberByRecord(recordKey(link.member));
  if (member === null || member.life.kind !== 'live' || member.address === null || member.address === address)
    return null;
  const old = member.address;
  return around.at(old).people.some((shadow) => livesAt(shadow, old)) ? null : member;
};

/**
 * A linked member follows its record to a new address, unless anybody there or here ever opted out (C15). A member whose
 * address was changed in marketing is never changed back (I8).
 */
const renameOf = (
  address: AddressKey,
  winner: Shadow,
  member: Shadow,
  around: Surroundings,
  view: View,
): PlannedWrite | null => {
  const old = member.address;
  if (old === null || member.member === null || !view.can.marketing.rename || !movedOn(winner, old, address))
    return null;
  // What followed somebody to the old address is carried to the member there before it could be renamed.
  const { people, members, ledger } = around.at(old);
  const followed = reachOf(old, [...people, ...members], ledger, 'customer').bindings;
  const clean = followed.length === 0 && [address, old].every((one) => optOutsOf(around.ledger, one).length === 0);
  const state = member.member;
  const mailable = isMailable({
    kind: 'known',
    record: member.record,
    state,
    showsOptOut: false,
    refusedForever: false,
  });
  if (!clean || !mailable || winner.email === null) return null;
  const op = { kind: 'rename', record: member.record, from: member.email ?? '', to: winner.email } as const;
  return { side: 'marketing', op, rule: 'C15', because: [], guarded: false, agrees: {}, partner: winner.record };
};
