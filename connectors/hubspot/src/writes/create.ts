import { ConnectorError, type Outcome, type Values } from '@heed/contract';
import {
  asError,
  byHalves,
  chunk,
  failed,
  firstOfEach,
  type Gate,
  inParallel,
  isFailure,
  rejected,
  sortOps,
} from '@heed/toolkit';
import { BATCH, type RowResult } from '../api.ts';
import { addressRow, CONTACT, columnsOf, contactRef } from '../contact.ts';
import { errorOfRow, existingIdIn } from '../errors.ts';
import { CONNECTIONS } from '../limits.ts';
import { strangerRef } from '../lookup.ts';
import { addressOf } from '../preferences.ts';
import { isOptOutMirror, OPT_OUT, topicOf, toWire } from '../properties.ts';
import type { WireContact } from '../wire.ts';
import { barred } from './change.ts';
import { type Joining, join } from './join.ts';
import { columnsFor, done, type OpOf, refused, unmentioned, type Writing } from './outcomes.ts';
import { isAboutOne, type Saving, saveEach } from './save.ts';

type Create = OpOf<'create'>;

/**
 * Finds or makes contacts. Looked for by reference and by address; on a hit consent is left alone (C9). As a marketing system
 * the contact is then put into the list, unless it, or its address, is opted out.
 */
