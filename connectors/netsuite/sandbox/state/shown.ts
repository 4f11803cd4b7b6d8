import type { Field } from '../schema/field.ts';
import type { AccountWorld } from './account.ts';
import { isOptedOut } from './status.ts';
import type { FieldValue, Row, Table } from './table.ts';

/** The value of a field, where another one decides it. */
export function shownValue({ switches }: AccountWorld, field: Field, row: Row): FieldValue | undefined {
  if (field.name === 'unsubscribe' && switches.get('unsubscribeBox') === 'follows-status') {
    return isOptedOut(row.globalSubscriptionStatus);
  }
  return row[field.name];
}

/** How other records show this one. */
export function nameOf(table: Table, row: Row): string {
  const person = [row.firstName, row.lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');
  if (table.name === 'customer') {
    return `${String(row.entityId)} ${row.isPerson === true ? person : String(row.companyName ?? '')}`.trim();
  }
  return String(row.entityId ?? row.groupName ?? row.name ?? (person === '' ? row.id : person));
}
