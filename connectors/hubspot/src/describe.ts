import type { Account, Clock, ListSchema, RecordTypeSchema, SystemSchema } from '@heed/contract';
import { type Book, bookOf, isOfKind } from '@heed/toolkit';
import type { Api } from './api.ts';
import { CONTACT } from './contact.ts';
import type { Preferences } from './preferences.ts';
import { fieldSchemaOf, OPT_OUT, type Properties, type PropertyBook, topicOf, topicProperties } from './properties.ts';
import type { WireList } from './wire.ts';

/** What `check` asks for, and the schema that follows it takes. */
export interface AskedByCheck {
  readonly definitions: Book<Awaited<ReturnType<Preferences['definitions']>>>;
  readonly lists: Book<Awaited<ReturnType<Api['lists']>>>;
}

const LATELY_MS = 30_000;

export const askedByCheck = (api: Api, preferences: Preferences, clock: Pick<Clock, 'now'>): AskedByCheck => ({
  definitions: bookOf((signal) => preferences.definitions(signal), clock),
  lists: bookOf((signal) => api.lists(signal), clock),
});

interface Described {
  readonly api: Api;
  readonly book: PropertyBook;
  readonly asked: AskedByCheck;
  readonly role: 'crm' | 'marketing';
  /** What `plan` in the settings says the account grants, and what HubSpot says. */
  readonly plannedPer10s: number;
  grantedPer10s(): number | null;
}

/** Contact properties, lists and subscription types, as the app sees them. */
export const describePortal = async ({ book, asked, role }: Described, signal: AbortSignal): Promise<SystemSchema> => {
  const properties = await book.refresh(signal);
  const lists = await asked.lists.within(LATELY_MS, signal);
  const types = (await asked.definitions.within(LATELY_MS, signal)).filter(
    ({ isActive, isInternal }) => isActive && !isInternal,
  );
  const asMember = role === 'marketing';
  return {
    recordTypes: [contactType(properties, asMember)],
    lists: asMember ? [] : lists.map((one) => listSchema(one, 'list')),
    audiences: asMember ? lists.filter(isStatic).map((one) => listSchema(one, 'audience')) : [],
    topics: types.map(({ id, name }) => ({ id, name, kind: 'subscription type' })),
  };
};

/** Only a manual list takes members from outside. */
const isStatic = ({ processingType }: WireList): boolean => processingType === 'MANUAL';

const listSchema = (list: WireList, kind: string): ListSchema => {
  const size = list.size ?? Number(list.additionalProperties?.hs_list_size ?? Number.NaN);
  return { kind, id: list.listId, name: list.name, size: Number.isFinite(size) ? size : null };
};

const contactType = (properties: Properties, asMember: boolean): RecordTypeSchema => ({
  name: CONTACT,
  label: 'Contact',
  fields: [...properties.values()].map(fieldSchemaOf),
  standardOptOut: asMember
    ? null
    : properties.has(OPT_OUT)
      ? { field: OPT_OUT, optedOutWhen: true, write: true }
      : {
          missing: OPT_OUT,
          fix: 'the app does not see the property "Unsubscribed from all email": grant crm.schemas.contacts.read, and check the sensitivity of the property',
        },
  ...(asMember
    ? {}
    : {
        topicOptOuts: Object.fromEntries(
          topicProperties(properties).map((name) => [
            topicOf(name) ?? '',
            { field: name, optedOutWhen: true, write: true } as const,
          ]),
        ),
      }),
  notCreatable: null,
});

/** Account details prove the credentials; three more calls show what the app may read. What it may write shows only by writing. */
export const checkPortal = async (described: Described, signal: AbortSignal): Promise<Account> => {
  const { api, book, asked, role } = described;
  const account = await api.account(signal);
  const probes: readonly (readonly [string, string, () => Promise<unknown>])[] = [
    ['contact properties cannot be read', 'crm.schemas.contacts.read', () => book.known(signal)],
    [
      'contacts cannot be read',
      'crm.objects.contacts.read',
      () => api.contacts({ after: null, properties: ['email'], archived: false }, signal),
    ],
    [
      'subscription types cannot be read: opt-outs could not be written',
      'communication_preferences.read and communication_preferences.write',
      () => asked.definitions.renewed(signal),
    ],
    ...(role === 'marketing'
      ? ([['lists cannot be read', 'crm.lists.read and crm.lists.write', () => asked.lists.renewed(signal)]] as const)
      : []),
  ];
  const gaps: { what: string; fix: string }[] = [];
  for (const [what, scope, probe] of probes) {
    try {
      await probe();
    } catch (error) {
      if (!isOfKind(error, 'forbidden')) throw error;
      gaps.push({ what, fix: `give the app the scope ${scope}` });
    }
  }
  const granted = described.grantedPer10s();
  if (granted !== null && granted < described.plannedPer10s)
    gaps.push({
      what: `HubSpot grants this app ${granted} calls in 10 seconds, and plan in the settings stands for ${described.plannedPer10s}: calls will be refused`,
      fix: 'write the plan that the account has',
    });
  return { id: account.portalId, name: `portal ${account.portalId}`, gaps };
};
