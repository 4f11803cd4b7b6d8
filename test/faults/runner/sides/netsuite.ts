import { type Acting, addressOf, askJson, type CrmSide, type Shown } from './side.ts';

const TYPES = ['contact', 'customer'] as const;
const STATUS = 'globalSubscriptionStatus';
const SOFT_OPT_IN = '1';
const SOFT_OPT_OUT = '2';
const OPTED_OUT: readonly string[] = [SOFT_OPT_OUT, '4'];

/** Contacts and customers; with a group only its members are synced, and everybody is one. */
export const netsuiteSide = (account: Acting, group: string | null): CrmSide => ({
  nameFields: ['firstName', 'lastName'],
  profile: { records: TYPES, ...(group === null ? {} : { lists: [{ group }] }) },
  optOutProfile: {},
  typeOf: (sort) => TYPES[sort === 'first' ? 0 : 1],
  add(record, name) {
    const kind = record === 'customer' ? { isPerson: true } : { entityId: name };
    const fields = { firstName: 'First', lastName: name, email: addressOf(name), [STATUS]: SOFT_OPT_IN, ...kind };
    const { id } = account.act('admin/create', { record, fields }) as { readonly id: string };
    if (group !== null) account.act('admin/group-members', { group, add: [id] });
    return id;
  },
  sayOptedOut(record, id) {
    account.act('admin/edit', { record, id, fields: { [STATUS]: SOFT_OPT_OUT } });
  },
  rename(record, id, firstName) {
    account.act('admin/edit', { record, id, fields: { firstName } });
  },
  shown: async () => (await Promise.all(TYPES.map((type) => recordsOf(account, type)))).flat(),
});

type Wire = Readonly<Partial<Record<string, string>>>;

const recordsOf = async ({ url, accessToken }: Acting, type: string): Promise<readonly Shown[]> => {
  const { hasMore, items } = await askJson<{ readonly hasMore: boolean; readonly items: readonly Wire[] }>(
    `${url}/services/rest/query/v1/suiteql?limit=1000`,
    `Bearer ${accessToken}`,
    { q: `SELECT id, email, firstname, lastname, globalsubscriptionstatus FROM ${type} ORDER BY id` },
  );
  if (hasMore) throw new Error('more records than one page');
  return items.map(({ email = '', firstname, lastname, globalsubscriptionstatus: status = '' }) => ({
    kind: type,
    email,
    optedOut: OPTED_OUT.includes(status),
    values: { firstname, lastname, status },
  }));
};
