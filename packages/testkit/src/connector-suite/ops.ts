import type { NewMemberAs, Op, RecordRef, Values } from '@heed/contract';
import type { Bench } from './bench.ts';

/** Ops as the engine would make them for this vendor. */
export const opsFor = ({ can, given }: Bench) => ({
  optOut: (record: RecordRef | null, email: string): Op => ({
    kind: 'opt-out',
    id: `opt-out ${email}`,
    record,
    email,
    topic: '*',
    set: given.optOut.set,
  }),
  clear: (record: RecordRef, email: string, ifVersion: string | null = null): Op => ({
    kind: 'clear',
    id: `clear ${email}`,
    record,
    email,
    topic: '*',
    set: given.optOut.clear,
    ifVersion,
  }),
  patch: (record: RecordRef, email: string, text: string, ifVersion: string | null = null): Op => ({
    kind: 'patch',
    id: `patch ${email}`,
    record,
    email,
    fields: { [given.textField]: text },
    ifVersion,
  }),
  rename: (record: RecordRef, from: string, to: string): Op => ({
    kind: 'rename',
    id: `rename ${from}`,
    record,
    from,
    to,
  }),
  leave: (record: RecordRef, email: string, how: 'tag' | 'archive'): Op => ({
    kind: 'leave',
    id: `leave ${email}`,
    record,
    email,
    how,
  }),
  create: (
    email: string,
    more: { readonly id?: string; readonly as?: NewMemberAs; readonly set?: Values; readonly type?: string } = {},
  ): Op => ({
    kind: 'create',
    id: more.id ?? `create ${email}`,
    type: more.type ?? given.create.type,
    email,
    reference:
      can.reference && given.columns.reference !== null
        ? { field: given.columns.reference, value: `ref ${email}` }
        : null,
    fields: given.create.fields(more.type ?? given.create.type),
    as: more.as ?? (given.role === 'marketing' ? 'subscribed' : null),
    set: more.set ?? given.create.optedIn,
  }),
});
