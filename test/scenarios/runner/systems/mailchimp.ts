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
  return {
    ...system,
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
      const hash = createHash('md5').update(email.toLowerCase()).digest('hex');
      const found = await ask('GET', `${members()}/${hash}`);
      if (found === null) return null;
      return {
        id: hash,
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
