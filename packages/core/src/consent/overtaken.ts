import type { MemberState, Row } from '@heed/contract';
import type { Shadow } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { type Fact, type NewFact, sameRecord, sameSource } from './fact.ts';
import { type Observer, observe } from './observe.ts';
import { lastSightOf } from './when.ts';

/**
 * Does a row tell something else than we know? What only one of both tells is no contradiction: a column that is asked for the
 * first time comes with any row. Lists are left out, since the read of a list alone knows them. Cheap: asked for every row that
 * a read brings again.
 */
export const tellsOtherwise = (row: Row, known: Shadow, { topics }: Observer): boolean =>
  (row.email !== known.email && (row.email !== null || row.life.kind === 'live')) ||
  row.life.kind !== known.life.kind ||
  (row.reference !== null && row.reference !== known.reference) ||
  valuesDiffer(row, known) ||
  (row.member !== null && memberDiffers(row.member, known.member, topics.joined));

const valuesDiffer = ({ values }: Row, known: Shadow): boolean => {
  for (const field in values) {
    const [now, then] = [values[field], known.values[field]];
    if (now !== then && then !== undefined && JSON.stringify(now) !== JSON.stringify(then)) return true;
  }
  return false;
};

const memberDiffers = (now: MemberState, then: MemberState | null, joined: readonly string[]): boolean => {
  if (now.status !== then?.status) return true;
  const of = (member: MemberState, topic: string) =>
    member.topics[topic] ?? (joined.includes(topic) ? 'opted-out' : undefined);
  return Object.keys(now.topics).some((topic) => {
    const said = of(then, topic);
    return said !== undefined && said !== of(now, topic);
  });
};

/**
 * Opt-outs that a row tells in whose place a look-up came: somebody opted out and was taken back, archived or deleted between the
 * two requests, or before the last of our own. The vendor has said it, so it counts (C1). `before`, `intents`: as for `observe`.
 */
export const optOutsToldBy = (
  row: Row,
  before: Shadow | null,
  intents: readonly Intent[],
  by: Observer,
): readonly NewFact[] =>
  observe(row, before, intents, by).facts.filter(
    (fact) => fact.says === 'opted-out' && !isBeforeConsent(fact, row, before, by),
  );

/** A consent that an older row does not show yet, while a read has shown it given since, was not taken back (C19). */
const isBeforeConsent = (
  { source }: NewFact,
  { modifiedAt }: Row,
  before: Shadow | null,
  { optInField }: Observer,
): boolean => {
  if (source.field !== optInField || modifiedAt === null) return false;
  const sight = lastSightOf(before, optInField);
  return sight !== null && modifiedAt < sight.readAt;
};

/** Is it news beside what the ledger holds of its address? What a lagging search tells of before a known opt-in is none. */
export const isNewsBeside = (facts: readonly Fact[], said: NewFact, { modifiedAt }: Row): boolean => {
  const last = facts.findLast(
    (fact) => (fact.says === 'opted-out' || fact.says === 'opted-in') && isAboutTheSame(fact, said),
  );
  if (last === undefined) return true;
  return last.says === 'opted-in' && modifiedAt !== null && modifiedAt > last.when.until;
};

/** The same field of the same record, at the same address. */
export const isAboutTheSame = (one: NewFact, other: NewFact): boolean =>
  one.address === other.address &&
  one.topic === other.topic &&
  sameRecord(one.record, other.record) &&
  sameSource(one.source, other.source);
