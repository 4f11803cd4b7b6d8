import type { RecordRef, Values } from '@heed/contract';
import type { Verdict } from '../consent/decide.ts';
import { ALL_MAIL, sameSource } from '../consent/fact.ts';
import { isFight } from '../consent/guards.ts';
import { clearedValue, optOutValue } from '../consent/opt-out-field.ts';
import { isErased, isRecordAddress } from '../identity/address.ts';
import type { Side } from '../profile/profile.ts';
import { recordKey, type Shadow } from '../state/shadow.ts';
import type { Owed, SetAside } from '../state/store.ts';
import { fieldsToSet } from './consent-case.ts';
import type { Matter } from './matter.ts';
import type { PlannedWrite } from './op.ts';
import type { View } from './view.ts';

export interface ConsentWrites {
  readonly writes: readonly PlannedWrite[];
  readonly owed: readonly Owed[];
  readonly setAside: readonly SetAside[];
}

/** Opt-outs and clears that the verdict demands and that are not so yet, and what is owed until it is read back (C22). Pure. */
export const consentWrites = (matter: Matter): ConsentWrites => {
  const { address, one, verdict, live, around, view, context } = matter;
  const setAside: SetAside[] = [];
  const writes: PlannedWrite[] = [];
  const owed: Owed[] = [];
  const { topic } = view;
  const rule = topic.name === ALL_MAIL ? verdict.rule : `${verdict.rule} C17`;
  const about = topic.name === ALL_MAIL ? {} : { topic: topic.name };
  const aboutOn = (side: Side) => (topic.collapses[side] ? { ...about, collapses: true as const } : about);
  const owe = (side: 'crm' | 'marketing', record: RecordRef | null, why: string): void => {
    const because = side === 'crm' ? verdict.because : verdict.memberBecause;
    owed.push({ address, side, record, rule, because, since: context.now, why, ...about });
  };
  for (const shadow of live.filter((each) =>
    verdict.set.some((record) => recordKey(record) === recordKey(each.record)),
  )) {
    const fields = fieldsToSet(shadow, view);
    const blocked = view.gaps.filter(
      (gap) => gap.type === shadow.record.type && fields.some((field) => field.field === gap.field),
    );
    const writable = fields.filter((field) => !blocked.some((gap) => gap.field === field.field));
    owe(
      'crm',
      shadow.record,
      blocked[0] === undefined
        ? 'not read back yet'
        : `${shadow.record.type}.${blocked[0].field} cannot be written: ${blocked[0].fix} (C18)`,
    );
    if (writable.length === 0) continue;
    const set = Object.fromEntries(writable.map((field) => [field.field, optOutValue(field, context.today)]));
    writes.push({
      side: 'crm',
      op: { kind: 'opt-out', record: shadow.record, email: shadow.email ?? '', topic: '*', set },
      rule,
      because: verdict.because,
      guarded: false,
      agrees: {},
      partner: null,
      ...aboutOn('crm'),
    });
  }
  const fight = fightOver(matter);
  if (fight !== null) setAside.push(fight);
  if (verdict.member === 'opt-out' && topic.id !== null) {
    const known = one.member.kind === 'known' ? one.member.record : null;
    // No system has shown somebody whom only a list names.
    const listed = isRecordAddress(address) || isErased(address) ? null : address;
    const email = around.member?.email ?? live[0]?.email ?? listed;
    const stopped = verdict.guarded && view.stopped !== null;
    owe('marketing', known, fight?.message ?? (stopped ? `waits for ${view.stopped} (C18)` : 'not read back yet'));
    const absent = known === null && !context.marketingIsComplete;
    if (email !== null && !stopped && !absent && fight === null) {
      writes.push({
        side: 'marketing',
        op: { kind: 'opt-out', record: known, email, topic: topic.id, set: {} },
        rule,
        because: verdict.memberBecause,
        guarded: verdict.guarded,
        agrees: {},
        partner: null,
        ...aboutOn('marketing'),
      });
    }
  }
  if (!context.cautious && view.can.crm.clear) writes.push(...clears(verdict, live, view));
  return { writes, owed, setAside };
};

/** Set aside with an alert instead of opted out once more (C6). A list (`optouts add`) or another rule is never stopped by it. */
const fightOver = ({ address, verdict, around, view, context }: Matter): SetAside | null => {
  if (verdict.member !== 'opt-out' || !verdict.rule.split(' ').includes('C6')) return null;
  const here = around.ledger.facts.filter(
    (fact) => fact.address === address && sameSource(fact.source, view.marketingSource),
  );
  if (!isFight(here, context.now)) return null;
  const record = around.member?.record ?? null;
  const message =
    'subscribed again by somebody else more than three times in 30 days, each time against an opt-out: two systems are fighting. Find the other one and stop it; then heed optouts add opts the person out for good';
  return {
    address,
    side: 'marketing',
    record,
    field: null,
    rule: 'C6',
    message,
    write: null,
    attempts: 0,
    retryAt: null,
  };
};

/** All records of the address or none (C7). */
const clears = (verdict: Verdict, live: readonly Shadow[], view: View): readonly PlannedWrite[] => {
  const writes: PlannedWrite[] = [];
  for (const record of verdict.clear) {
    const shadow = live.find((each) => recordKey(each.record) === recordKey(record));
    const set: Record<string, Values[string]> = {};
    for (const rule of view.settings.optOutFields[record.type] ?? []) {
      const cleared = rule.onlyRead === true ? null : clearedValue(rule);
      if (cleared === null) return [];
      set[rule.field] = cleared.value;
    }
    if (shadow === undefined) return [];
    const op = {
      kind: 'clear',
      record,
      email: shadow.email ?? '',
      topic: '*',
      set,
      ifVersion: shadow.version,
    } as const;
    writes.push({
      side: 'crm',
      op,
      rule: verdict.rule,
      because: verdict.because,
      guarded: false,
      agrees: {},
      partner: null,
    });
  }
  return writes;
};
