import { generateKeyPairSync } from 'node:crypto';
import { type Account, sandbox } from '@heed/connector-netsuite/sandbox';
import type { ListRef, OptOutField, RecordRef, Values } from '@heed/contract';
import type { ConnectorCase, NewPerson, People, Seen, Vendor } from '@heed/testkit';

const TYPES = ['contact', 'customer'];
const STATUS = 'globalSubscriptionStatus';

const accountOf = (vendor: Vendor): Account => vendor.state() as Account;

const fieldsOf = ({ type = 'contact', email, optedOut }: NewPerson): Values => ({
  email,
  [STATUS]: optedOut === true ? '2' : '1',
  ...(type === 'customer' ? { companyName: 'Acme' } : { entityId: `${email} of ${type}`, lastName: 'Doe' }),
});

const seenOf = (vendor: Vendor, type: string): readonly Seen[] =>
  [...(accountOf(vendor).tables.get(type)?.rows() ?? [])].map((row) => ({
    record: { type, id: row.id },
    email: String(row.email),
    optedOut: row[STATUS] === '2' || row[STATUS] === '4',
    consent: `${STATUS} ${row[STATUS]}, unsubscribe ${row.unsubscribe}`,
    text: (row.firstName as string | undefined) ?? null,
  }));

export const peopleOf = (vendor: Vendor): People => ({
  async add(people) {
    return people.map((person): RecordRef => {
      const { type = 'contact' } = person;
      const made = vendor.act('admin/create', { record: type, fields: fieldsOf(person) });
      return { type, id: (made as { readonly id: string }).id };
    });
  },
  seen: async () => TYPES.flatMap((type) => seenOf(vendor, type)),
  async edit({ type, id }, text) {
    vendor.act('admin/edit', { record: type, id, fields: { firstName: text } });
  },
  // By the recipient: confirmed, and so nothing that Heed may ever change.
  async optOut({ id }) {
    vendor.act('person/unsubscribe', { id });
  },
  async remove({ type, id }) {
    vendor.act('admin/delete', { record: type, id });
  },
  async addLate() {
    throw new Error('every save of the stand-in is seen at once');
  },
  async makeList(records): Promise<ListRef> {
    const made = vendor.act('admin/group', { name: 'The list', members: records.map(({ id }) => id) });
    return { kind: 'group', id: (made as { readonly id: string }).id };
  },
});

const { privateKey: strange } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const STRANGE_KEY = strange.export({ type: 'pkcs8', format: 'pem' }).toString();

export const configAt = (vendor: Vendor, url: string, privateKey?: string) => {
  const { accountId, credentials } = accountOf(vendor);
  return {
    account: accountId,
    baseUrl: url,
    auth: {
      method: 'oauth2-client-credentials',
      clientId: credentials.clientId,
      certificateId: credentials.certificates[0]?.id ?? '',
      privateKey: privateKey ?? credentials.privateKey,
    },
  };
};

export const STANDARD: OptOutField = {
  field: STATUS,
  optedOutWhen: ['2', '4', 'unsubscribe'],
  write: '2',
  mayBeDefault: ['2'],
  provesOptIn: ['3'],
};

let made = 0;

export const netsuiteCase: ConnectorCase = {
  role: 'crm',
  sandbox,
  config: (vendor, url) => configAt(vendor, url),
  badCredentials: (vendor) => configAt(vendor, vendor.url, STRANGE_KEY),
  container: () => null,
  people: peopleOf,
  minimalConfigs: [
    {
      account: '1234567_SB1',
      auth: {
        method: 'oauth2-client-credentials',
        clientId: 'client',
        certificateId: 'certificate',
        privateKey: 'private-key-1',
      },
    },
    {
      account: '1234567',
      auth: {
        method: 'token-based',
        consumerKey: 'consumer-key-1',
        consumerSecret: 'consumer-secret-1',
        tokenId: 'token-id-1',
        tokenSecret: 'token-secret-1',
      },
    },
  ],
  columns: { types: TYPES, fields: ['firstName'], consent: [STANDARD], reference: 'externalId' },
  textField: 'firstName',
  optOut: { set: { [STATUS]: '2' }, clear: { [STATUS]: '1' }, field: STANDARD },
  create: {
    type: 'contact',
    fields(type) {
      made += 1;
      // Contacts without a company must have different names (notes, section 5).
      return {
        firstName: 'New',
        lastName: 'Doe',
        ...(type === 'customer' ? { companyName: 'Acme' } : { entityId: `New ${made}` }),
      };
    },
    optedIn: { [STATUS]: '1' },
    optedOut: { [STATUS]: '2' },
  },
  pageRows: 1000,
  batchRows: 20,
  quietCalls: 6,
  writingRoutes: ['POST /services/rest/record/**', 'PATCH /services/rest/record/**'],
  foreignLinks: (body, origin) => body.replaceAll(/"href":"https?:\/\/[^/"]+/g, `"href":"${origin}`),
  skip: {
    'read: a commit that becomes visible late is not lost':
      'every save of the stand-in is seen at once; read.test.ts stamps records in the past',
    'write: a batch that fails in part says of each op what became of it': 'one record per call: nothing fails in part',
  },
};