export const createAll = async (
  writing: Writing,
  ops: readonly Create[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const sorted = sortOps(ops, (op) => wrongWith(writing, op));
  const outcomes: Outcome[] = [...sorted.refused];
  for (const piece of chunk(sorted.good, BATCH)) {
    // The same address or reference twice: the second finds what the first made.
    for (let left = piece; left.length > 0; ) {
      const { first, others } = firstOfEach(left, keysOf);
      outcomes.push(...(await gate.all(first, () => createDistinct(writing, first, gate, signal))));
      left = others;
    }
  }
  return outcomes;
};

const keysOf = ({ email, reference }: Create): readonly string[] => [
  `@ ${addressOf(email)}`,
  ...(reference === null ? [] : [`# ${reference.field} ${reference.value}`]),
];

const wrongWith = ({ audience, basis, privacyTypes }: Writing, op: Create): ConnectorError | null => {
  if (op.type !== CONTACT) return refused('config', 'NO_SUCH_TYPE', `the one record type is ${CONTACT}`);
  const odd = barred(Object.keys(op.fields)) ?? unwritable({ ...op.fields, ...op.set });
  if (odd !== null) return odd;
  if (!/^[^\s@]+@[^\s@]+$/.test(op.email.trim()))
    return new ConnectorError('invalid', 'HubSpot: this is no e-mail address', {
      code: 'INVALID_EMAIL',
      field: 'email',
      mayHaveApplied: false,
    });
  if (audience === null)
    return op.as === null ? null : refused('config', 'NO_STATUS', 'a CRM record has no status of a member');
  if (op.as !== 'subscribed')
    return refused(
      'refused',
      'NEW_MEMBERS',
      'a new member can be subscribed only: HubSpot sends no confirmation for an API, and has no members without permission',
    );
  if (op.reference !== null) return refused('config', 'NO_REFERENCE', 'as a marketing system it keeps no reference');
  return privacyTypes !== null && basis === null
    ? refused('config', 'NO_BASIS', 'dataPrivacy is set, and the profile gives no consent.basis to write')
    : null;
};

const unwritable = (values: Values): ConnectorError | null => {
  try {
    toWire(values);
    return null;
  } catch (error) {
    return asError(error);
  }
};

/** Contacts by the op that asks for them. */
type Found = ReadonlyMap<string, WireContact>;

const createDistinct = async (
  writing: Writing,
  ops: readonly Create[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const found = await find(writing, ops, signal);
  const hits = ops.filter(({ id }) => found.has(id));
  const misses = ops.filter(({ id }) => !found.has(id));
  // Apart: what was written to those that exist is not undone by what goes wrong with the others.
  return [
    ...(await gate.all(hits, () => onHits(writing, hits, found, signal))),
    ...(await gate.all(misses, () => onMisses(writing, misses, gate, signal))),
  ];
};

const onMisses = async (
  writing: Writing,
  ops: readonly Create[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const free = await whoMayBeMade(writing, ops, gate, signal);
  const made = await make(writing, free.ops, signal);
  const isOpen = ({ id }: Create): boolean => isTaken(made.get(id)) || made.get(id) instanceof ConnectorError;
  // Somebody, perhaps an earlier request of ours whose answer was lost, was faster than the look.
  const later = await find(writing, free.ops.filter(isOpen), signal).catch((): Found => new Map());
  const taken = free.ops.filter(({ id }) => isTaken(made.get(id)) && later.has(id));
  const outcomes: Outcome[] = [...free.outcomes, ...(await onHits(writing, taken, later, signal))];
  const fresh: Joining[] = [];
  for (const op of free.ops.filter((one) => !taken.includes(one))) {
    const row = made.get(op.id) ?? null;
    const existing = later.get(op.id);
    if (row === null) outcomes.push(failed(op.id, unmentioned()));
    else if ('contact' in row) fresh.push({ op, contact: row.contact, isNew: true, doubt: null });
    else if ('problem' in row) outcomes.push(rejected(op.id, errorOfRow('create contacts', row.problem)));
    // What was made and not answered is still put into the list; the outcome says that nobody knows who made it.
    else if (existing !== undefined && row.details.mayHaveApplied === true)
      fresh.push({ op, contact: existing, isNew: false, doubt: row });
    else outcomes.push(failed(op.id, row));
  }
  return [...outcomes, ...(await join(writing, fresh, signal))];
};

const isTaken = (row: RowResult | ConnectorError | undefined): boolean =>
  row instanceof ConnectorError
    ? row.details.code === 'CONFLICT' || row.details.code === 'HTTP 409'
    : row != null && 'problem' in row && (row.problem.category === 'CONFLICT' || existingIdIn(row.problem) !== null);

const namesFor = async ({ book, audience }: Writing, ops: readonly Create[], signal: AbortSignal) => {
  const fields = ops.flatMap((op) => [
    ...Object.keys(op.fields),
    ...(op.reference === null ? [] : [op.reference.field]),
  ]);
  return columnsOf(await book.known(signal), columnsFor([...new Set(fields)]), audience !== null);
};

const find = async (writing: Writing, ops: readonly Create[], signal: AbortSignal): Promise<Found> => {
  const found = new Map<string, WireContact>();
  if (ops.length === 0) return found;
  const names = await namesFor(writing, ops, signal);
  for (const [field, some] of Map.groupBy(
    ops.filter(({ reference }) => reference !== null),
    (op) => op.reference?.field ?? '',
  )) {
    const values = some.map(({ reference }) => reference?.value ?? '');
    const contacts = await writing.api.read(values, [...names, field], { idProperty: field }, signal);
    const byValue = new Map(contacts.map((one) => [one.properties[field] ?? '', one]));
    for (const { id, reference } of some) {
      const contact = byValue.get(reference?.value ?? '');
      if (contact !== undefined) found.set(id, contact);
    }
  }
  const left = ops.filter(({ id }) => !found.has(id));
  const emails = left.map(({ email }) => addressOf(email));
  const contacts = await writing.api.read(emails, [...names, 'hs_additional_emails'], { idProperty: 'email' }, signal);
  const byEmail = new Map<string, WireContact>();
  for (const contact of contacts) {
    for (const email of [contact.properties.hs_additional_emails ?? '', contact.properties.email ?? ''])
      for (const one of email.split(';')) if (one !== '') byEmail.set(addressOf(one), contact);
  }
  for (const { id, email } of left) {
    const contact = byEmail.get(addressOf(email));
    if (contact !== undefined) found.set(id, contact);
  }
  return found;
};

/** Contacts that exist: mapped fields, and as a marketing system the list; consent is left as it is. */
const onHits = async (
  writing: Writing,
  ops: readonly Create[],
  found: Found,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const pairs = ops.flatMap((op) => {
    const contact = found.get(op.id);
    return contact === undefined ? [] : [{ op, contact }];
  });
  if (writing.audience !== null)
    return join(
      writing,
      pairs.map((pair) => ({ ...pair, isNew: false, doubt: null })),
      signal,
    );
  const savings: Saving[] = pairs.flatMap(({ op, contact }) => {
    const properties = { ...toWire(op.fields), ...referenceFor(op, contact) };
    return Object.keys(properties).length === 0 ? [] : [{ op: op.id, id: contact.id, properties }];
  });
  const saved = await saveEach(writing, savings, signal);
  const unchanged = pairs.filter(({ op }) => !savings.some((one) => one.op === op.id));
  return [...saved, ...unchanged.map(({ op, contact }) => done(writing, op.id, 'unchanged', contactRef(contact.id)))];
};

/** Our external id, for a contact found by its address that has none yet. */
const referenceFor = ({ reference }: Create, { properties }: WireContact): Readonly<Record<string, string>> =>
  reference === null || (properties[reference.field] ?? '') !== '' ? {} : { [reference.field]: reference.value };

/**
 * Addresses without a contact: as a marketing system those that opted out get none (C6); as a CRM the opt-outs that come with a
 * new record are made before it exists.
 */
const whoMayBeMade = async (
  writing: Writing,
  ops: readonly Create[],
  gate: Gate,
  signal: AbortSignal,
): Promise<{ readonly ops: readonly Create[]; readonly outcomes: readonly Outcome[] }> => {
  if (ops.length === 0) return { ops, outcomes: [] };
  if (writing.audience !== null) {
    const out = await writing.preferences.wide(
      ops.map(({ email }) => email),
      signal,
    );
    const wideOf = (op: Create) => out.get(addressOf(op.email));
    const outcomes = ops.flatMap((op): readonly Outcome[] => {
      const wide = wideOf(op);
      if (wide === undefined) return [];
      // Of one brand is no opt-out of all, and must not be told as one (C17).
      if (!wide.portal) return [rejected(op.id, optedOutOfBrand())];
      return [done(writing, op.id, 'unchanged', strangerRef(writing, op.email), addressRow(op.email, wide))];
    });
    return { ops: ops.filter((op) => wideOf(op) === undefined), outcomes };
  }
  const tried = await inParallel(ops, CONNECTIONS, async (op) => {
    const outcome = await gate.one(op, async () => {
      if (op.set[OPT_OUT] === true) await writing.preferences.optOutOfAll(op.email, signal);
      for (const [name, value] of Object.entries(op.set)) {
        const topic = topicOf(name);
        if (topic !== null && value === true) await writing.preferences.optOutOf(op.email, topic, signal);
      }
      return done(writing, op.id, 'applied', null);
    });
    return { op, outcome };
  });
  return {
    ops: tried.filter(({ outcome }) => !isFailure(outcome)).map(({ op }) => op),
    outcomes: tried.map(({ outcome }) => outcome).filter(isFailure),
  };
};

const optedOutOfBrand = () =>
  refused(
    'refused',
    'OPTED_OUT_OF_BRAND',
    'the address is unsubscribed from a brand (business unit) of the portal: nobody is made a member of it; the person can take that back at the preference page',
  );

/** By op: the row of the answer, nothing, or why its whole call failed. */
const make = async (
  writing: Writing,
  ops: readonly Create[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RowResult | ConnectorError>> => {
  if (ops.length === 0) return new Map();
  const send = (some: readonly Create[]) => writing.api.write('create', some.map(toMake), signal);
  const rows = await byHalves<Create, RowResult | ConnectorError>(ops, send, isAboutOne, (_, error) => asError(error));
  return new Map(ops.map(({ id }, index) => [id, rows[index] ?? null]));
};

const toMake = (op: Create) => {
  const own = Object.fromEntries(Object.entries(op.set).filter(([name]) => !isOptOutMirror(name)));
  const reference = op.reference === null ? {} : { [op.reference.field]: op.reference.value };
  const given = { ...toWire(op.fields), ...toWire(own), ...reference };
  // What is empty need not be cleared in what does not exist yet.
  const properties = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
  return { properties: { ...properties, email: op.email.trim() } };
};
