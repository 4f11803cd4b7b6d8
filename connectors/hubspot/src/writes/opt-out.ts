import { ConnectorError, type Outcome, type Values } from '@heed/contract';
import { chunk, type Gate, inParallel, inTurns, isFailure } from '@heed/toolkit';
import { BATCH } from '../api.ts';
import { CONTACT, isOptedOut } from '../contact.ts';
import { CONNECTIONS } from '../limits.ts';
import { strangerRef } from '../lookup.ts';
import { addressOf, type Changed } from '../preferences.ts';
import { OPT_OUT, topicOf, topicProperty, toWire } from '../properties.ts';
import type { WireContact } from '../wire.ts';
import { done, gone, type OpOf, refused, type Writing } from './outcomes.ts';
import { saveEach } from './save.ts';

type OptOut = OpOf<'opt-out'>;

/** What an op asks for, and what of it is not so yet. */
interface Demand {
  readonly wide: boolean;
  readonly topics: readonly string[];
  /** Opt-out fields of the customer's own: ordinary properties. */
  readonly own: Values;
}

/**
 * Opts addresses out through their communication preferences: of all mail, or of single subscription types. Looked at first
 * (C21), so that what somebody else did does not count as ours (C8); what the look could not see, the answer tells.
 */
export const optOutAll = async (
  writing: Writing,
  ops: readonly OptOut[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (ops.length === 0) return [];
  const outcomes: Outcome[] = [];
  const seen = await lookFirst(writing, ops, signal);
  const due: { readonly op: OptOut; readonly demand: Demand }[] = [];
  await inParallel(ops, CONNECTIONS, async (op) => {
    const outcome = await gate.one(op, async () => {
      const demand = await stillDue(writing, op, demandOf(writing, op), seen, signal);
      if (!demand.wide && demand.topics.length === 0 && Object.keys(demand.own).length === 0)
        return done(writing, op.id, 'unchanged', op.record ?? strangerRef(writing, op.email));
      due.push({ op, demand });
      return done(writing, op.id, 'applied', op.record ?? strangerRef(writing, op.email));
    });
    if (isFailure(outcome) || outcome.result === 'unchanged') outcomes.push(outcome);
  });
  const wide = due.filter(({ demand }) => demand.wide).map(({ op }) => op);
  const byBatch = await batchesOf(writing, wide, gate, signal);
  const carried = await inTurns(
    due,
    ({ op }) => addressOf(op.email),
    CONNECTIONS,
    async ({ op, demand }) =>
      byBatch.failed.get(op.id) ?? gate.one(op, () => carryOut(writing, op, demand, byBatch.changed, signal)),
  );
  const fields = await saveEach(
    writing,
    due.flatMap(({ op, demand }) => ownFields(op, demand)),
    signal,
  );
  return [...outcomes, ...carried.map((outcome) => together(outcome, fields))];
};

/** Throws `config` for what is no opt-out here. */
const demandOf = ({ audience }: Writing, { set, topic, record }: OptOut): Demand => {
  if (audience !== null) {
    if (topic === '*') return { wide: true, topics: [], own: {} };
    if (/^\d{1,15}$/.test(topic)) return { wide: false, topics: [topic], own: {} };
    throw refused('config', 'topic', 'a topic is the number of a subscription type');
  }
  if (record === null || record.type !== CONTACT)
    throw refused('refused', 'NO_RECORD', 'as a CRM it opts contacts out; an address without one is left alone');
  const names = Object.keys(set);
  if (names.length === 0) throw refused('config', 'NO_FIELD', 'no consent field was named to write');
  const mirrors = names.filter((name) => name === OPT_OUT || topicOf(name) !== null);
  const undone = mirrors.find((name) => set[name] !== true);
  if (undone !== undefined) throw refused('refused', 'clear', 'an opt-out is undone by the person only', undone);
  return {
    wide: names.includes(OPT_OUT),
    topics: mirrors.flatMap((name) => topicOf(name) ?? []),
    own: Object.fromEntries(Object.entries(set).filter(([name]) => !mirrors.includes(name))),
  };
};

/** The contacts of the ops, by id; null if the look failed: an opt-out never waits for a look-up. */
const lookFirst = async (
  { api }: Writing,
  ops: readonly OptOut[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, WireContact> | null> => {
  const topics = ops.flatMap(({ topic, set }) => [
    ...Object.keys(set),
    ...(/^\d{1,15}$/.test(topic) ? [topicProperty(topic)] : []),
  ]);
  const ids = ops.flatMap(({ record }) => (record?.type === CONTACT ? [record.id] : []));
  try {
    const contacts = await api.read(ids, [...new Set(['email', OPT_OUT, ...topics])], { idProperty: null }, signal);
    return new Map(contacts.map((one) => [one.id, one]));
  } catch (error) {
    if (error instanceof ConnectorError) return null;
    throw error;
  }
};

/** Throws `missing` if the contact is gone: its address is nobody's that we know. */
const stillDue = async (
  { preferences }: Writing,
  { record, email }: OptOut,
  demand: Demand,
  seen: ReadonlyMap<string, WireContact> | null,
  signal: AbortSignal,
): Promise<Demand> => {
  const contact = record === null ? undefined : seen?.get(record.id);
  if (record?.type === CONTACT && seen === null) return demand;
  if (record?.type === CONTACT && contact === undefined) throw gone();
  const own = contact === undefined ? demand.own : unlike(demand.own, contact);
  if (contact !== undefined && addressOf(contact.properties.email ?? '') === addressOf(email))
    return {
      wide: demand.wide && !isOptedOut(contact),
      topics: demand.topics.filter((topic) => contact.properties[topicProperty(topic)] !== 'true'),
      own,
    };
  // No contact, or one that has another address by now: only the preferences of the address itself tell.
  const wide = demand.wide && (await preferences.wide([email], signal)).get(addressOf(email))?.portal !== true;
  const statuses = demand.topics.length === 0 ? [] : await preferences.statuses(email, signal);
  const out = new Set(statuses.filter(({ status }) => status === 'UNSUBSCRIBED').map((one) => one.subscriptionId));
  return { wide, topics: demand.topics.filter((topic) => !out.has(topic)), own };
};

const unlike = (own: Values, { properties }: WireContact): Values => {
  const wire = toWire(own);
  return Object.fromEntries(Object.entries(own).filter(([name]) => (properties[name] ?? '') !== wire[name]));
};

/** Many by one call, where the plan has it. */
const batchesOf = async (writing: Writing, ops: readonly OptOut[], gate: Gate, signal: AbortSignal) => {
  const changed = new Map<string, Changed>();
  const failures = new Map<string, Outcome>();
  for (const piece of chunk(ops, BATCH)) {
    const emails = [...new Set(piece.map(({ email }) => addressOf(email)))].filter((one) => one.includes('@'));
    const ended = await gate.all(piece, async () => {
      const answer = await writing.preferences.optManyOutOfAll(emails, signal);
      for (const [email, one] of answer ?? []) changed.set(email, one);
      return [];
    });
    for (const outcome of ended) failures.set(outcome.op, outcome);
  }
  return { changed, failed: failures };
};

const carryOut = async (
  writing: Writing,
  { id, record, email }: OptOut,
  { wide, topics, own }: Demand,
  byBatch: ReadonlyMap<string, Changed>,
  signal: AbortSignal,
): Promise<Outcome> => {
  const { preferences } = writing;
  const changes: Changed[] = [];
  if (wide) changes.push(byBatch.get(addressOf(email)) ?? (await preferences.optOutOfAll(email, signal)));
  for (const topic of topics) changes.push(await preferences.optOutOf(email, topic, signal));
  const applied = changes.includes('applied') || Object.keys(own).length > 0;
  return done(writing, id, applied ? 'applied' : 'unchanged', record ?? strangerRef(writing, email));
};

const ownFields = ({ id: op, record }: OptOut, { own }: Demand) =>
  record === null || Object.keys(own).length === 0 ? [] : [{ op, id: record.id, properties: toWire(own) }];

/** An opt-out by preferences and by a field is done when both are. */
const together = (outcome: Outcome, fields: readonly Outcome[]): Outcome => {
  const field = fields.find(({ op }) => op === outcome.op);
  return field !== undefined && isFailure(field) && !isFailure(outcome) ? field : outcome;
};
