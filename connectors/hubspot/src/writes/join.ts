import type { Basis, ConnectorError, Outcome } from '@heed/contract';
import { failed, inParallel, isFailure, rejected } from '@heed/toolkit';
import { contactRef, memberOf, rowOf } from '../contact.ts';
import { CONNECTIONS } from '../limits.ts';
import { createMemberships } from '../memberships.ts';
import { addressOf, type LegalBasis } from '../preferences.ts';
import { type Properties, toWire } from '../properties.ts';
import type { WireContact } from '../wire.ts';
import { columnsFor, done, gone, type OpOf, refused, type Writing } from './outcomes.ts';
import { saveEach } from './save.ts';

/** A contact that is to be a member. */
export interface Joining {
  readonly op: OpOf<'create'>;
  readonly contact: WireContact;
  /** Made by this very call: nobody can have opted it out as a contact, and its fields are set. */
  readonly isNew: boolean;
  /** Its making was not answered. */
  readonly doubt: ConnectorError | null;
}

/**
 * What a create comes to once there is a contact. A CRM: nothing more. Marketing: legal basis where the portal wants it, then
 * the list; never for whoever is opted out, bounced or complaining, and never a status for whom we did not just make.
 */
export const join = async (
  writing: Writing,
  joining: readonly Joining[],
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  if (joining.length === 0) return [];
  const { audience } = writing;
  const known = await writing.book.known(signal);
  if (audience === null) return joining.map((one) => outcomeOf(writing, known, one, 'applied', true));
  try {
    return await joinList(writing, joining, audience, known, signal);
  } catch (error) {
    return joining.map(({ op }) => failed(op.id, error));
  }
};

const joinList = async (
  writing: Writing,
  joining: readonly Joining[],
  audience: string,
  known: Properties,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const older = joining.filter(({ isNew }) => !isNew).map(({ contact }) => contact.id);
  const listsOf = await createMemberships(writing.api, [audience]).of(older, signal);
  const isIn = ({ contact }: Joining): boolean => listsOf(contact.id).length > 0;
  const outcomes: Outcome[] = [];
  const ready: Joining[] = [];
  await inParallel(joining, CONNECTIONS, async (one) => {
    if (memberOf(one.contact, true)?.status !== 'subscribed')
      // Shown as what it is, in the list or not: who bounced or opted out must not look like a member that vanished.
      outcomes.push(outcomeOf(writing, known, one, 'unchanged', true));
    else
      try {
        if (one.isNew) await writeBasis(writing, one.op.email, signal);
        ready.push(one);
      } catch (error) {
        outcomes.push(failed(one.op.id, error));
      }
  });
  const fields = await saveEach(
    writing,
    ready.flatMap(({ op, contact, isNew }) =>
      isNew || Object.keys(op.fields).length === 0
        ? []
        : [{ op: op.id, id: contact.id, properties: toWire(op.fields) }],
    ),
    signal,
  );
  const fieldOf = (one: Joining) => fields.find(({ op }) => op === one.op.id);
  const outside = ready.filter((one) => !isIn(one));
  const toAdd = outside.map(({ contact }) => contact.id);
  const missing =
    toAdd.length === 0 ? new Set<string>() : await writing.api.changeMembers(audience, 'add', toAdd, signal);
  return [
    ...outcomes,
    ...ready.map((one) => {
      const field = fieldOf(one);
      if (missing.has(one.contact.id)) return rejected(one.op.id, gone());
      if (field !== undefined && isFailure(field)) return field;
      const changed = field !== undefined || outside.includes(one);
      return outcomeOf(writing, known, one, changed ? 'applied' : 'unchanged', true);
    }),
  ];
};

const outcomeOf = (
  writing: Writing,
  known: Properties,
  { op, contact, doubt }: Joining,
  result: 'applied' | 'unchanged',
  inList: boolean,
): Outcome => {
  if (doubt !== null) return failed(op.id, doubt);
  if (writing.audience === null) return done(writing, op.id, result, contactRef(contact.id));
  const member = memberOf(contact, inList);
  const wanted = columnsFor(Object.keys(op.fields));
  const row = member === null ? null : rowOf(contact, { known, wanted, member, lists: null });
  return done(writing, op.id, result, contactRef(contact.id), row);
};

/** HubSpot's words for why a person may be mailed. (spec) */
const BASES: Readonly<Record<Basis['kind'], string>> = {
  consent: 'CONSENT_WITH_NOTICE',
  'existing-customer': 'LEGITIMATE_INTEREST_CLIENT',
  contract: 'PERFORMANCE_OF_CONTRACT',
  'legitimate-interest': 'LEGITIMATE_INTEREST_OTHER',
};

/** The only place that subscribes anybody: a member that was just made, of whom a look shows no opt-out of any kind (C6, C19). */
const writeBasis = async ({ basis, privacyTypes, preferences }: Writing, email: string, signal: AbortSignal) => {
  if (privacyTypes === null || basis === null) return;
  const legal: LegalBasis = { legalBasis: BASES[basis.kind], legalBasisExplanation: basis.text };
  const [wide, statuses] = [await preferences.wide([email], signal), await preferences.statuses(email, signal)];
  if (wide.has(addressOf(email)) || statuses.some(({ status }) => status === 'UNSUBSCRIBED'))
    throw refused('refused', 'OPTED_OUT', 'the address is opted out; no subscription is written for it');
  const subscribed = new Set(statuses.filter(({ status }) => status === 'SUBSCRIBED').map((one) => one.subscriptionId));
  for (const type of privacyTypes)
    if (!subscribed.has(type)) await preferences.subscribeNew(email, type, legal, signal);
};
