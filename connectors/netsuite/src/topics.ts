import { type Columns, ConnectorError, type FieldValue, type Millis, type Row, type Values } from '@heed/contract';
import { answerOr, inParallel } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';
import { NOT_SHOWN } from './failure.ts';
import { isId, select } from './suiteql.ts';

/**
 * Subscription categories, which NetSuite keeps on customers only, as fields of ours: `subscription_5` is true for who is
 * subscribed to the category 5. No column of a query has them (section 3 of the vendor's records catalog names none), so each customer is asked.
 */
const PREFIX = 'subscription_';
const AT_ONCE = 4;

export const topicField = (id: string): string => `${PREFIX}${id}`;

/** The category that a field stands for; null for a field of the vendor's. */
export const topicIdIn = (field: string): string | null => {
  const id = field.startsWith(PREFIX) ? field.slice(PREFIX.length) : '';
  return isId(id) ? id : null;
};

const line = z.object({
  subscription: z.object({ id: z.union([z.string(), z.number()]).transform(String) }),
  subscribed: z.boolean(),
  lastModifiedDate: z.string().optional(),
});
const lines = z.object({ subscriptions: z.object({ items: z.array(line) }).optional() });

export interface Category {
  readonly id: string;
  readonly name: string;
}

/** The categories of the account; none where the feature is off or the role may not see them. */
export const categories = async (api: Api, signal: AbortSignal): Promise<readonly Category[]> => {
  const all = api.everyRow(select(['id', 'name'], 'campaignsubscription', [], 'id'), signal);
  const rows = await answerOr(all, NOT_SHOWN, []);
  return rows.flatMap(({ id, name }) => (isId(String(id)) ? [{ id: String(id), name: String(name ?? '') }] : []));
};

export interface Subscription {
  readonly subscribed: boolean;
  /** When its line was changed last, vendor's clock; null where it does not say. */
  readonly since: Millis | null;
}

/** What a customer is subscribed to, by category id. A category without a line is absent. Throws `missing` if there is no such customer. */
export const subscriptionsOf = async (
  api: Api,
  customer: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Subscription>> => {
  const body = await api.record('customer', customer, '?expandSubResources=true&fields=subscriptions', signal);
  const parsed = lines.safeParse(body);
  if (!parsed.success)
    throw new ConnectorError('protocol', 'netsuite record: subscriptions have not the documented form');
  const items = parsed.data.subscriptions?.items ?? [];
  return new Map(
    items.map(({ subscription, subscribed, lastModifiedDate }) => {
      const since = Date.parse(lastModifiedDate ?? '');
      return [subscription.id, { subscribed, since: Number.isNaN(since) ? null : since }];
    }),
  );
};

/** The rows with the topics that were asked for: one call per customer, none where no topic was. */
export const withTopics = async (
  api: Api,
  wanted: Pick<Columns, 'fields' | 'consent'>,
  rows: readonly Row[],
  signal: AbortSignal,
): Promise<readonly Row[]> => {
  const fields = [...new Set([...wanted.fields, ...wanted.consent.map(({ field }) => field)])];
  const topics = fields.flatMap((field) => topicIdIn(field) ?? []);
  if (topics.length === 0) return rows;
  return inParallel(rows, AT_ONCE, async (row) => {
    if (row.record.type !== 'customer') return row;
    // Deleted meanwhile: the next read tells.
    const shown = await answerOr(subscriptionsOf(api, row.record.id, signal), ['missing'], NONE);
    const found = topics.flatMap((id) =>
      shown.has(id) ? [[topicField(id), shown.get(id)?.subscribed ?? null] as const] : [],
    );
    return { ...row, values: { ...row.values, ...Object.fromEntries(found) } };
  });
};

const NONE: ReadonlyMap<string, Subscription> = new Map();

/** Values of a write: those of the record's fields, and the lines of its sublist; a line that is not named stays as it is. */
export const topicsToWire = (values: Values): Readonly<Record<string, unknown>> => {
  const items = Object.entries(values).flatMap(([field, value]: readonly [string, FieldValue]) => {
    const id = topicIdIn(field);
    return id === null ? [] : [{ subscription: { id }, subscribed: value === true }];
  });
  return items.length === 0 ? {} : { subscriptions: { items } };
};
