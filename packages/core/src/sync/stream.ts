import { createHash } from 'node:crypto';
import type { Columns, Millis, ReadRequest } from '@heed/contract';
import type { Run } from './run-state.ts';

/** What a read asks for, wherever it goes on from. */
export type Ask = Omit<ReadRequest, 'after'>;

/**
 * The stream's name has its columns in it: a profile that asks for other columns begins its own read. `beganAt`: so does a read
 * that is to begin anew with the same ones.
 */
export const streamOf = (run: Run, name: string, ask: Ask, beganAt: Millis | null = null): string => {
  // A field that one type hides is asked for all the same: when it shows up, rows read without it are read again.
  const readable = name === 'members' ? null : run.view.consentFields;
  const what = [ask.types, ask.fields, ask.consent, ask.reference, ask.lists, ask.initially, readable];
  const text = JSON.stringify(beganAt === null ? what : [...what, beganAt]);
  return `${run.view.profile.id}|${name}|${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
};

export const everyone = (columns: Columns, initially: ReadRequest['initially']): Ask => ({
  ...columns,
  lists: null,
  initially,
});

/** Members with consent and fields: one read, since they come in the same answer. */
export const membersAsk = (run: Run): Ask => everyone(run.view.columns.members, 'everyone');

export const recordsAsk = (run: Run): Ask => ({
  ...run.view.columns.records,
  lists: run.view.profile.crm.lists,
  initially: 'everyone',
});
