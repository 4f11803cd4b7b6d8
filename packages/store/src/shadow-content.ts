import type { Shadow } from '@heed/core';
import { parsed, saidJson } from './json.ts';

/** The part of a shadow that is written only when the record changed; the record is a column of its own. */
export type ShadowContent = Omit<Shadow, 'system' | 'record' | 'lastReadAt' | 'seenAt'>;

/** What a row says. What goes without saying of most records is left out: it would be half of the database. */
type Said = Partial<ShadowContent> & Pick<ShadowContent, 'address'>;

const UNSAID = {
  life: { kind: 'live' },
  member: null,
  reference: null,
  lists: {},
  version: null,
  lifeChangedAt: null,
  archivedSince: null,
} as const satisfies Partial<ShadowContent>;

/** Not canonical: another order of keys costs a write too many, sorting every record of every page would cost more. */
export const contentText = (content: ShadowContent): string =>
  saidJson({
    address: content.address,
    email: content.email === content.address ? undefined : content.email,
    life: content.life.kind === 'live' ? undefined : content.life,
    values: content.values,
    sights: content.sights,
    byDefault: content.byDefault,
    member: content.member ?? undefined,
    reference: content.reference ?? undefined,
    lists: isEmpty(content.lists) ? undefined : content.lists,
    modifiedAt: content.modifiedAt,
    modifiedBy: content.modifiedBy,
    version: content.version ?? undefined,
    stays: hasAlwaysBeenHere(content) ? undefined : content.stays,
    firstReadAt: content.firstReadAt,
    lifeChangedAt: content.lifeChangedAt ?? undefined,
    archivedSince: content.archivedSince ?? undefined,
  } satisfies { readonly [key in keyof ShadowContent]-?: ShadowContent[key] | undefined });

export const contentFrom = (text: string): ShadowContent => {
  const said = parsed<Said>(text);
  const { address } = said;
  return {
    ...UNSAID,
    email: address,
    stays: address === null ? [] : [{ address, from: null, until: null }],
    ...said,
  } as ShadowContent; // Every other key is always said.
};

const isEmpty = (lists: ShadowContent['lists']): boolean => {
  for (const _ in lists) return false;
  return true;
};

const hasAlwaysBeenHere = ({ address, stays }: ShadowContent): boolean => {
  const [stay] = stays;
  if (stay === undefined) return address === null;
  return stays.length === 1 && stay.address === address && stay.from === null && stay.until === null;
};
