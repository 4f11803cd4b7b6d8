import type { FieldValue, OptOutField, Values } from '@heed/contract';
import type { Shadow } from '../state/shadow.ts';

/**
 * What a CRM's consent field says (C4). `unlisted` is a value that the profile does not name: it says nothing, is
 * reported, and counts as opted out for creating (C0). `unreadable` is silence, never "not opted out" (C18).
 */
export type FieldReading = 'opted-out' | 'not-opted-out' | 'unlisted' | 'unreadable';

const isEmpty = (value: FieldValue): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

/** A consent field of a profile. `onlyRead`: it means opted out, and Heed never sets it (a wider opt-out than the profile's, C27). */
export interface ConsentField extends OptOutField {
  readonly onlyRead?: true;
}

/** Reads one consent field of one record. */
export const readOptOutField = (rule: OptOutField, values: Values): FieldReading => {
  const value = values[rule.field];
  if (value === undefined) return 'unreadable';
  const { optedOutWhen } = rule;
  if (optedOutWhen === 'set') return isEmpty(value) ? 'not-opted-out' : 'opted-out';
  if (typeof optedOutWhen === 'boolean') {
    if (typeof value === 'boolean') return value === optedOutWhen ? 'opted-out' : 'not-opted-out';
    return isEmpty(value) ? 'not-opted-out' : 'unlisted';
  }
  // An empty picklist says nothing (C0), so it is no opt-out; several picked values mean opted out if one of them does.
  const picked = Array.isArray(value) ? value.map(String) : isEmpty(value) ? [] : [String(value)];
  if (picked.some((one) => optedOutWhen.includes(one))) return 'opted-out';
  return 'not-opted-out';
};

/** The value that opts somebody out. `today` is `YYYY-MM-DD` in UTC, by the vendor's clock. */
export const optOutValue = (rule: OptOutField, today: string): FieldValue =>
  rule.write === 'today' ? today : rule.write;

/** A value that may be nobody's request: the default of new records (C28). */
export const mayBeDefault = (rule: OptOutField, values: Values): boolean =>
  rule.mayBeDefault?.includes(String(values[rule.field])) === true;

/** A value that only the person's own confirmation makes (C7). */
export const provesOptIn = (rule: OptOutField, values: Values): boolean =>
  rule.provesOptIn?.includes(String(values[rule.field])) === true;

/** What is known of a record from before. */
type Before = Pick<Shadow, 'values' | 'byDefault'> | null;

/**
 * A value that may be a default counts once it was seen to become one; any other counts when it was not so before, and so does one
 * that was taken for a default and is none to the profile any more (C28).
 */
export const isNewlyOut = (rule: OptOutField, now: Values, before: Before): boolean => {
  const was = before === null ? 'unreadable' : readOptOutField(rule, before.values);
  if (mayBeDefault(rule, now)) return was === 'not-opted-out';
  if (before === null || was !== 'opted-out') return true;
  return mayBeDefault(rule, before.values) || before.byDefault?.includes(rule.field) === true;
};

/** It shows opted out, and nobody is known to have asked for it: no fact says so (C28). */
export const isTakenForDefault = (rule: OptOutField, now: Values, before: Before): boolean => {
  if (!mayBeDefault(rule, now) || isNewlyOut(rule, now, before)) return false;
  if (before === null || readOptOutField(rule, before.values) !== 'opted-out') return true;
  return before.byDefault?.includes(rule.field) === true;
};

/** The value that undoes it after the person's own opt-in (C7); null where the rule names none (a picklist). */
export const clearedValue = (rule: OptOutField): { readonly value: FieldValue } | null => {
  if (typeof rule.optedOutWhen === 'boolean') return { value: !rule.optedOutWhen };
  return rule.optedOutWhen === 'set' ? { value: null } : null;
};
