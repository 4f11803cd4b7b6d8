import { sandbox } from '@heed/connector-salesforce/sandbox';
import type { ListRef, RecordRef } from '@heed/contract';
import type { ConnectorCase, NewPerson, People, Seen, Vendor } from '@heed/testkit';

const TYPES = ['Contact', 'Lead'];
const OPT_OUT = 'HasOptedOutOfEmail';

interface WirePerson {
  readonly Id: string;
  readonly Email: string;
  readonly FirstName: string | null;
  readonly HasOptedOutOfEmail: boolean;
}

const raw = async (vendor: Vendor, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${vendor.url}/services/data/v66.0${path}`, {
    method,
    headers: { authorization: `Bearer ${vendor.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
};

const typeOf = ({ type = 'Contact' }: NewPerson): string => type;

const recordOf = (person: NewPerson) => ({
  attributes: { type: typeOf(person) },
  LastName: 'Doe',
  Email: person.email,
  [OPT_OUT]: person.optedOut === true,
  ...(typeOf(person) === 'Lead' ? { Company: 'Acme' } : {}),
});

const queried = async (vendor: Vendor, type: string): Promise<readonly Seen[]> => {
  const all: WirePerson[] = [];
  const soql = `SELECT Id, Email, FirstName, ${OPT_OUT} FROM ${type}`;
  for (let path = `/query?q=${encodeURIComponent(soql)}`; ; ) {
    const page = (await raw(vendor, 'GET', path)) as { records: readonly WirePerson[]; nextRecordsUrl?: string };
    all.push(...page.records);
    if (page.nextRecordsUrl === undefined) break;
    path = page.nextRecordsUrl.replace('/services/data/v66.0', '');
  }
  return all.map((person) => ({
    record: { type, id: person.Id },
    email: person.Email,
    optedOut: person.HasOptedOutOfEmail,
    consent: `${OPT_OUT} ${person.HasOptedOutOfEmail}`,
    text: person.FirstName,
  }));
};

const peopleOf = (vendor: Vendor): People => ({
  async add(people) {
    const refs: RecordRef[] = [];
    for (let at = 0; at < people.length; at += 200) {
      const some = people.slice(at, at + 200);
      const saved = await raw(vendor, 'POST', '/composite/sobjects', { allOrNone: true, records: some.map(recordOf) });
      (saved as readonly { readonly id: string }[]).forEach(({ id }, index) => {
        refs.push({ type: typeOf(some[index] ?? { email: '' }), id });
      });
    }
    return refs;
  },
  seen: async () => (await Promise.all(TYPES.map((type) => queried(vendor, type)))).flat(),
  async edit({ type, id }, text) {
    await raw(vendor, 'PATCH', `/sobjects/${type}/${id}`, { FirstName: text });
  },
  async optOut({ id }) {
    vendor.act('person/unsubscribe', { id });
  },
  async remove({ type, id }) {
    await raw(vendor, 'DELETE', `/sobjects/${type}/${id}`);
  },
  async addLate(email, visibleAfterMs) {
    vendor.act('admin/create', { type: 'Contact', fields: { LastName: 'Doe', Email: email }, visibleAfterMs });
  },
  async merge(heir, loser) {
    vendor.act('admin/merge', { type: heir.type, master: heir.id, losers: [loser.id] });
    return heir;
  },
  async makeList(records): Promise<ListRef> {
    const { id } = vendor.act('admin/campaign', { name: 'The list' }) as { readonly id: string };
    for (const record of records) vendor.act('admin/add-member', { campaign: id, id: record.id });
    return { kind: 'campaign', id };
  },
});

const configAt = (vendor: Vendor, url: string, clientSecret: string) => ({
  baseUrl: url,
  auth: { method: 'client-credentials', clientId: vendor.env.SANDBOX_SALESFORCE_CLIENT_ID, clientSecret },
});

const field = { field: OPT_OUT, optedOutWhen: true, write: true } as const;
const domain = 'acme.my.salesforce.com';

export const salesforceCase: ConnectorCase = {
  role: 'crm',
  sandbox,
  config: (vendor, url) => configAt(vendor, url, vendor.env.SANDBOX_SALESFORCE_CLIENT_SECRET ?? ''),
  badCredentials: (vendor) => configAt(vendor, vendor.url, 'not-the-consumer-secret-of-this-app'),
  container: () => null,
  people: peopleOf,
  minimalConfigs: [
    { domain, auth: { method: 'client-credentials', clientId: 'consumer', clientSecret: 'consumer-secret-1' } },
    { domain, auth: { method: 'refresh-token', clientId: 'consumer', refreshToken: 'refresh-token-1' } },
    {
      domain,
      auth: { method: 'jwt-bearer', clientId: 'consumer', username: 'heed@acme', privateKey: 'private-key-1' },
    },
  ],
  columns: { types: TYPES, fields: ['FirstName'], consent: [field], reference: 'Heed_Id__c' },
  textField: 'FirstName',
  optOut: { set: { [OPT_OUT]: true }, clear: { [OPT_OUT]: false }, field },
  create: {
    type: 'Contact',
    fields: (type) => ({ LastName: 'Doe', FirstName: 'New', ...(type === 'Lead' ? { Company: 'Acme' } : {}) }),
    optedIn: { [OPT_OUT]: false },
    optedOut: { [OPT_OUT]: true },
  },
  pageRows: 2000,
  batchRows: 200,
  quietCalls: 4,
  foreignLinks: (body, origin) =>
    body.replaceAll('"nextRecordsUrl":"/services', `"nextRecordsUrl":"${origin}/services`),
};
