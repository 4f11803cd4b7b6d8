import { type Acting, addressOf, askJson, type CrmSide, type Shown } from './side.ts';

interface Wire {
  readonly Email: string;
  readonly FirstName: string;
  readonly LastName: string;
  readonly HasOptedOutOfEmail: boolean;
}

const TYPES = ['Contact', 'Lead'] as const;

/** Contacts and Leads; with a campaign only its members are synced, and everybody is one. */
export const salesforceSide = (org: Acting, campaign: string | null, customField: string | undefined): CrmSide => ({
  nameFields: ['FirstName', 'LastName'],
  profile: { records: TYPES, ...(campaign === null ? {} : { lists: [{ campaign }] }) },
  optOutProfile: customField === undefined ? {} : { customField: { field: customField, alsoStandard: true } },
  typeOf: (sort) => TYPES[sort === 'first' ? 0 : 1],
  add(type, name) {
    const fields = { FirstName: 'First', LastName: name, Email: addressOf(name) };
    const { id } = org.act('admin/create', {
      type,
      fields: { ...fields, ...(type === 'Lead' ? { Company: 'X' } : {}) },
    }) as { readonly id: string };
    if (campaign !== null) org.act('admin/add-member', { campaign, id });
    return id;
  },
  sayOptedOut(_type, id) {
    org.act('admin/edit', { id, fields: { HasOptedOutOfEmail: true } });
  },
  rename(_type, id, FirstName) {
    org.act('admin/edit', { id, fields: { FirstName } });
  },
  shown: async () => (await Promise.all(TYPES.map((type) => recordsOf(org, type)))).flat(),
});

const recordsOf = async ({ url, accessToken }: Acting, type: string): Promise<readonly Shown[]> => {
  const query = `SELECT Email, FirstName, LastName, HasOptedOutOfEmail FROM ${type}`;
  const { done, records } = await askJson<{ readonly done: boolean; readonly records: readonly Wire[] }>(
    `${url}/services/data/v66.0/query?q=${encodeURIComponent(query)}`,
    `Bearer ${accessToken}`,
  );
  if (!done) throw new Error('more records than one page');
  return records.map(({ Email, FirstName, LastName, HasOptedOutOfEmail }) => ({
    kind: type,
    email: Email,
    optedOut: HasOptedOutOfEmail,
    values: { FirstName, LastName },
  }));
};
