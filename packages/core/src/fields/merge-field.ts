import type { FieldValue } from '@heed/contract';
import type { Direction, Side } from '../profile/profile.ts';
import type { Carrier } from './convert.ts';
import { isEmpty, sameValue } from './same-value.ts';

/** The values that both sides last agreed on, each in its own system's form. */
export interface FieldPair {
  readonly crm: FieldValue;
  readonly marketing: FieldValue;
}

export interface FieldToMerge {
  /** As read; undefined if it was not read, which proves nothing. */
  readonly crm: FieldValue | undefined;
  readonly marketing: FieldValue | undefined;
  /** Null before the first merge. */
  readonly base: FieldPair | null;
  readonly direction: Direction;
  /** Whose value stays if both sides changed, in a mapping that goes both ways. */
  readonly conflicts: Side;
  /** An emptied value empties the other side. */
  readonly clear: boolean;
  readonly carrier: Carrier;
}

export interface FieldMerge {
  /** To write to the CRM; absent: nothing. */
  readonly toCrm?: FieldValue;
  /** To write to marketing; absent: nothing. */
  readonly toMarketing?: FieldValue;
  /** Both sides were edited, and one edit gives way; or, without a base, a value of the other side is overwritten. */
  readonly conflict: boolean;
  /** What is agreed once the write is applied. */
  readonly base: FieldPair | null;
  /** Why the value could not be carried; the base stays, so it is tried again. No personal detail in it. */
  readonly refused?: string;
}

const other = (side: Side): Side => (side === 'crm' ? 'marketing' : 'crm');

/** The only side whose value may travel; null if both may. */
const sourceOf = (direction: Direction): Side | null =>
  direction === 'both' ? null : direction === 'crm-to-marketing' ? 'crm' : 'marketing';

const carry = (field: FieldToMerge, now: FieldPair, from: Side, contested: boolean): FieldMerge => {
  const { base, clear, carrier, direction } = field;
  const [value, target] = [now[from], now[other(from)]];
  const nothing: FieldMerge = { conflict: false, base: now };
  const way = from === 'crm' ? carrier.toMarketing(value) : carrier.toCrm(value);
  if (!way.ok) return { conflict: contested, base, refused: way.message };
  if (sameValue(way.value, target)) return nothing;
  if (direction === 'both') {
    // Two spellings of one value (a date-time and its date) agree already.
    const back = from === 'crm' ? carrier.toCrm(target) : carrier.toMarketing(target);
    if (back.ok && !isEmpty(target) && sameValue(back.value, value)) return nothing;
  }
  const emptied = isEmpty(value) || isEmpty(way.value);
  // Only an emptying that was seen may empty the other side: without a base, nobody is known to have emptied anything.
  if (emptied && !isEmpty(target) && !(clear && base !== null)) return nothing;
  return from === 'crm'
    ? { toMarketing: way.value, conflict: contested, base: { crm: value, marketing: way.value } }
    : { toCrm: way.value, conflict: contested, base: { crm: way.value, marketing: value } };
};

/** Nobody knows who is newer: an empty side takes the other's value, and of two values `conflicts` decides (C29). */
const firstMerge = (field: FieldToMerge, now: FieldPair): FieldMerge => {
  const source = sourceOf(field.direction);
  const from = source ?? (isEmpty(now[field.conflicts]) ? other(field.conflicts) : field.conflicts);
  return carry(field, now, from, !isEmpty(now.crm) && !isEmpty(now.marketing));
};

/**
 * The three-way merge of one mapped field against the last agreed values. Pure, and stable: merging the result again
 * writes nothing. An edit gives way to a newer or a simultaneous edit only, never to an older value (I8).
 */
export const mergeField = (field: FieldToMerge): FieldMerge => {
  const { crm, marketing, base } = field;
  if (crm === undefined || marketing === undefined) return { conflict: false, base };
  const now: FieldPair = { crm, marketing };
  if (base === null) return firstMerge(field, now);
  const changed = { crm: !sameValue(crm, base.crm), marketing: !sameValue(marketing, base.marketing) };
  const source = sourceOf(field.direction);
  const contested = changed.crm && changed.marketing;
  if (source !== null) return changed[source] ? carry(field, now, source, contested) : { conflict: false, base: now };
  if (!changed.crm && !changed.marketing) return { conflict: false, base };
  if (!contested) return carry(field, now, changed.crm ? 'crm' : 'marketing', false);
  // An emptied winner without `clear` says nothing, so the other edit is carried.
  const silent = isEmpty(now[field.conflicts]) && !field.clear;
  return carry(field, now, silent ? other(field.conflicts) : field.conflicts, true);
};
