import type { FieldSchema, FieldValue, Values } from '@heed/contract';
import { carrierOf } from '../fields/convert.ts';
import { type FieldPair, mergeField } from '../fields/merge-field.ts';
import { isEmpty } from '../fields/same-value.ts';
import type { AddressKey } from '../identity/address.ts';
import type { Shadow } from '../state/shadow.ts';
import type { Link, SetAside } from '../state/store.ts';
import type { Agreed, PlannedWrite } from './op.ts';
import type { MappedField, View } from './view.ts';

export interface MergedRecord {
  readonly writes: readonly PlannedWrite[];
  /** The link as it is without any write, where that is news: what both sides agree on already. */
  readonly links: readonly Link[];
  readonly setAside: readonly SetAside[];
  readonly overwrites: number;
  /** Fields of a record that is to be created, and what is agreed once it exists. */
  readonly created: Values;
  readonly agrees: Agreed;
}

interface Sides {
  readonly record: Shadow | null;
  readonly member: Shadow | null;
}

/** All mapped fields of one person: a write for each side that has something to learn. Never consent (C9). Pure. */
export const mergeRecord = (
  view: View,
  record: Shadow | null,
  member: Shadow | null,
  link: Link | null,
  may: { readonly toMarketing: boolean },
): MergedRecord => {
  const address = (record ?? member)?.address;
  if (address === null || address === undefined)
    return { writes: [], links: [], setAside: [], overwrites: 0, created: {}, agrees: {} };
  const type = record?.record.type ?? view.profile.create.crm ?? '';
  const sides = { record, member };
  const linked = link !== null && record !== null && link.crm.id === record.record.id ? link : null;
  const toCrm = collector();
  const toMarketing = collector();
  const settled: Record<string, { crm: string; marketing: string }> = { ...linked?.agreed };
  const setAside: SetAside[] = [];
  let overwrites = 0;
  for (const field of view.fields) {
    const crmField = field.crm[type];
    if (crmField === undefined) continue;
    const merged = mergeOne(view, field, crmField, sides, linked);
    if (merged.conflict) overwrites += 1;
    if (merged.refused !== undefined) setAside.push(aside(address, field, sides, merged.refused));
    else if (merged.toMarketing !== undefined) {
      if (may.toMarketing) toMarketing.add(field.marketing.name, merged.toMarketing, field.pair, merged.base);
    } else if (merged.toCrm !== undefined) toCrm.add(crmField.name, merged.toCrm, field.pair, merged.base);
    else if (merged.base !== null) settled[field.pair] = asAgreed(merged.base);
  }
  addUndeliverable(view, sides, toCrm);
  const created = record === null ? toCrm : toMarketing;
  return {
    writes: record === null || member === null ? [] : patches(record, member, settled, toCrm, toMarketing),
    links: record === null || member === null ? [] : newLink(record, member, linked, settled),
    setAside,
    overwrites,
    created: created.values,
    agrees: created.agrees,
  };
};

interface Collector {
  readonly values: Record<string, FieldValue>;
  readonly agrees: Record<string, { crm: string; marketing: string }>;
  add(name: string, value: FieldValue, pair: string | null, base: FieldPair | null): void;
}

const collector = (): Collector => {
  const values: Record<string, FieldValue> = {};
  const agrees: Record<string, { crm: string; marketing: string }> = {};
  return {
    values,
    agrees,
    add: (name, value, pair, base) => {
      values[name] = value;
      if (pair !== null && base !== null) agrees[pair] = asAgreed(base);
    },
  };
};

const asAgreed = (base: FieldPair): { crm: string; marketing: string } => ({
  crm: JSON.stringify(base.crm),
  marketing: JSON.stringify(base.marketing),
});

const mergeOne = (view: View, field: MappedField, crmField: FieldSchema, sides: Sides, linked: Link | null) => {
  const carrier = carrierOf(field.mapping, crmField, field.marketing);
  const agreed = linked?.agreed[field.pair];
  const base: FieldPair | null =
    agreed === undefined
      ? null
      : { crm: JSON.parse(agreed.crm) as FieldValue, marketing: JSON.parse(agreed.marketing) as FieldValue };
  // A side that is still to be created has no value of its own.
  const valueIn = (shadow: Shadow | null, name: string): FieldValue | undefined =>
    shadow === null ? null : shadow.values[name];
  return mergeField({
    crm: valueIn(sides.record, crmField.name),
    marketing: valueIn(sides.member, field.marketing.name),
    base,
    direction: field.mapping.direction,
    conflicts: view.profile.conflicts,
    clear: field.mapping.clear,
    carrier,
  });
};

const aside = (address: AddressKey, field: MappedField, { record, member }: Sides, message: string): SetAside => ({
  address,
  side: member === null ? 'crm' : 'marketing',
  record: (member ?? record)?.record ?? null,
  field: `${field.mapping.crm} -> ${field.mapping.marketing}`,
  rule: 'fields',
  message,
  write: null,
  attempts: 0,
  retryAt: null,
});

/** C10: a bounced address is told to the CRM in a field of its own, never as an opt-out. */
const addUndeliverable = (view: View, { record, member }: Sides, toCrm: Collector): void => {
  const name = view.profile.optOut.undeliverableField;
  if (name === null || record === null || member?.member?.status !== 'undeliverable') return;
  if (record.values[name] === false || (name in record.values && isEmpty(record.values[name])))
    toCrm.add(name, true, null, null);
};

const newLink = (record: Shadow, member: Shadow, linked: Link | null, settled: Agreed): readonly Link[] => {
  const known = linked !== null && !linked.left && isSame(linked.agreed, settled);
  return known ? [] : [{ member: member.record, crm: record.record, agreed: settled, left: false }];
};

const isSame = (a: Agreed, b: Agreed): boolean => {
  const pairs = Object.keys(a);
  return (
    pairs.length === Object.keys(b).length &&
    pairs.every((pair) => a[pair]?.crm === b[pair]?.crm && a[pair]?.marketing === b[pair]?.marketing)
  );
};

/** Once a write is done, both sides agree on what it carried and on what they agreed on already. */
const patches = (
  record: Shadow,
  member: Shadow,
  settled: Agreed,
  toCrm: Collector,
  toMarketing: Collector,
): readonly PlannedWrite[] => {
  const plain = { rule: 'fields', because: [], guarded: false } as const;
  const writes: PlannedWrite[] = [];
  if (Object.keys(toMarketing.values).length > 0) {
    const op = {
      kind: 'patch',
      record: member.record,
      email: member.email ?? '',
      fields: toMarketing.values,
      ifVersion: member.version,
    } as const;
    writes.push({
      side: 'marketing',
      op,
      ...plain,
      agrees: { ...settled, ...toMarketing.agrees },
      partner: record.record,
    });
  }
  if (Object.keys(toCrm.values).length > 0) {
    const op = {
      kind: 'patch',
      record: record.record,
      email: record.email ?? '',
      fields: toCrm.values,
      ifVersion: record.version,
    } as const;
    writes.push({ side: 'crm', op, ...plain, agrees: { ...settled, ...toCrm.agrees }, partner: member.record });
  }
  return writes;
};
