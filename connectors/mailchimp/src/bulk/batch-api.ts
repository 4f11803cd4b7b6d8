import { ConnectorError } from '@heed/contract';
import { recordOf } from '@heed/toolkit';
import { isMissing, PAGE_ROWS } from '../api.ts';
import type { Call } from '../call.ts';
import { collectionOf } from '../wire.ts';
import type { Operation } from './operations.ts';

/** A batch of operations as Mailchimp shows it. (spec) */
export interface WireBatch {
  readonly id: string;
  readonly status: string;
  /** 0 while the batch is pending. (recorded: mailchimp/APIv3-examples#26) */
  readonly total_operations: number;
  readonly finished_operations: number;
  readonly submitted_at: string;
  readonly completed_at: string;
  /** Good for some minutes; empty until the batch is finished. */
  readonly response_body_url: string;
}

export interface BatchApi {
  /** `sending` is told of every try, and can forbid it by throwing. */
  start(operations: readonly Operation[], signal: AbortSignal, sending: () => void): Promise<WireBatch>;
  /** Null if the account has no such batch, or not any more. */
  one(id: string, signal: AbortSignal): Promise<WireBatch | null>;
  /** Every batch that the account still remembers, whoever started it. */
  all(signal: AbortSignal): Promise<readonly WireBatch[]>;
  /** Stops a batch, if there still is one. Its results are lost. */
  stop(id: string, signal: AbortSignal): Promise<void>;
}

const FIELDS = [
  'id',
  'status',
  'total_operations',
  'finished_operations',
  'submitted_at',
  'completed_at',
  'response_body_url',
];
const ONE = '/batches/{batch_id}';
/** Kept for a week, and at most 500 open: more than this is no list of batches. */
const MOST_PAGES = 20;

export const createBatchApi = (call: Call): BatchApi => ({
  // POST /batches
  start: async (operations, signal, sending) => {
    const name = 'start batch';
    const body = await call({ name, method: 'POST', path: '/batches', body: { operations } }, signal, sending);
    const batch = batchOf(body);
    if (batch === null)
      throw new ConnectorError('protocol', `${name}: Mailchimp's answer is no batch`, { mayHaveApplied: true });
    return batch;
  },

  // GET /batches/{batch_id}
  one: async (id, signal) => {
    const name = 'batch';
    const given = { params: { batch_id: id }, query: { fields: FIELDS.join(',') } };
    try {
      const batch = batchOf(await call({ name, method: 'GET', path: ONE, ...given }, signal));
      if (batch?.id !== id) throw new ConnectorError('protocol', `${name}: Mailchimp's answer is no such batch`);
      return batch;
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },

  // GET /batches; in what order is not documented, so the whole list is read.
  all: async (signal) => {
    const name = 'batches';
    const found = new Map<string, WireBatch>();
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const fields = [...FIELDS.map((field) => `batches.${field}`), 'total_items'].join(',');
      const query = { count: PAGE_ROWS, offset: page * PAGE_ROWS, fields };
      const body = await call({ name, method: 'GET', path: '/batches', query }, signal);
      const { items, total } = collectionOf(name, body, name);
      for (const item of items) {
        const batch = batchOf(item);
        if (batch !== null) found.set(batch.id, batch);
      }
      if (items.length === 0 || (page + 1) * PAGE_ROWS >= total) break;
    }
    return [...found.values()];
  },

  // DELETE /batches/{batch_id}
  stop: async (id, signal) => {
    const given = { params: { batch_id: id } };
    await call({ name: 'stop batch', method: 'DELETE', path: ONE, ...given }, signal).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  },
});

const batchOf = (body: unknown): WireBatch | null => {
  const raw = recordOf(body);
  const { id, status } = raw;
  if (typeof id !== 'string' || id === '' || typeof status !== 'string') return null;
  return {
    id,
    status,
    total_operations: countOf(raw.total_operations),
    finished_operations: countOf(raw.finished_operations),
    submitted_at: textOf(raw.submitted_at),
    completed_at: textOf(raw.completed_at),
    response_body_url: textOf(raw.response_body_url),
  };
};

const countOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
