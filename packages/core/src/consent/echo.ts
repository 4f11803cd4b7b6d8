import type { Actor, Millis, Op, Row } from '@heed/contract';
import { addressKey } from '../identity/address.ts';
import { systemKey } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import type { Observer } from './observe.ts';
import { readOptOutField } from './opt-out-field.ts';
import { STAMP_MS } from './when.ts';

/** No request is under way longer than this; a later change is not the effect of one whose answer was lost. */
const REQUEST_MS = 150_000;

/** Our own opt-out explains a state if it was durable first and the row was last changed inside its request window (C8). */
export const echoing = (row: Row, by: Observer, intents: readonly Intent[], actor: Actor): Intent | null => {
  if (row.modifiedBy === 'other' || actor === 'person') return null;
  const until = (intent: Intent): Millis =>
    (intent.answeredAt ?? Math.min(by.readAt, intent.sentAt + REQUEST_MS)) + STAMP_MS;
  return (
    intents.find((intent) => {
      if (intent.seen || (intent.state !== 'open' && intent.state !== 'applied')) return false;
      if (intent.because.length === 0 || systemKey(intent.system) !== systemKey(by.system)) return false;
      if (!concerns(intent, row)) return false;
      // Nobody answered: that somebody did it inside our request window does not show that we did. In doubt it is a fact.
      if (intent.state === 'open' && row.modifiedBy !== 'us') return false;
      if (row.modifiedAt === null) return intent.state === 'applied';
      return row.modifiedAt >= intent.sentAt - STAMP_MS && row.modifiedAt <= until(intent);
    }) ?? null
  );
};

/** Once a later read shows the contrary, our write explains no opt-out that comes after it (C8). */
export const isRefuted = (intent: Intent, row: Row, by: Observer): boolean => {
  const { op, answeredAt } = intent;
  if (intent.seen || intent.state !== 'applied' || answeredAt === null) return false;
  return concerns(intent, row) && by.readAt > answeredAt && isDenied(op, row, by.consentFields);
};

/** A row that shows that an opt-out has not happened, whatever its answer says. Silence denies nothing. */
export const isDenied = (op: Op, row: Row, consentFields: Observer['consentFields']): boolean => {
  if (op.kind !== 'opt-out') return false;
  if (row.member !== null) return row.member.status === 'subscribed' || row.member.status === 'non-subscribed';
  const rules = (consentFields[row.record.type] ?? []).filter((rule) => rule.field in op.set);
  return rules.some((rule) => readOptOutField(rule, row.values) === 'not-opted-out');
};

const concerns = ({ op }: Intent, row: Row): boolean => {
  if (op.kind === 'opt-out') {
    return op.record === null
      ? addressKey(op.email) === addressKey(row.email)
      : op.record.type === row.record.type && op.record.id === row.record.id;
  }
  return op.kind === 'create' && addressKey(op.email) === addressKey(row.email);
};
