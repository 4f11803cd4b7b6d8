import { type HubspotExtras, type Portal, sandbox } from '@heed/connector-hubspot/sandbox';
import type { ListRef, RecordRef } from '@heed/contract';
import type { ConnectorCase, NewPerson, People, Seen, Vendor } from '@heed/testkit';
import { addressRef, contactRef } from '../src/contact.ts';

const OPT_OUT = 'hs_email_optout';
const CONTACTS = '/crm/v3/objects/contacts';
export const audienceOf = (vendor: Vendor): string => (vendor as Vendor & HubspotExtras).audience;
const portalOf = (vendor: Vendor): Portal => vendor.state() as Portal;

interface WireContact {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

export const raw = async (vendor: Vendor, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${vendor.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${vendor.accessToken}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`the sandbox answered ${response.status}: ${await response.text()}`);
  return response.status === 204 ? null : response.json();
};

/**
 * The suite's clock stands still: search shows what was written at once, and nobody is held up by calls of the suite itself
 * (lag and limits: trouble.test.ts). A portal has a unique property only if somebody makes one. To be done after each reset.
 */
const prepare = (vendor: Vendor, switches: Readonly<Record<string, string | number | boolean>>): void => {
  vendor.switches({ indexLagMs: 0, rateLimits: false, ...switches });
  if (portalOf(vendor).properties.has('heed_id')) return;
  vendor.act('admin/property', {
    name: 'heed_id',
    label: 'Heed id',
    groupName: 'contactinformation',
    type: 'string',
    fieldType: 'text',
    hasUniqueValue: true,
  });
};

const allContacts = async (vendor: Vendor): Promise<readonly WireContact[]> => {
  const topics = portalOf(vendor).subscriptions.map(({ id }) => `${OPT_OUT}_${id}`);
  const query = `limit=100&properties=${['email', 'firstname', OPT_OUT, ...topics].join(',')}`;
  const all: WireContact[] = [];
  for (let after = ''; ; ) {
    const page = (await raw(vendor, 'GET', `${CONTACTS}?${query}${after}`)) as {
      readonly results: readonly WireContact[];
      readonly paging?: { readonly next: { readonly after: string } };
    };
    all.push(...page.results);
    if (page.paging === undefined) return all;
    after = `&after=${page.paging.next.after}`;
  }
};

const membersOf = async (vendor: Vendor): Promise<ReadonlySet<string>> => {
  const ids = new Set<string>();
  for (let after = ''; ; ) {
    const page = (await raw(vendor, 'GET', `/crm/v3/lists/${audienceOf(vendor)}/memberships?limit=250${after}`)) as {
      readonly results: readonly { readonly recordId: string }[];
      readonly paging?: { readonly next?: { readonly after: string } };
    };
    for (const { recordId } of page.results) ids.add(recordId);
    const next = page.paging?.next?.after;
    if (next === undefined) return ids;
    after = `&after=${next}`;
  }
};

const seenOf = ({ id, properties }: WireContact): Seen => {
  const { email, firstname, lastmodifieddate, createdate, hs_object_id, ...consent } = properties;
  return {
    record: contactRef(id),
    email: email ?? '',
    optedOut: properties[OPT_OUT] === 'true',
    consent: JSON.stringify(
      Object.entries(consent)
        .filter(([name]) => name.startsWith(OPT_OUT))
        .sort(),
    ),
    text: firstname || null,
  };
};

/** Opted-out addresses that no contact has ever had: only of these does the suite count the address itself as somebody. */
const strangersOf = (vendor: Vendor, known: ReadonlySet<string>, contacts: readonly WireContact[]): readonly Seen[] => {
  const taken = new Set([...known, ...contacts.map(({ properties }) => properties.email ?? '')]);
  return [...portalOf(vendor).addresses.values()]
    .filter(({ email, wide }) => wide != null && !taken.has(email))
    .map(({ email }) => ({ record: addressRef(email), email, optedOut: true, consent: 'opted out', text: null }));
};

const peopleOf =
  (role: 'crm' | 'marketing', switches: Readonly<Record<string, string | number | boolean>>) =>
  (vendor: Vendor): People => {
    prepare(vendor, switches);
    const known = new Set<string>();
    const emailOf = async ({ id }: RecordRef): Promise<string> => {
      const contact = (await raw(vendor, 'GET', `${CONTACTS}/${id}?properties=email`)) as WireContact;
      return contact.properties.email ?? '';
    };
    const list = async (id: string, records: readonly RecordRef[]): Promise<void> => {
      const ids = records.map((record) => record.id);
      await raw(vendor, 'PUT', `/crm/v3/lists/${id}/memberships/add`, ids);
    };
    const add = async (people: readonly NewPerson[]): Promise<readonly RecordRef[]> => {
      prepare(vendor, switches);
      for (const { email } of people) known.add(email);
      const refs: RecordRef[] = [];
      for (let at = 0; at < people.length; at += 100) {
        const some = people.slice(at, at + 100);
        const inputs = some.map(({ email }) => ({ properties: { email } }));
        const made = (await raw(vendor, 'POST', `${CONTACTS}/batch/create`, { inputs })) as {
          readonly results: readonly WireContact[];
        };
        const byEmail = new Map(made.results.map((one) => [one.properties.email, one.id]));
        refs.push(...some.map(({ email }) => contactRef(byEmail.get(email.toLowerCase()) ?? '')));
      }
      if (role === 'marketing') await list(audienceOf(vendor), refs);
      for (const { email, optedOut } of people) if (optedOut) vendor.act('person/unsubscribe', { email });
      return refs;
    };
    return {
      add,
      async seen() {
        const contacts = await allContacts(vendor);
        if (role === 'crm') return contacts.map(seenOf);
        const members = await membersOf(vendor);
        const ours = contacts.filter((one) => members.has(one.id) || one.properties[OPT_OUT] === 'true');
        return [...ours.map(seenOf), ...strangersOf(vendor, known, contacts)];
      },
      async edit({ id }, text) {
        await raw(vendor, 'PATCH', `${CONTACTS}/${id}`, { properties: { firstname: text } });
      },
      async optOut(record) {
        vendor.act('person/unsubscribe', { email: await emailOf(record) });
      },
      // What the API makes is non-marketing, and gets no mail until somebody in the portal changes that (C13).
      async admit({ id }) {
        vendor.act('admin/marketing-status', { id, marketing: true });
      },
      async remove({ id }) {
        vendor.act('admin/archive', { id });
      },
      async addLate(email, visibleAfterMs) {
        await add([{ email }]);
        vendor.faults([{ kind: 'search-lag', details: { lagMs: visibleAfterMs } }]);
      },
      async merge(heir, loser) {
        const { id } = vendor.act('admin/merge', { primary: heir.id, other: loser.id }) as { readonly id: string };
        return contactRef(id);
      },
      async optInAgain(record) {
        vendor.act('person/resubscribe', { email: await emailOf(record) });
      },
      async makeList(records): Promise<ListRef> {
        const { id } = vendor.act('admin/list', { name: 'The list' }) as { readonly id: string };
        await list(id, records);
        return { kind: 'list', id };
      },
    };
  };

const configAt = (url: string, token: string, apiVersion: string) => ({
  connector: 'hubspot',
  baseUrl: url,
  apiVersion,
  auth: { method: 'service-key', token },
});

export interface Variant {
  readonly apiVersion: 'v3' | '2026-03';
  /** Of the stand-in: its plan, and what is unverified. */
  readonly switches: Readonly<Record<string, string | number | boolean>>;
}
export const USUAL: Variant = { apiVersion: 'v3', switches: {} };

const field = { field: OPT_OUT, optedOutWhen: true, write: true } as const;

const common = ({ apiVersion, switches }: Variant, role: 'crm' | 'marketing') =>
  ({
    role,
    sandbox,
    config: (vendor, url) => configAt(url, vendor.accessToken, apiVersion),
    badCredentials: (vendor) => configAt(vendor.url, 'pat-na1-0a0b0c0d-wrong', apiVersion),
    people: peopleOf(role, switches),
    minimalConfigs: [
      { connector: 'hubspot', auth: { method: 'service-key', token: 'pat-na1-0123456789abcdef' } },
      {
        connector: 'hubspot',
        auth: { method: 'oauth', clientId: 'client', clientSecret: 'client-secret-1', refreshToken: 'refresh-token-1' },
      },
    ],
    textField: 'firstname',
    batchRows: 100,
    quietCalls: 2,
    foreignLinks: (body: string, origin: string) => body.replaceAll(/"link":"[^"]*"/g, `"link":"${origin}/crm"`),
  }) satisfies Partial<ConnectorCase>;

export const crmCase = (variant: Variant = USUAL): ConnectorCase => ({
  ...common(variant, 'crm'),
  container: () => null,
  columns: { types: ['contact'], fields: ['firstname'], consent: [field], reference: 'heed_id' },
  optOut: { set: { [OPT_OUT]: true }, clear: { [OPT_OUT]: false }, field },
  create: {
    type: 'contact',
    fields: () => ({ firstname: 'New' }),
    optedIn: { [OPT_OUT]: false },
    optedOut: { [OPT_OUT]: true },
  },
  pageRows: 100,
});

export const marketingCase = (variant: Variant = USUAL): ConnectorCase => ({
  ...common(variant, 'marketing'),
  container: audienceOf,
  columns: { types: [], fields: ['firstname'], consent: [], reference: null },
  optOut: { set: {}, clear: {}, field: null },
  create: { type: 'contact', fields: () => ({ firstname: 'New' }), optedIn: {}, optedOut: {} },
  pageRows: 250,
});
