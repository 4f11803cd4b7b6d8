import type { ConnectorError, Outcome } from '@heed/contract';
import { failed, type Gate, rejected } from '@heed/toolkit';
import { CONTACT, columnsOf, isOptedOut, memberOf } from '../contact.ts';
import { createMemberships } from '../memberships.ts';
import { addressOf } from '../preferences.ts';
import { isBarred, OPT_OUT, topicOf, topicProperties, toWire } from '../properties.ts';
import { isId, type WireContact } from '../wire.ts';
import { columnsFor, done, gone, type OpOf, refused, unmentioned, type Writing } from './outcomes.ts';
import { type Saving, saveEach } from './save.ts';

/** What is wrong with the names of mapped fields; null if nothing. */
export const barred = (names: readonly string[]): ConnectorError | null => {
  const odd = names.find((name) => !/^\w{1,100}$/.test(name));
  if (odd !== undefined) return refused('config', 'NO_FIELD_NAME', 'a property has no valid name');
  const one = names.find(isBarred);
  return one === undefined
    ? null
    : refused('refused', 'NOT_BY_FIELDS', `${one} is never written as a mapped field (C9); remove it`, one);
};

/** Mapped properties and nothing else (C9). */
export const patchAll = async (
  writing: Writing,
  ops: readonly OpOf<'patch'>[],
  gate: Gate,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  const savings: Saving[] = [];
  for (const op of ops) {
    const outcome = await gate.one(op, async () => {
      const wrong = barred(Object.keys(op.fields));
      if (wrong !== null) throw wrong;
      if (op.record.type !== CONTACT || !isId(op.record.id)) throw gone();
      if (Object.keys(op.fields).length > 0)
        savings.push({ op: op.id, id: op.record.id, properties: toWire(op.fields) });
      return done(writing, op.id, 'unchanged', op.record);
    });
    if (!savings.some((one) => one.op === op.id)) outcomes.push(outcome);
  }
  return [...outcomes, ...(await saveEach(writing, savings, signal))];
};

/**
 * A new address. The opt-out stays with the old one in HubSpot, and the new one would be mailed: so what the old one opted
 * out of, the new one is opted out of before (C9, C15).
 */
export const rename = async (writing: Writing, op: OpOf<'rename'>, signal: AbortSignal): Promise<Outcome> => {
  const { book, preferences } = writing;
  if (op.record.type !== CONTACT) throw gone();
  const topics = topicProperties(await book.known(signal));
  const contact = await theOne(writing, op.record.id, ['email', OPT_OUT, ...topics], signal);
  const now = addressOf(contact.properties.email ?? '');
  if (now === addressOf(op.to)) return done(writing, op.id, 'unchanged', op.record);
  if (now !== addressOf(op.from))
    return rejected(op.id, refused('stale', 'address', 'the contact has another address by now'));
  if (isOptedOut(contact)) await preferences.optOutOfAll(op.to, signal);
  for (const name of topics)
    if (contact.properties[name] === 'true') await preferences.optOutOf(op.to, topicOf(name) ?? '', signal);
  const [outcome] = await saveEach(writing, [{ op: op.id, id: contact.id, properties: { email: op.to } }], signal);
  return outcome ?? failed(op.id, unmentioned());
};

const theOne = async (
  { api }: Writing,
  id: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<WireContact> => {
  const [contact] = await api.read([id], names, { idProperty: null }, signal);
  if (contact === undefined || contact.id !== id) throw gone();
  return contact;
};

/** Takes a member out of the list, if it is subscribed (C12). HubSpot has no tags. */
export const leave = async (writing: Writing, op: OpOf<'leave'>, signal: AbortSignal): Promise<Outcome> => {
  const { api, book, audience } = writing;
  if (audience === null) throw refused('refused', 'NOT_FOR_A_CRM', 'nobody leaves a CRM by a sync');
  if (op.how === 'tag') throw refused('refused', 'tag', 'contacts have no tags; write archive');
  if (op.record.type !== CONTACT) throw gone();
  const names = columnsOf(await book.known(signal), columnsFor([]), true);
  const contact = await theOne(writing, op.record.id, names, signal);
  const listsOf = await createMemberships(api, [audience]).of([contact.id], signal);
  const inList = listsOf(contact.id).length > 0;
  const status = memberOf(contact, inList)?.status;
  if (status === undefined) return done(writing, op.id, 'unchanged', op.record);
  if (status !== 'subscribed' || !inList)
    throw refused('refused', status, 'only subscribed members are taken out of the list (C12)');
  await api.changeMembers(audience, 'remove', [contact.id], signal);
  return done(writing, op.id, 'applied', op.record);
};
