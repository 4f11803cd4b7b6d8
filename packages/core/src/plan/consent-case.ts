import type { MemberState, OptOutField } from '@heed/contract';
import { type Case, type CrmView, isMailable, type MemberView } from '../consent/decide.ts';
import { ALL_MAIL, type Decision, sameRecord } from '../consent/fact.ts';
import { type FieldReading, mayBeDefault, readOptOutField } from '../consent/opt-out-field.ts';
import { type Binding, type Reach, reachOf } from '../consent/reach.ts';
import type { OptOut } from '../consent/standing.ts';
import { type AddressKey, isRecordAddress } from '../identity/address.ts';
import { livesAt } from '../identity/person.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Surroundings } from './neighbours.ts';
import type { View } from './view.ts';

/** The rule under which a vendor's final refusal is kept (row 5). */
export const REFUSED_FOR_EVER = 'C0.5';

/** Puts together what table C0 needs to know about one address. Pure. */
export const consentCase = (
  address: AddressKey,
  around: Surroundings,
  view: View,
): { readonly one: Case; readonly reach: Reach } => {
  const reach = reachOf(address, [...around.people, ...around.members], around.ledger, view.scope);
  const records = around.people.filter(
    (shadow) => livesAt(shadow, address) && view.profile.crm.records.includes(shadow.record.type),
  );
  return {
    reach,
    one: {
      // Nothing can be suppressed where there is no address.
      settings: isRecordAddress(address) ? { ...view.settings, optOutUnknown: false } : view.settings,
      crm: view.crmSource,
      marketing: view.marketingSource,
      bindings: reach.bindings.filter((binding) => !isDismissed(binding, address, around)),
      records: records.map((shadow) => crmView(shadow, view, reach)),
      member: memberView(address, around, view),
      rejected: new Set(around.ledger.decisions.flatMap((one) => rejectedBy(one, view.profile.id))),
      accepted: new Set(around.ledger.decisions.flatMap((one) => (one.kind === 'acceptance' ? one.facts : []))),
      wasOwed: around.owed.some((owed) => owed.side === 'marketing' && (owed.topic ?? ALL_MAIL) === view.topic.name),
    },
  };
};

/** A human said that a doubtful opt-out is not this person's (C15): `heed review ... accept`. */
const isDismissed = (binding: Binding, address: AddressKey, around: Surroundings): boolean =>
  binding.via === 'doubtful' &&
  around.ledger.decisions.some(
    (one) => one.kind === 'acceptance' && one.address === address && one.facts.includes(binding.origin.n),
  );

const rejectedBy = (decision: Decision, profile: string): readonly number[] =>
  decision.kind === 'rejection' && decision.profile === profile ? decision.facts : [];

const crmView = (shadow: Shadow, view: View, reach: Reach): CrmView => {
  const rules = view.settings.optOutFields[shadow.record.type] ?? [];
  const readings = rules.map((rule) => readingOf(rule, shadow, view));
  return {
    record: shadow.record,
    reading: strictest(readings),
    canBeSet: rules.some((rule, i) => rule.onlyRead !== true && readings[i] !== 'opted-out'),
    byDefault: rules.every((rule, i) => readings[i] === 'not-opted-out' || mayBeDefault(rule, shadow.values)),
    inLists: isInLists(shadow, view),
    wasTicked: reach.bindings.some(
      ({ fact, stands }) =>
        fact.source.role === 'crm' &&
        fact.source.field !== view.settings.optInField &&
        fact.echoOf === null &&
        sameRecord(fact.record, shadow.record) &&
        stands(view.crmSource),
    ),
    lost: lostOn(shadow, reach),
    editedSince: (time) => shadow.modifiedBy !== 'us' && (shadow.modifiedAt === null || shadow.modifiedAt > time),
  };
};

/** It was in a list that is being read anew: whether it left nobody knows yet (C12). */
export const mayHaveLeft = (shadow: Shadow, view: View): boolean =>
  view.settings.lists.some((list) => shadow.lists[list] === null);

const lostOn = (shadow: Shadow, reach: Reach): readonly OptOut[] => reach.heirs.get(recordKey(shadow.record)) ?? [];

