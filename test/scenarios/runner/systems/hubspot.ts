import { sandbox as definition } from '@heed/connector-hubspot/sandbox';
import { type Crm, fieldsOf, type Json, type MarketingTool, open, stateOf } from './system.ts';

const CONTACTS = '/crm/v3/objects/contacts';
const PREFERENCES = '/communication-preferences';
const OPT_OUT = 'hs_email_optout';

interface SubscriptionType {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly isInternal: boolean;
}

/** HubSpot is both, and says more of an opt-out than other systems do. */
export interface Hubspot extends Crm, MarketingTool {
  /** The contact of an address, in the list or not. */
  contactAt(email: string): Promise<Json | null>;
  /** On which ground an address gets mail of a type, and the explanation of it; null: on none. */
  legalBasis(email: string, subscription: string): Promise<readonly unknown[] | null>;
}

/** What somebody does after the contact was made and put into the list. */
const STATES: Readonly<Record<string, string | null>> = {
  subscribed: null,
  'unsubscribed by own act': 'person/unsubscribe',
  'unsubscribed by an administrator': 'admin/opt-out',
  cleaned: 'person/bounce',
};

const TOPIC = 'opted out of ';
const MARKETING = 'marketing contact';

export const openHubspot = async (): Promise<Hubspot> => {
  const { sandbox, system, ask } = await open(definition, {
    isRead: /\/(search|read)$/,
    // Everybody in a story asks with one key, and nobody waits.
    switches: { rateLimits: false },
  });
  const types = async (): Promise<readonly SubscriptionType[]> =>
    ((await ask('GET', `${PREFERENCES}/v3/definitions`))?.subscriptionDefinitions ?? []) as readonly SubscriptionType[];
  const read = async (path: string): Promise<Json | null> => {
    const wide = ['email', 'firstname', 'lastname', OPT_OUT, 'hs_marketable_status', 'hs_email_bounce'];
    const names = [...wide, ...(await types()).map(({ id }) => `${OPT_OUT}_${id}`)];
    const found = await ask('GET', `${CONTACTS}/${path}properties=${names.join(',')}`);
    return found === null ? null : { id: found.id, ...(found.properties as Json) };
  };
  const contactAt = (email: string): Promise<Json | null> => read(`${encodeURIComponent(email)}?idProperty=email&`);
  const inList = async (id: unknown): Promise<boolean> => {
    const page = await ask('GET', `/crm/v3/lists/${sandbox.audience}/memberships?limit=250`);
    return ((page?.results ?? []) as readonly { readonly recordId: string }[]).some((one) => one.recordId === id);
  };
  const put = async (id: unknown, verb: 'add' | 'remove', list = sandbox.audience): Promise<void> => {
    await ask('PUT', `/crm/v3/lists/${list}/memberships/${verb}`, [id]);
  };
  const preferences = async (email: string, of: string): Promise<readonly Json[]> => {
    const found = await ask('GET', `${PREFERENCES}/v4/statuses/${encodeURIComponent(email)}${of}?channel=EMAIL`);
    return (found?.results ?? []) as readonly Json[];
  };
  const statusOf = async (email: string, subscription: string): Promise<Json> =>
    (await preferences(email, '')).find(({ subscriptionName }) => subscriptionName === subscription) ?? {};
  const isOutOf = async (email: string, subscription: string): Promise<boolean> =>
    (await statusOf(email, subscription)).status === 'UNSUBSCRIBED';
  /** Of all mail: also an address without a contact can be. */
  const isOut = async (email: string): Promise<boolean> =>
    (await preferences(email, '/unsubscribe-all')).some(({ wideStatusType }) => wideStatusType === 'PORTAL_WIDE');
  const create = async (name: string, email: string, options: readonly string[]): Promise<string> => {
    const acts = options.filter((one) => one === 'opted out' || one === MARKETING || one.startsWith(TOPIC));
    const plain = fieldsOf(
      options.filter((one) => !acts.includes(one)),
      {},
    );
    const properties = { email, firstname: 'Ann', lastname: name, ...plain };
    const { id } = await system.act('admin/create', { properties });
    for (const one of acts)
      if (one === MARKETING) await system.act('admin/marketing-status', { email, marketing: true });
      else
        await system.act('admin/opt-out', {
          email,
          ...(one === 'opted out' ? {} : { subscription: one.slice(TOPIC.length) }),
        });
    return String(id);
  };
  const subscribeAgain = async (email: string): Promise<void> => {
    await system.act('switches', { resubscribeEndsWideOptOut: true });
    for (const { id, isActive, isInternal } of await types())
      if (isActive && !isInternal)
        await ask('POST', `${PREFERENCES}/v4/statuses/${encodeURIComponent(email)}`, {
          channel: 'EMAIL',
          statusState: 'SUBSCRIBED',
          subscriptionId: Number(id),
        });
  };
  return {
    ...system,
    name: 'HubSpot',
    writingRoutes: [`POST ${CONTACTS}/batch/update`, `POST ${PREFERENCES}/v4/statuses/{email}/unsubscribe-all`],
    types: { Contact: 'contact' },
    nameFields: ['firstname', 'lastname'],
    memberNameFields: ['firstname', 'lastname'],
    get audience() {
      return sandbox.audience;
    },
    topicId: async (name) => {
      const found = (await types()).find((one) => one.name === name);
      if (found === undefined) throw new Error(`HubSpot has no subscription type ${name}`);
      return found.id;
    },
    async choose(email, topic, wanted) {
      await system.act(wanted ? 'person/resubscribe' : 'person/unsubscribe', { email, subscription: topic });
    },
    recordIsOutOf: async (_type, id, topic) => isOutOf(String((await read(`${id}?`))?.email), topic),
    memberIsOutOf: isOutOf,
    contactAt,
    add: (_type, name, email, options) => create(name, email, options),
    async edit(_type, id, properties) {
      await system.act('admin/edit', { id, properties });
    },
    async move(_type, id, email) {
      await system.act('admin/edit', { id, properties: { email } });
    },
    async tick(_type, id, optedOut) {
      const email = String((await read(`${id}?`))?.email);
      if (optedOut) await system.act('admin/opt-out', { email });
      else await subscribeAgain(email);
    },
    async remove(_type, id) {
      await system.act('admin/archive', { id });
    },
    async restore(_type, id) {
      await system.act('admin/restore', { id });
    },
    merge: async (_type, survivor, loser) =>
      String((await system.act('admin/merge', { primary: survivor, other: loser })).id),
    record: (_type, id) => read(`${id}?`),
    countAt: async (_type, email) => ((await contactAt(email)) === null ? 0 : 1),
    async makeList() {
      return { kind: 'list', id: String((await system.act('admin/list', { name: 'the list' })).id) };
    },
    putInList: (list, id, isIn) => put(id, isIn ? 'add' : 'remove', list.id),
    isOptedOut: (record, field = OPT_OUT) => record[field] === 'true',
    async legalBasis(email, subscription) {
      const { legalBasis, legalBasisExplanation } = await statusOf(email, subscription);
      return (legalBasis ?? null) === null ? null : [legalBasis, legalBasisExplanation];
    },
    async addMember(email, state, options) {
      const act = stateOf(STATES, state);
      await put(await create('Ann', email, options), 'add');
      if (act !== null) await system.act(act, { email });
    },
    async member(email) {
      const contact = await contactAt(email);
      const isMember = contact !== null && (await inList(contact.id));
      const member = { id: String(contact?.id ?? email), fields: contact ?? {}, tags: [] };
      if (await isOut(email)) return { ...member, status: 'unsubscribed' };
      return isMember ? { ...member, status: 'subscribed' } : null;
    },
    async administer(verb, email) {
      if (verb === 'unsubscribe') await system.act('admin/opt-out', { email });
      else if (verb === 'subscribe') await subscribeAgain(email);
      else if (verb === 'delete') await system.act('admin/archive', { email });
      else await put((await contactAt(email))?.id, 'remove');
    },
  };
};
