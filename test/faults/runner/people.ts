import { addressOf, type CrmSide, type MarketingSide, type Sort } from './sides/side.ts';

/** Everybody of the base. `was` is what happened before Heed knew them. */
const BASE: Readonly<
  Record<string, { readonly sorts: readonly Sort[]; readonly was?: Parameters<MarketingSide['act']>[0] }>
> = {
  ann: { sorts: ['first'] },
  bob: { sorts: ['first'] },
  cid: { sorts: ['first', 'second'] },
  dee: { sorts: ['first', 'second'] },
  fay: { sorts: ['first'] },
  gus: { sorts: ['first'] },
  hal: { sorts: ['first'], was: 'unsubscribe' },
  ida: { sorts: ['first'], was: 'bounce' },
  jon: { sorts: ['first'], was: 'archive' },
  kim: { sorts: ['second'] },
  lou: { sorts: ['first'] },
  ned: { sorts: ['first'] },
};

/** Whom an opt-out may reach, and no one else, ever: they opted out, or a record of their address did. */
export const OPTED_OUT: ReadonlySet<string> = new Set(
  ['ann', 'bob', 'cid', 'dee', 'hal', 'kim', 'lou', 'ned'].map(addressOf),
);

/** `contact ann` -> its id in the CRM. */
export type Ids = ReadonlyMap<string, string>;

/** Fills both systems; nobody of it was synced yet. `crowd`: how many more there are, of whom nothing is to be told. */
export const populate = (crm: CrmSide, marketing: MarketingSide, crowd: number): Ids => {
  const ids = new Map<string, string>();
  for (const [name, { sorts, was }] of Object.entries(BASE)) {
    // One contact is both where the CRM has only one type of people.
    for (const type of new Set(sorts.map(crm.typeOf))) ids.set(`${type} ${name}`, crm.add(type, name));
    marketing.add(name);
    if (was !== undefined) marketing.act(was, addressOf(name));
  }
  for (const name of crowdOf(crowd)) {
    crm.add(crm.typeOf('first'), name);
    marketing.add(name);
  }
  return ids;
};

const crowdOf = (size: number): readonly string[] => Array.from({ length: size }, (_, i) => `crowd${i + 1}`);

/** What people did since both systems were in step: a little of everything that a sync has to carry. */
export const actSince = (crm: CrmSide, marketing: MarketingSide, ids: Ids, crowd: number): void => {
  const [first, second] = [crm.typeOf('first'), crm.typeOf('second')];
  marketing.act('unsubscribe', addressOf('ann'));
  marketing.act('unsubscribe', addressOf('cid')); // Two records share the address.
  marketing.act('complain', addressOf('lou'));
  marketing.rename(addressOf('gus'), 'Gustav');
  for (const name of crowdOf(crowd)) marketing.rename(addressOf(name), 'Renamed');
  marketing.add('sue');
  crm.sayOptedOut(first, idOf(ids, first, 'bob'));
  crm.sayOptedOut(second, idOf(ids, second, 'dee'));
  crm.rename(first, idOf(ids, first, 'fay'), 'Fay');
  for (let i = 1; i <= marketing.batch; i += 1) crm.add(first, `new${i}`);
};

/** What people did when the fault was over. Whoever took a wrong note of how far he had read does not see it. */
export const actLater = (crm: CrmSide, marketing: MarketingSide, ids: Ids): void => {
  const type = crm.typeOf('first');
  marketing.act('unsubscribe', addressOf('kim'));
  crm.sayOptedOut(type, idOf(ids, type, 'ned'));
};

const idOf = (ids: Ids, type: string, name: string): string => {
  const id = ids.get(`${type} ${name}`);
  if (id === undefined) throw new Error(`there is no ${type} ${name}`);
  return id;
};
