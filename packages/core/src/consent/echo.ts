import type { Actor, Millis, Op, Row } from '@heed/contract';
import { addressKey } from '../identity/address.ts';
import { systemKey } from '../state/shadow.ts';
import type { Intent } from '../state/store.ts';
import { ALL_MAIL, type Topic } from './fact.ts';
import type { Observer } from './observe.ts';
import { readOptOutField } from './opt-out-field.ts';
import { STAMP_MS } from './when.ts';

/** No request is under way longer than this; a later change is not the effect of one whose answer was lost. */
const REQUEST_MS = 150_000;

/** Our own opt-out explains a state if it was durable first and the row was last changed inside its request window (C8). */
export const echoing = (
  row: Row,
  by: Observer,
  intents: readonly Intent[],
  actor: Actor,
  field: string,
): Intent | null => {
  if (row.modifiedBy === 'other' || actor === 'person') return null;
  const until = (intent: Intent): Millis =>
    (intent.answeredAt ?? Math.min(by.readAt, intent.sentAt + REQUEST_MS)) + STAMP_MS;
  return (
    intents.find((intent) => {
      if (intent.seen || (intent.state !== 'open' && intent.state !== 'applied')) return false;
      if (intent.because.length === 0 || systemKey(intent.system) !== systemKey(by.system)) return false;
      if (!concerns(intent, row) || !isAbout(intent, field, row, by)) return false;
      // Nobody answered: that somebody did it inside our request window does not show that we did. In doubt it is a fact.
      if (intent.state === 'open' && row.modifiedBy !== 'us') return false;
      if (row.modifiedAt === null) return intent.state === 'applied';
      return row.modifiedAt >= intent.sentAt - STAMP_MS && row.modifiedAt <= until(intent);
    }) ?? null
  );
};

/** `*` or the topic that a field is about, also `status`, the field of a member that all mail goes by. */
export const topicOf = (field: string, row: Row, { topics }: Observer): Topic => {
  if (row.member !== null) return field === 'status' ? ALL_MAIL : field;
  return field in topics.fields ? field : ALL_MAIL;
};

/** An opt-out of one topic explains no state of another, nor one of all mail, and the other way round (C17). */
const isAbout = ({ op }: Intent, field: string, row: Row, by: Observer): boolean => {
  const topic = topicOf(field, row, by);
  if (op.kind !== 'opt-out') return topic === ALL_MAIL;
  if (row.member !== null) return op.topic === topic;
  const set = Object.keys(op.set);
  if (topic !== ALL_MAIL) return set.includes(field);
  return set.length === 0 || set.some((name) => !(name in by.topics.fields));
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
  if (row.member !== null) {
    const { status, topics } = row.member;
    const gone = op.topic !== ALL_MAIL && topics[op.topic] === 'opted-out';
    return !gone && (status === 'subscribed' || status === 'non-subscribed');
  }
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
