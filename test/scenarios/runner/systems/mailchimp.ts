import { createHash } from 'node:crypto';
import { sandbox as definition } from '@heed/connector-mailchimp/sandbox';
import { fieldsOf, type Json, type MarketingTool, open, stateOf } from './system.ts';

/** What the member is made as, and what somebody then does. */
const STATES: Readonly<Record<string, readonly [made: string, act: string | null]>> = {
  subscribed: ['subscribed', null],
  pending: ['pending', null],
  'non-subscribed': ['transactional', null],
  'unsubscribed by own act': ['subscribed', 'person/unsubscribe'],
  'unsubscribed by an administrator': ['subscribed', 'admin/unsubscribe'],
  cleaned: ['subscribed', 'person/bounce'],
  archived: ['subscribed', 'admin/archive'],
};

const basic = (token: string): string => `Basic ${Buffer.from(`anybody:${token}`).toString('base64')}`;

export const openMailchimp = async (): Promise<MarketingTool> => {
  const { sandbox, system, ask } = await open(definition, { authorization: basic, isRead: /^$/ });
  const members = (): string => `/3.0/lists/${sandbox.audience}/members`;
  /** Interests are the topics, and there is one group of them. */
  const interests = async (): Promise<ReadonlyMap<string, string>> => {
    const path = `/3.0/lists/${sandbox.audience}/interest-categories`;
    const categories = ((await ask('GET', path))?.categories ?? []) as readonly Json[];
    const found = (await ask('GET', `${path}/${categories[0]?.id}/interests`))?.interests as readonly Json[];
    return new Map(found.map(({ id, name }) => [String(name), String(id)]));
  };
  const topicId = async (name: string): Promise<string> => {
    const id = (await interests()).get(name);
    if (id === undefined) throw new Error(`Mailchimp has no interest ${name}`);
    return id;
  };
  const read = (email: string): Promise<Json | null> => {
    const hash = createHash('md5').update(email.toLowerCase()).digest('hex');
    return ask('GET', `${members()}/${hash}`);
  };
  return {
    ...system,
    topicId,
    async choose(email, topic, wanted) {
      await system.act('person/preferences', { email, interests: { [await topicId(topic)]: wanted } });
    },
    async memberIsOutOf(email, topic) {
      const { interests: ticked } = (await read(email)) as { readonly interests: Json };
      return ticked[await topicId(topic)] === false;
    },
    name: 'Mailchimp',
    writingRoutes: ['PATCH /3.0/lists/{list}/members/{hash}', 'PUT /3.0/lists/{list}/members/{hash}'],
    get audience() {
      return sandbox.audience;
    },
    memberNameFields: ['FNAME', 'LNAME'],
    async addMember(email, state, options) {
      const [status, act] = stateOf(STATES, state);
      const merge_fields = { FNAME: 'Ann', LNAME: 'Ann', ...fieldsOf(options, {}) };
      await ask('POST', `${members()}?skip_merge_validation=true`, { email_address: email, status, merge_fields });
      if (act !== null) await system.act(act, { email });
    },
    async member(email) {
      const found = await read(email);
      if (found === null) return null;
      return {
        id: String(found.id),
        status: found.status === 'transactional' ? 'non-subscribed' : String(found.status),
        fields: (found.merge_fields ?? {}) as Json,
        tags: ((found.tags ?? []) as readonly { readonly name: string }[]).map(({ name }) => name),
      };
    },
    async administer(verb, email) {
      await system.act(`admin/${verb}`, { email });
    },
  };
};
