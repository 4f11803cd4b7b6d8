import { sandbox as definition } from '@heed/connector-netsuite/sandbox';
import { type Crm, fieldsOf, type Json, open } from './system.ts';

const STATUS = 'globalSubscriptionStatus';
const CHOICES: Readonly<Record<string, string>> = { 'Soft Opt-In': '1', 'Soft Opt-Out': '2' };
const OPTED_OUT = ['Soft Opt-Out', 'Confirmed Opt-Out'];
/** Only the recipient sets these, so they are an act after the record was made. */
const OWN_ACTS: Readonly<Record<string, string>> = {
  'Confirmed Opt-In': 'person/confirm',
  'Confirmed Opt-Out': 'person/unsubscribe',
};
const WORDS = Object.fromEntries(Object.entries(CHOICES).map(([label, id]) => [label, { [STATUS]: id }]));

/** A choice is chosen by what the screen calls it. */
const chosen = (fields: Json): Json =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, CHOICES[String(value)] ?? value]));

/** `{ id: '2', refName: 'Soft Opt-Out' }` is what the screen shows. */
const shown = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'refName' in value ? value.refName : value;

const idOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'id' in value ? value.id : value;

export const openNetsuite = async (): Promise<Crm> => {
  const { system, ask } = await open(definition, { isRead: /\/oauth2\/|\/suiteql$/ });
  const edit = async (type: string, id: string, fields: Json): Promise<void> => {
    await system.act('admin/edit', { record: type, id, fields });
  };
  /** An account has the subscription categories that somebody made. */
  const categories = new Map<string, string>();
  const topicId = async (name: string): Promise<string> => {
    const id = categories.get(name) ?? String((await system.act('admin/subscription-category', { name })).id);
    categories.set(name, id);
    return id;
  };
  return {
    ...system,
    reset() {
      categories.clear();
      system.reset();
    },
    topicId,
    async choose(email, topic, wanted) {
      const act = wanted ? 'person/resubscribe' : 'person/unsubscribe';
      await system.act(act, { email, subscription: await topicId(topic) });
    },
    async recordIsOutOf(type, id, topic) {
      const path = `/services/rest/record/v1/${type}/${id}/subscriptions?expandSubResources=true`;
      const { items } = (await ask('GET', path)) as { readonly items: readonly Json[] };
      const wanted = await topicId(topic);
      return items.some(({ subscription, subscribed }) => idOf(subscription) === wanted && subscribed === false);
    },
    name: 'NetSuite',
    writingRoutes: ['PATCH /services/rest/record/**', 'POST /services/rest/record/**'],
    types: { Contact: 'contact', Customer: 'customer' },
    nameFields: ['firstName', 'lastName'],
    async add(type, name, email, options) {
      const own = options.find((option) => OWN_ACTS[option] !== undefined);
      const plain = fieldsOf(
        options.filter((option) => option !== own),
        WORDS,
      );
      const kind = type === 'customer' ? { isPerson: true } : { entityId: name };
      const fields = { firstName: 'Ann', lastName: name, email, [STATUS]: '1', ...kind, ...plain };
      const id = String((await system.act('admin/create', { record: type, fields })).id);
      if (own !== undefined) await system.act(OWN_ACTS[own] ?? '', { id });
      return id;
    },
    edit: (type, id, fields) => edit(type, id, chosen(fields)),
    move: (type, id, email) => edit(type, id, { email }),
    tick: (type, id, optedOut) => edit(type, id, { [STATUS]: optedOut ? '2' : '1' }),
    async remove(type, id) {
      await system.act('admin/delete', { record: type, id });
    },
    async restore() {
      throw new Error('NetSuite brings no deleted record back');
    },
    async merge(type, survivor, loser) {
      await system.act('admin/merge', { record: type, primary: survivor, losers: [loser] });
      return survivor;
    },
    async record(type, id) {
      const found = await ask('GET', `/services/rest/record/v1/${type}/${id}`);
      return found === null
        ? null
        : Object.fromEntries(Object.entries(found).map(([name, value]) => [name, shown(value)]));
    },
    async countAt(type, email) {
      const found = await ask('GET', `/services/rest/record/v1/${type}?q=${encodeURIComponent(`email IS "${email}"`)}`);
      return Number(found?.totalResults ?? 0);
    },
    async makeList() {
      return { kind: 'group', id: String((await system.act('admin/group', { name: 'The list' })).id) };
    },
    async putInList(list, id, isIn) {
      await system.act('admin/group-members', { group: list.id, [isIn ? 'add' : 'remove']: [id] });
    },
    isOptedOut: (record, field = STATUS) =>
      field === STATUS ? OPTED_OUT.includes(String(record[STATUS])) : record[field] === true,
  };
};
