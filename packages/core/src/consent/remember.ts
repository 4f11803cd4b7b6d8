import type { MemberState, Millis, Row } from '@heed/contract';
import type { AddressKey } from '../identity/address.ts';
import { recordKey, type Shadow, type Sight, type Stay } from '../state/shadow.ts';
import type { Observer } from './observe.ts';
import { isTakenForDefault } from './opt-out-field.ts';
import { lastSightOf } from './when.ts';

const keepsOptIn = (member: MemberState | null): boolean =>
  member?.status === 'subscribed' || member?.status === 'undeliverable';

/** The sign-up behind the present subscription; whoever bounced since has signed up all the same (C7, C10). */
export const knownOptIn = (member: MemberState | null): MemberState['optIn'] =>
  keepsOptIn(member) ? (member?.optIn ?? null) : null;

/** What is remembered of a row: the shadow. Pure. */
export const shadowOf = (row: Row, before: Shadow | null, by: Observer, address: AddressKey | null): Shadow => {
  const member = row.member;
  const lifeChanged = before !== null && before.life.kind !== row.life.kind;
  // Evidence comes only with look-ups that ask for it; it stays known for as long as the member stays subscribed, or bounces.
  const optIn = knownOptIn(member) ?? (keepsOptIn(member) ? knownOptIn(before?.member ?? null) : null);
  return {
    system: by.system,
    record: row.record,
    email: row.email ?? (row.life.kind === 'live' ? null : (before?.email ?? null)),
    address,
    life: row.life,
    values: { ...before?.values, ...row.values },
    ...(by.system.role === 'crm' ? { sights: sightsOf(row, before, by) } : {}),
    ...byDefaultOf(row, before, by),
    member:
      member === null
        ? (before?.member ?? null)
        : { ...member, complaint: member.complaint || (before?.member?.complaint ?? false), optIn },
    reference: row.reference ?? before?.reference ?? null,
    lists: { ...before?.lists, ...listsOf(row, by) },
    modifiedAt: row.modifiedAt ?? before?.modifiedAt ?? null,
    modifiedBy: row.modifiedBy,
    version: row.version,
    stays: staysOf(row, before, by, address),
    firstReadAt: before?.firstReadAt ?? by.readAt,
    lastReadAt: Math.max(before?.lastReadAt ?? 0, by.readAt),
    seenAt: by.seenAt,
    lifeChangedAt: lifeChanged ? by.readAt : (before?.lifeChangedAt ?? null),
    archivedSince: archivedSince(row, before, by, lifeChanged),
  };
};

/** A read that does not show a field leaves what is known of it. */
const byDefaultOf = (row: Row, before: Shadow | null, by: Observer): Pick<Shadow, 'byDefault'> => {
  const rules = (by.consentFields[row.record.type] ?? []).filter((rule) => rule.field in row.values);
  const shown = new Set(rules.map(({ field }) => field));
  const kept = (before?.byDefault ?? []).filter((field) => !shown.has(field));
  const taken = rules.filter((rule) => isTakenForDefault(rule, row.values, before)).map(({ field }) => field);
  const byDefault = [...new Set([...kept, ...taken])];
  return byDefault.length === 0 ? {} : { byDefault };
};

/** Null: this read showed the field. Otherwise when it was shown last; a field that no read ever showed is absent. */
const sightsOf = (row: Row, before: Shadow | null, by: Observer): Readonly<Record<string, Sight | null>> => {
  const asked = (by.consentFields[row.record.type] ?? []).map((rule) => rule.field);
  const fields = new Set([...Object.keys(before?.sights ?? {}), ...asked]);
  const sights: Record<string, Sight | null> = {};
  for (const field of fields) {
    const sight = field in row.values ? null : lastSightOf(before, field);
    if (sight !== null || field in row.values) sights[field] = sight;
  }
  return sights;
};

const listsOf = ({ lists }: Row, by: Observer): Record<string, boolean> =>
  lists === null || by.lists === null ? {} : Object.fromEntries(by.lists.map((list) => [list, lists.includes(list)]));

const archivedSince = (row: Row, before: Shadow | null, by: Observer, lifeChanged: boolean): Millis | null => {
  if (row.member?.status === 'unsubscribed') return null;
  if (row.member?.status === 'archived' || (lifeChanged && row.member !== null))
    return before?.archivedSince ?? by.readAt;
  return before?.archivedSince ?? null;
};

const staysOf = (row: Row, before: Shadow | null, by: Observer, address: AddressKey | null): readonly Stay[] => {
  const stays = before?.stays ?? [];
  const here = stays.at(-1);
  const since = before?.lastReadAt ?? null;
  const stamp = row.modifiedAt === null ? by.readAt : Math.min(by.readAt, row.modifiedAt);
  // Whoever was there at the last read left after it, whatever a clock that was set back stamps.
  const at = Math.max(stamp, since ?? stamp);
  if (here !== undefined && here.until === null && row.life.kind === 'live' && here.address === address) return stays;
  const closed = here?.until === null ? [...stays.slice(0, -1), { ...here, until: at }] : stays;
  if (address === null) return closed;
  if (row.life.kind === 'live') return [...closed, { address, from: since, until: null }];
  // A record that is dead when it is first seen there still had that address once (C15, C16).
  return here?.address === address ? closed : [...closed, { address, from: since, until: at }];
};

/** Something that rules or fields may depend on is different from what we knew. */
export const differs = (before: Shadow, now: Shadow): boolean =>
  before.address !== now.address ||
  before.email !== now.email ||
  !isSameLife(before.life, now.life) ||
  before.reference !== now.reference ||
  before.member?.status !== now.member?.status ||
  !sameKeys(before.values, now.values) ||
  !sameKeys(before.lists, now.lists);

/** Also a record that another one carries on by now than the one that a read showed before (C16). */
const isSameLife = (before: Shadow['life'], now: Shadow['life']): boolean =>
  before.kind === 'continued' && now.kind === 'continued'
    ? recordKey(before.as) === recordKey(now.as)
    : before.kind === now.kind;

const sameKeys = (before: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): boolean =>
  Object.keys(now).every((key) => key in before && JSON.stringify(before[key]) === JSON.stringify(now[key]));
