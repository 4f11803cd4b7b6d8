import { createHash } from 'node:crypto';
import { type MailchimpExtras, sandbox } from '@heed/connector-mailchimp/sandbox';
import type { RecordRef } from '@heed/contract';
import type { ConnectorCase, People, Seen, Vendor } from '@heed/testkit';

interface WireMember {
  readonly id: string;
  readonly email_address: string;
  readonly status: string;
  readonly unsubscribe_reason?: string;
  readonly timestamp_opt: string;
  readonly merge_fields: Readonly<Record<string, string>>;
}

const audienceOf = (vendor: Vendor): string => (vendor as Vendor & MailchimpExtras).audience;
const refOf = (email: string): RecordRef => ({ type: 'member', id: createHash('md5').update(email).digest('hex') });

const raw = async (vendor: Vendor, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${vendor.url}/3.0/lists/${audienceOf(vendor)}${path}`, {
    method,
    headers: { authorization: `Bearer ${vendor.accessToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
};

const peopleOf = (vendor: Vendor): People => {
  const emailOf = async ({ id }: RecordRef): Promise<string> =>
    ((await raw(vendor, 'GET', `/members/${id}`)) as WireMember).email_address;
  return {
    async add(people) {
      for (let at = 0; at < people.length; at += 500) {
        const members = people.slice(at, at + 500).map(({ email }) => ({ email_address: email, status: 'subscribed' }));
        await raw(vendor, 'POST', '', { members });
      }
      for (const { email, optedOut } of people) if (optedOut) vendor.act('person/unsubscribe', { email });
      return people.map(({ email }) => refOf(email));
    },
    async seen() {
      const all: Seen[] = [];
      for (;;) {
        const path = `/members?count=1000&offset=${all.length}`;
        const { members } = (await raw(vendor, 'GET', path)) as { readonly members: readonly WireMember[] };
        all.push(...members.map(seenOf));
        if (members.length < 1000) return all;
      }
    },
    async edit({ id }, text) {
      await raw(vendor, 'PATCH', `/members/${id}`, { merge_fields: { FNAME: text } });
    },
    async optOut(record) {
      vendor.act('person/unsubscribe', { email: await emailOf(record) });
    },
    async remove(record) {
      vendor.act('admin/delete', { email: await emailOf(record) });
    },
    async addLate(email, visibleAfterMs) {
      vendor.faults([{ kind: 'search-lag', details: { lagMs: visibleAfterMs } }]);
      await raw(vendor, 'POST', '/members', { email_address: email, status: 'subscribed' });
    },
    async optInAgain(record) {
      vendor.act('person/resubscribe', { email: await emailOf(record) });
    },
  };
};

const seenOf = (member: WireMember): Seen => ({
  record: { type: 'member', id: member.id },
  email: member.email_address,
  optedOut: member.status === 'unsubscribed',
  consent: `${member.status}, ${member.unsubscribe_reason ?? 'no reason'}, opted in ${member.timestamp_opt}`,
  text: member.merge_fields.FNAME || null,
});

const configAt = (url: string, apiKey: string) => ({
  connector: 'mailchimp',
  baseUrl: url,
  auth: { method: 'api-key', apiKey },
});

export const mailchimpCase: ConnectorCase = {
  role: 'marketing',
  sandbox,
  config: (vendor, url) => configAt(url, vendor.accessToken),
  badCredentials: (vendor) => configAt(vendor.url, `${'0123456789abcdef'.repeat(2)}-us6`),
  container: audienceOf,
  people: peopleOf,
  minimalConfigs: [
    { connector: 'mailchimp', auth: { method: 'api-key', apiKey: `${'0f'.repeat(16)}-us6` } },
    { connector: 'mailchimp', server: 'us6', auth: { method: 'oauth', accessToken: 'an-oauth-token-of-mailchimp' } },
  ],
  columns: { types: [], fields: ['FNAME'], consent: [], reference: null },
  textField: 'FNAME',
  optOut: { set: {}, clear: {}, field: null },
  create: { type: 'member', fields: () => ({ FNAME: 'New' }), optedIn: {}, optedOut: {} },
  pageRows: 1000,
  batchRows: 500,
  quietCalls: 4,
  foreignLinks: (body, origin) => body.replaceAll(/"href":"[^"]*?\/3\.0/g, `"href":"${origin}/3.0`),
};
