import type { Field } from '../schema/field.ts';
import { type Account, type AccountWorld, tableNamed } from '../state/account.ts';
import { nameOf, shownValue } from '../state/shown.ts';
import { type NamedLine, subscriptionLines } from '../state/subscriptions.ts';
import type { FieldValue, Row, Table } from '../state/table.ts';
import { RECORDS_PATH } from './answers.ts';

/** How a record is to be shown. */
export interface Rendering {
  readonly world: AccountWorld;
  readonly origin: string;
  /** `simpleEnumFormat=true`: a choice as its bare id. */
  readonly simpleEnums: boolean;
  /** `expandSubResources=true` */
  readonly expanded: boolean;
  /** `fields=a,b`; `undefined`: all. */
  readonly only: readonly string[] | undefined;
}

export const selfLink = (href: string): readonly object[] => [{ rel: 'self', href }];

export const recordUrl = (origin: string, table: Table, id: string): string =>
  `${origin}${RECORDS_PATH}/${table.name}/${id}`;

/** A record as REST shows it; empty fields are left out. */
export function recordJson(rendering: Rendering, table: Table, row: Row): Readonly<Record<string, unknown>> {
  const { world, origin, only } = rendering;
  const href = recordUrl(origin, table, row.id);
  const shown: Record<string, unknown> = { links: selfLink(href), id: row.id };
  for (const field of table.fields) {
    if (only !== undefined && !only.includes(field.name)) continue;
    const value = field.name === 'refName' ? nameOf(table, row) : shownValue(world, field, row);
    if (value === null || value === undefined || value === '') continue;
    shown[field.name] = valueJson(rendering, field, value);
  }
  const hasLines = table.name === 'customer' && world.switches.isOn('subscriptionCategories');
  if (hasLines && (only === undefined || only.includes('subscriptions'))) {
    shown.subscriptions = subscriptionsJson(rendering, table, row, rendering.expanded);
  }
  return shown;
}

function valueJson(rendering: Rendering, field: Field, value: FieldValue): unknown {
  switch (field.type) {
    case 'choice': {
      const refName = field.choices.find(({ id }) => id === value)?.label;
      return rendering.simpleEnums || field.bare ? value : { id: value, refName };
    }
    case 'reference':
      return referenceJson(rendering.world.state, rendering.origin, field.references, String(value));
    default:
      return value;
  }
}

/** `{links, id, refName}` */
export function referenceJson(account: Account, origin: string, record: string | null, id: string): object {
  const table = record === null ? undefined : tableNamed(account, record);
  const row = table?.get(id);
  if (table === undefined || row === undefined) return { id };
  return { links: selfLink(recordUrl(origin, table, id)), id, refName: nameOf(table, row) };
}

/** The sublist of a customer: a link, or with `expandSubResources` its lines. */
export function subscriptionsJson(rendering: Rendering, table: Table, row: Row, expanded: boolean): object {
  const href = `${recordUrl(rendering.origin, table, row.id)}/subscriptions`;
  if (!expanded) return { links: selfLink(href) };
  const items = subscriptionLines(rendering.world.state, row).map((line) => lineJson(rendering, href, line));
  return { links: selfLink(href), items, count: items.length, hasMore: false, offset: 0, totalResults: items.length };
}

export function lineJson({ world, origin }: Rendering, href: string, line: NamedLine): object {
  return {
    links: selfLink(`${href}/${line.subscription}`),
    subscription: referenceJson(world.state, origin, 'campaignSubscription', line.subscription),
    subscribed: line.subscribed,
    lastModifiedDate: line.lastModifiedDate,
  };
}
