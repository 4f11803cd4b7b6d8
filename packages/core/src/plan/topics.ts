import { decide, isMailable, type Remark, type Verdict } from '../consent/decide.ts';
import { ALL_MAIL } from '../consent/fact.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Side } from '../profile/profile.ts';
import type { NotSyncedReason } from '../state/report.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Listed } from '../state/store.ts';
import { consentCase } from './consent-case.ts';
import { type ConsentWrites, consentWrites } from './consent-writes.ts';
import type { PlanContext } from './matter.ts';
import type { Surroundings } from './neighbours.ts';
import { type PlannedWrite, writeDigest } from './op.ts';
import type { TopicHere, View } from './view.ts';

/** What one topic demands of one address, and what is done about it (C17). */
export interface TopicPlan {
  readonly name: string;
  readonly topic: TopicHere;
  readonly verdict: Verdict;
  readonly consent: ConsentWrites;
  /** Sides on which this opt-out has no place: it is listed, and never widened silently. */
  readonly notCarried: readonly Side[];
}

const SIDES = ['crm', 'marketing'] as const;

/** Table C0 for each topic of the profile. Pure. */
export const topicPlans = (
  address: AddressKey,
  live: readonly Shadow[],
  around: Surroundings,
  view: View,
  context: PlanContext,
): readonly TopicPlan[] => {
  const plans = view.topics.map((each): TopicPlan => {
    const { one, reach } = consentCase(address, around, each);
    const fields = Object.values(each.settings.optOutFields).flat();
    const verdict = fields.length > 0 ? decide(one) : { ...decide(one), spreads: false };
    const said = (side: Side): boolean => reach.bindings.some(({ origin }) => origin.source.role !== side);
    const placed = (side: Side): boolean =>
      side === 'crm'
        ? live.every(({ record }) => (each.settings.optOutFields[record.type] ?? []).length > 0)
        : each.topic.id !== null || !isMailable(one.member);
    return {
      name: each.topic.name,
      topic: each.topic,
      verdict,
      consent: consentWrites({ address, one, verdict, live, around, view: each, context }),
      notCarried: stands(verdict) ? SIDES.filter((side) => said(side) && !placed(side)) : [],
    };
  });
  return plans.map((plan) => withoutPart(plan, plans));
};

const stands = ({ row }: Verdict): boolean => row >= 2 && row <= 4;

/** `collapse: all` waits until every topic that says so, and that this side does not know either, is opted out of. */
const withoutPart = (plan: TopicPlan, plans: readonly TopicPlan[]): TopicPlan => {
  const waits = SIDES.filter(
    (side) => isPart(plan, side) && plans.some((one) => isPart(one, side) && !stands(one.verdict)),
  );
  if (waits.length === 0) return plan;
  const goes = ({ side }: { readonly side: Side }): boolean => !waits.includes(side);
  return {
    ...plan,
    verdict: waits.includes('crm') ? { ...plan.verdict, set: [], spreads: false } : plan.verdict,
    consent: {
      writes: plan.consent.writes.filter(goes),
      owed: plan.consent.owed.filter(goes),
      setAside: plan.consent.setAside.filter(goes),
    },
  };
};

const isPart = ({ topic }: TopicPlan, side: Side): boolean => topic.collapses[side] && topic.collapse === 'all';

const BY_TOPIC: Remark = { reason: 'topic-opted-out', rule: 'C17' };

/**
 * What opt-outs of topics mean for all mail (C6, C17): nobody is made a member who would be in a topic that they opted out of, and
 * nobody gets fields in a tool that has them opted out of everything because of a topic.
 */
export const withinTopics = (verdict: Verdict, topics: readonly TopicPlan[], isMember: boolean): Verdict => {
  if (verdict.row !== 6) return verdict;
  const out = topics.filter((one) => stands(one.verdict));
  const joins = out.some(({ topic }) => topic.id !== null && !topic.joined);
  const collapsed = out.some(({ topic }) => topic.collapses.marketing);
  // The CRM shows opted out of everything, and no fact says so: we wrote it for the topic.
  const isExplained = verdict.remark?.reason === 'opted-out-in-crm' && out.some(({ topic }) => topic.collapses.crm);
  return {
    ...verdict,
    create: verdict.create && !joins,
    fields: verdict.fields && !collapsed,
    remark: isExplained || (verdict.remark === null && ((joins && !isMember) || collapsed)) ? BY_TOPIC : verdict.remark,
  };
};

/** One opt-out of everything is enough, however many ask for it. */
export const allConsentWrites = (all: ConsentWrites, topics: readonly TopicPlan[]): ConsentWrites => {
  const writes = new Map<string, PlannedWrite>();
  for (const write of [all, ...topics.map(({ consent }) => consent)].flatMap((one) => one.writes)) {
    const digest = writeDigest(write);
    if (!writes.has(digest)) writes.set(digest, write);
  }
  return {
    writes: [...writes.values()],
    owed: [...all.owed, ...topics.flatMap(({ consent }) => consent.owed)],
    setAside: [...all.setAside, ...topics.flatMap(({ consent }) => consent.setAside)],
  };
};

/**
 * Whoever this plan opts out of everything in marketing needs no opt-out of a topic there: the next pass would not send it, and a
 * plan says what is sent (I10). One that no guard may hold does not wait for one that a guard may (C23).
 */
export const withoutNeedless = (writes: readonly PlannedWrite[]): readonly PlannedWrite[] => {
  const ofTopic = ({ op }: PlannedWrite): boolean => op.kind === 'opt-out' && op.topic !== ALL_MAIL;
  const all = writes.filter((write) => write.side === 'marketing' && write.op.kind === 'opt-out' && !ofTopic(write));
  if (all.length === 0) return writes;
  return writes.filter((write) => !ofTopic(write) || !all.some(({ guarded }) => write.guarded || !guarded));
};

/** One line for each reason, with the topics that it is about. */
export const listedTopics = (
  address: AddressKey,
  topics: readonly TopicPlan[],
  told: NotSyncedReason | null,
): readonly Listed[] => {
  const stay = topics.filter(
    ({ verdict, notCarried }) =>
      stands(verdict) && notCarried.length === 0 && verdict.remark !== null && verdict.remark.reason !== 'opted-out',
  );
  const lost = topics.filter(({ notCarried }) => notCarried.length > 0);
  const line = (reason: NotSyncedReason, side: Side, about: readonly TopicPlan[]): readonly Listed[] =>
    about.length === 0
      ? []
      : [
          {
            address,
            side,
            reason,
            rule: 'C17',
            detail: about.map(({ name, verdict }) => `${name} (${verdict.rule})`).join(', '),
          },
        ];
  return [
    ...(told === 'topic-opted-out' ? [] : line('topic-opted-out', 'crm', stay)),
    ...SIDES.flatMap((side) =>
      line(
        'topic-not-carried',
        side,
        lost.filter(({ notCarried }) => notCarried[0] === side),
      ),
    ),
  ];
};
