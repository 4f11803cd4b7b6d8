import type { Portal } from '@heed/connector-hubspot/sandbox';
import type { SandboxControls } from '@heed/sandbox';
import { addressOf, askJson, type CrmSide, type MarketingSide, type Shown } from './side.ts';

type PortalControls = SandboxControls<Portal>;

const nameFields = ['firstname', 'lastname'] as const;

const create = (portal: PortalControls, name: string): string =>
  (
    portal.act('admin/create', {
      properties: { email: addressOf(name), firstname: 'First', lastname: name },
    }) as { readonly id: string }
  ).id;

/** Contacts, which are the only sort of people there. */
export const hubspotCrmSide = (portal: PortalControls): CrmSide => ({
  nameFields,
  profile: { records: ['contact'] },
  optOutProfile: { target: 'portal' },
  typeOf: () => 'contact',
  add: (_type, name) => create(portal, name),
  sayOptedOut(_type, id) {
    portal.act('admin/opt-out', { email: portal.state().contacts.get(id)?.properties.email });
  },
  rename(_type, id, firstname) {
    portal.act('admin/edit', { id, properties: { firstname } });
  },
  shown: () => shownIn(portal, 'contact', null),
});

/** Contacts, and who of them is in the list. */
export const hubspotMarketingSide = (portal: PortalControls, audience: string): MarketingSide => ({
  nameFields,
  audience,
  batch: 4, // More would only cost calls: one for each address, to look whether it opted out.
  add(name) {
    const id = create(portal, name);
    const list = portal.state().lists.get(audience);
    if (list === undefined) throw new Error('the list is gone');
    list.members[id] = portal.clock.now();
    list.changes += 1;
  },
  act(what, email) {
    portal.act(what === 'archive' ? 'admin/archive' : `person/${what}`, { email });
  },
  rename(email, firstname) {
    portal.act('admin/edit', { email, properties: { firstname } });
  },
  shown: () => shownIn(portal, 'member', audience),
});

interface Wire {
  readonly id: string;
  readonly properties: Readonly<Record<string, string | null>>;
}
interface Page<Result> {
  readonly results: readonly Result[];
  readonly paging?: { readonly next?: { readonly after: string } };
}

/** Every contact, and every address that opted out and has none: nobody may be opted out there unseen. */
const shownIn = async (portal: PortalControls, kind: string, audience: string | null): Promise<readonly Shown[]> => {
  const ask = async <T>(path: string): Promise<readonly T[]> => {
    const { results, paging } = await askJson<Page<T>>(`${portal.url}${path}`, `Bearer ${portal.accessToken}`);
    if (paging?.next !== undefined) throw new Error('more records than one page');
    return results;
  };
  const properties = 'email,firstname,lastname,hs_email_optout';
  const contacts = await ask<Wire>(`/crm/v3/objects/contacts?limit=100&properties=${properties}`);
  const memberships = audience === null ? [] : await ask<{ readonly recordId: string }>(membershipsOf(audience));
  const members = new Set(memberships.map(({ recordId }) => recordId));
  const known = new Set(contacts.map(({ properties: { email } }) => email));
  const strangers = [...portal.state().addresses.values()].filter(
    ({ email, wide }) => wide != null && !known.has(email),
  );
  return [
    ...contacts.map(({ id, properties: { email, firstname, lastname, hs_email_optout } }) => ({
      kind,
      email: email ?? '',
      optedOut: hs_email_optout === 'true',
      values: { firstname, lastname, ...(audience === null ? {} : { isListed: members.has(id) }) },
    })),
    ...strangers.map(({ email }) => ({ kind: 'address', email, optedOut: true, values: {} })),
  ];
};

const membershipsOf = (audience: string): string => `/crm/v3/lists/${audience}/memberships?limit=250`;
