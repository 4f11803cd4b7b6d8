import {
  type Basis,
  type Columns,
  ConnectorError,
  type Op,
  type OpId,
  type Outcome,
  type RecordRef,
  type Row,
} from '@heed/contract';
import { done as doneAt } from '@heed/toolkit';
import type { Looking } from '../lookup.ts';

/** What the writes of one `write` call share. */
export interface Writing extends Looking {
  readonly basis: Basis | null;
  /** Subscription types that new members are subscribed to, because the portal's data privacy settings want it. */
  readonly privacyTypes: readonly string[] | null;
  now(): number;
}

export type OpOf<K extends Op['kind']> = Extract<Op, { kind: K }>;

export const done = (
  writing: Pick<Writing, 'now'>,
  op: OpId,
  result: 'applied' | 'unchanged',
  record: RecordRef | null,
  row: Row | null = null,
): Outcome => doneAt(op, result, record, writing.now(), row);

/** Sent, and the answer does not say what became of it. */
export const unmentioned = (): ConnectorError =>
  new ConnectorError('protocol', 'HubSpot: the answer does not say what became of this contact', {
    code: 'unmentioned',
    mayHaveApplied: true,
  });

export const refused = (
  kind: 'refused' | 'config' | 'missing' | 'stale',
  code: string,
  message: string,
  field?: string,
): ConnectorError =>
  new ConnectorError(kind, `HubSpot: ${message}`, {
    code,
    mayHaveApplied: false,
    ...(field === undefined ? {} : { field }),
  });

export const gone = (): ConnectorError =>
  refused('missing', 'OBJECT_NOT_FOUND', 'the contact was deleted, or merged into another');

/** Columns of the looks before writes. */
export const columnsFor = (fields: readonly string[]): Columns => ({ types: [], fields, consent: [], reference: null });
