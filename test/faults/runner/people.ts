import type { SandboxControls } from '@heed/sandbox';

type Acting = Pick<SandboxControls<unknown>, 'act'>;

export const addressOf = (name: string): string => `${name}@x.org`;

/** Everybody of the base. `was` is what happened before Heed knew them. */
const BASE: Readonly<Record<string, { readonly types: readonly ('Contact' | 'Lead')[]; readonly was?: string }>> = {
  ann: { types: ['Contact'] },
  bob: { types: ['Contact'] },
  cid: { types: ['Contact', 'Lead'] },
  dee: { types: ['Contact', 'Lead'] },
  fay: { types: ['Contact'] },
  gus: { types: ['Contact'] },
  hal: { types: ['Contact'], was: 'person/unsubscribe' },
  ida: { types: ['Contact'], was: 'person/bounce' },
  jon: { types: ['Contact'], was: 'admin/archive' },
  kim: { types: ['Lead'] },
  lou: { types: ['Contact'] },
  ned: { types: ['Contact'] },
};

/** Whom an opt-out may reach, and no one else, ever: they opted out, or a record of their address did. */
export const OPTED_OUT: ReadonlySet<string> = new Set(
  ['ann', 'bob', 'cid', 'dee', 'hal', 'kim', 'lou', 'ned'].map(addressOf),
);

/** `Contact ann` -> its id in the CRM. */
export type Ids = ReadonlyMap<string, string>;

const NEW_CONTACTS = 11; // From ten on new members travel in one batch.

const addRecord = (crm: Acting, type: string, name: string, campaign: string | null): string => {
  const fields = { FirstName: 'First', LastName: name, Email: addressOf(name) };
  const { id } = crm.act('admin/create', {
    type,
    fields: { ...fields, ...(type === 'Lead' ? { Company: 'X' } : {}) },
  }) as {
    id: string;
  };
  if (campaign !== null) crm.act('admin/add-member', { campaign, id });
  return id;
};

const addMember = (marketing: Acting, name: string): void => {
  marketing.act('admin/subscribe', { email: addressOf(name), mergeFields: { FNAME: 'First', LNAME: name } });
};

/** Fills both systems; nobody of it was synced yet. */
export const populate = (crm: Acting, marketing: Acting, campaign: string | null): Ids => {
  const ids = new Map<string, string>();
  for (const [name, { types, was }] of Object.entries(BASE)) {
    for (const type of types) ids.set(`${type} ${name}`, addRecord(crm, type, name, campaign));
    addMember(marketing, name);
    if (was !== undefined) marketing.act(was, { email: addressOf(name) });
  }
  return ids;
};

/** What people did since both systems were in step: a little of everything that a sync has to carry. */
export const actSince = (crm: Acting, marketing: Acting, ids: Ids, campaign: string | null): void => {
  const edit = (record: string, fields: Readonly<Record<string, unknown>>): void => {
    crm.act('admin/edit', { id: ids.get(record), fields });
  };
  marketing.act('person/unsubscribe', { email: addressOf('ann') });
  marketing.act('person/unsubscribe', { email: addressOf('cid') }); // A Contact and a Lead share the address.
  marketing.act('person/complain', { email: addressOf('lou') });
  marketing.act('admin/edit', { email: addressOf('gus'), mergeFields: { FNAME: 'Gustav' } });
  addMember(marketing, 'sue');
  edit('Contact bob', { HasOptedOutOfEmail: true });
  edit('Lead dee', { HasOptedOutOfEmail: true });
  edit('Contact fay', { FirstName: 'Fay' });
  for (let i = 1; i <= NEW_CONTACTS; i += 1) addRecord(crm, 'Contact', `new${i}`, campaign);
};

/** What people did when the fault was over. Whoever took a wrong note of how far he had read does not see it. */
export const actLater = (crm: Acting, marketing: Acting, ids: Ids): void => {
  marketing.act('person/unsubscribe', { email: addressOf('kim') });
  crm.act('admin/edit', { id: ids.get('Contact ned'), fields: { HasOptedOutOfEmail: true } });
};
