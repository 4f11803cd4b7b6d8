import type { Millis, RecordRef } from '@heed/contract';
import { recordKey, type Shadow, type Stay } from '../state/shadow.ts';
import type { AddressKey } from './address.ts';

/** One CRM record together with those that the CRM itself merged or converted into it (Words: person). */
export interface Person {
  readonly records: readonly Shadow[];
}

/** People by their CRM records. An address never makes two records one person; a merge or a conversion does (C16). */
export const peopleOf = (shadows: readonly Shadow[]): readonly Person[] => {
  const records = shadows.filter((shadow) => shadow.system.role === 'crm');
  const byKey = new Map(records.map((shadow) => [recordKey(shadow.record), shadow]));
  const groups = new Map<string, Shadow[]>();
  for (const shadow of records) {
    const head = recordKey(heirOf(shadow, byKey).record);
    groups.set(head, [...(groups.get(head) ?? []), shadow]);
  }
  return [...groups.values()].map((group) => ({ records: group }));
};

/** The record that a merged or converted one lives on in, as far as it is known; a record without an heir is its own. */
export const heirOf = (shadow: Shadow, byKey: ReadonlyMap<string, Shadow>): Shadow => {
  const walked = new Set<string>();
  let here = shadow;
  while (here.life.kind === 'continued' && !walked.has(recordKey(here.record))) {
    walked.add(recordKey(here.record));
    const next = byKey.get(recordKey(here.life.as));
    if (next === undefined) return here;
    here = next;
  }
  return here;
};

export const isLive = (shadow: Shadow): boolean => shadow.life.kind === 'live';

export const livesAt = (shadow: Shadow, address: AddressKey): boolean => isLive(shadow) && shadow.address === address;

const lastIndexAt = (stays: readonly Stay[], address: AddressKey): number =>
  stays.findLastIndex((stay) => stay.address === address);

/** Whether a record came to `to` at or after it was at `from`: the direction in which an opt-out follows it (C15). */
export const movedOn = (shadow: Shadow, from: AddressKey, to: AddressKey): boolean => {
  const was = shadow.stays.findIndex((stay) => stay.address === from);
  return was >= 0 && lastIndexAt(shadow.stays, to) > was;
};

/** When a record had surely left an address; null while it is there, or if it never was. Vendor's clock. */
export const leftAt = (shadow: Shadow, address: AddressKey): Millis | null => {
  const stay = shadow.stays[lastIndexAt(shadow.stays, address)];
  return stay?.until ?? null;
};

/** When a record had surely come to an address from another one, the last time; null if it was first seen there. Vendor's clock. */
export const cameTo = (shadow: Shadow, address: AddressKey): Millis | null =>
  shadow.stays[lastIndexAt(shadow.stays, address) - 1]?.until ?? null;

export const hadAddress = (shadow: Shadow, address: AddressKey): boolean =>
  shadow.stays.some((stay) => stay.address === address);

/** Whether a record may have been at the address at some moment of the interval; in doubt it was. */
export const mayHaveBeenAt = (shadow: Shadow, address: AddressKey, from: Millis | null, until: Millis): boolean =>
  shadow.stays.some(
    (stay) =>
      stay.address === address &&
      (stay.until === null || from === null || stay.until >= from) &&
      (stay.from === null || stay.from <= until),
  );

export const isRecordOf = (person: Person, record: RecordRef | null): boolean =>
  record !== null && person.records.some((shadow) => recordKey(shadow.record) === recordKey(record));
