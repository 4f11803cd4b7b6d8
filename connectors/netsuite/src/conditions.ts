import type { OptOutField } from '@heed/contract';
import { type RecordShape, STATUS, UNSUBSCRIBE, UNSUBSCRIBED } from './record-shape.ts';
import { anyOf, type Condition, columnOf, isIn, plain } from './suiteql.ts';
import { topicIdIn } from './topics.ts';

export const HAS_ADDRESS = plain('email IS NOT NULL');

/**
 * True for records that one of the consent fields shows opted out; null if the role can see none of them. A topic is no column: with
 * one among the fields everybody of that type fits.
 */
export const optedOut = (
  shape: RecordShape,
  consent: readonly OptOutField[],
  known: readonly string[],
): readonly Condition[] | null => {
  if (shape.type === 'customer' && consent.some(({ field }) => topicIdIn(field) !== null)) return [];
  const parts = consent.filter(({ field }) => known.includes(field)).flatMap((one) => conditionsOf(shape, one, known));
  return parts.length === 0 ? null : [anyOf(parts)];
};

const conditionsOf = (shape: RecordShape, one: OptOutField, known: readonly string[]): readonly Condition[] => {
  const column = columnOf(one.field);
  const { optedOutWhen } = one;
  if (optedOutWhen === 'set') return [plain(`${column} IS NOT NULL`)];
  if (typeof optedOutWhen === 'boolean')
    return shape.fields.get(one.field)?.type === 'boolean' ? [isBox(column, optedOutWhen)] : [];
  const ids = optedOutWhen.filter((value) => one.field !== STATUS || value !== UNSUBSCRIBED);
  const byBox = one.field === STATUS && optedOutWhen.includes(UNSUBSCRIBED) && known.includes(UNSUBSCRIBE);
  return [...(ids.length === 0 ? [] : [isIn(column, ids)]), ...(byBox ? [isBox(columnOf(UNSUBSCRIBE), true)] : [])];
};

/** A box is 'T' or 'F' in queries. */
const isBox = (column: string, ticked: boolean): Condition => ({ q: `${column} = ?`, params: [ticked ? 'T' : 'F'] });