const ORDER: readonly FieldReading[] = ['opted-out', 'unreadable', 'unlisted', 'not-opted-out'];
const strictest = (readings: readonly FieldReading[]): FieldReading =>
  ORDER.find((one) => readings.includes(one)) ?? 'unreadable';

/** Without lists in the profile every record counts (C5). */
export const isInLists = (shadow: Shadow, view: View): boolean =>
  view.settings.lists.length === 0 || view.settings.lists.some((list) => shadow.lists[list] === true);

const memberView = (address: AddressKey, around: Surroundings, view: View): MemberView => {
  const { member } = around;
  const refusedForever = around.setAside.some((one) => one.rule === REFUSED_FOR_EVER);
  // A member that our own rename carried on lives at its new address; nothing is left of it here.
  if (member === null || member.member === null || member.life.kind === 'continued') {
    // Whoever was a member at this address and went to another is not absent, also if it vanished from there (C12a, C19).
    const movedAway = around.members.some(
      (shadow) => shadow.life.kind !== 'continued' && shadow.address !== null && shadow.address !== address,
    );
    return refusedForever || around.createdBefore || movedAway ? { kind: 'vanished' } : { kind: 'none' };
  }
  if (member.life.kind !== 'live') return { kind: 'vanished' };
  const state = asToTopic(member.member, view);
  return { kind: 'known', record: member.record, state, showsOptOut: showsOptOut(member.member, view), refusedForever };
};

const MAILED: ReadonlySet<MemberState['status']> = new Set(['subscribed', 'non-subscribed', 'pending']);

/** Whoever left a topic is opted out of it, and as to everything else what they were (C17). */
const asToTopic = (state: MemberState, { topic: { id, joined } }: View): MemberState => {
  if (id === null || id === ALL_MAIL || !MAILED.has(state.status)) return state;
  // Nobody is in it who is not known to be (C28).
  const isOut = joined ? state.topics[id] !== 'opted-in' : state.topics[id] === 'opted-out';
  return isOut ? { ...state, status: 'unsubscribed' } : state;
};

/** What a system shows of each topic of somebody who opted out of everything says nothing of its own (C17). */
const showsOptOut = ({ status, topics }: MemberState, { topic: { name, id } }: View): boolean =>
  name === ALL_MAIL ? status === 'unsubscribed' : id !== null && MAILED.has(status) && topics[id] === 'opted-out';

/** A hidden field says nothing, whatever it said when it could still be read (C18). */
const readingOf = (rule: OptOutField, shadow: Shadow, view: View): FieldReading =>
  view.gaps.some((gap) => gap.hidden && gap.field === rule.field && gap.type === shadow.record.type)
    ? 'unreadable'
    : readOptOutField(rule, shadow.values);

/** The consent fields of a record that do not show opted out yet. */
export const fieldsToSet = (shadow: Shadow, view: View): readonly OptOutField[] =>
  (view.settings.optOutFields[shadow.record.type] ?? []).filter(
    (rule) => rule.onlyRead !== true && readingOf(rule, shadow, view) !== 'opted-out',
  );

/** A standard field that a custom one replaced still keeps people from being created (C4). */
export const isBarred = (shadow: Shadow, view: View): boolean =>
  (view.settings.barrierFields[shadow.record.type] ?? []).some(
    (rule) => readOptOutField(rule, shadow.values) === 'opted-out',
  );

/**
 * Whether proof of a later opt-in by the person could change the verdict: the member is subscribed although an opt-out
 * stands, and was changed after it. Only then the vendor is asked for evidence (C7).
 */
export const needsEvidence = (one: Case, around: Surroundings, view: View): number | null => {
  if (!view.can.marketing.proofs.includes('own-event') || !isMailable(one.member)) return null;
  const changedAt = around.member?.modifiedAt ?? null;
  const known = around.member?.member?.optIn?.at ?? null;
  const since = one.bindings
    .filter((binding: Binding) => binding.stands(one.marketing))
    .map((binding) => binding.origin.when.until)
    .filter((until) => (changedAt === null || changedAt > until) && (known === null || known <= until));
  return since.length === 0 ? null : Math.min(...since);
};
