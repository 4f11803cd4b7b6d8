import type { Field } from '../schema/field.ts';
import { type Account, tableNamed } from '../state/account.ts';
import { invalidValue, NsError } from '../state/ns-error.ts';
import type { Changes } from '../state/records.ts';
import { nameOf } from '../state/shown.ts';
import type { FieldValue, Table } from '../state/table.ts';

/** How strictly a body is taken: `X-NetSuite-PropertyNameValidation`, `X-NetSuite-PropertyValueValidation`. */
export interface Validation {
  readonly names: 'error' | 'warning' | 'ignore';
  readonly values: 'error' | 'warning' | 'ignore';
}

export interface LineChange {
  readonly subscription: string;
  readonly subscribed: boolean;
}

export interface ReadBody {
  readonly changes: Changes;
  readonly lines: readonly LineChange[];
  /** What was left out with a warning only. */
  readonly warnings: readonly string[];
}

/** Stands in every record that is read, and may be sent back. */
const HARMLESS: readonly string[] = ['links', 'id', 'refName'];
/** Sublists of the records that the stand-in does not build: taken for known names, without effect. */
const NOT_BUILT: readonly string[] = [
  'addressBook',
  'customForm',
  'contactRoles',
  'contactList',
  'campaigns',
  'subscriptionMessageHistory',
];

/**
 * Reads a record's body. An unknown name is "ignored with success" unless the header says Error, a wrong value is an
 * error unless the header says otherwise (section_156570709583).
 * @throws NsError INVALID_CONTENT
 */
export function readRecord(account: Account, table: Table, body: unknown, validation: Validation): ReadBody {
  const changes: Record<string, FieldValue> = {};
  const warnings: string[] = [];
  const lines: LineChange[] = [];
  for (const [name, value] of Object.entries(objectIn(body))) {
    const field = table.field(name);
    if (table.name === 'customer' && name === 'subscriptions') lines.push(...linesIn(account, value));
    else if (HARMLESS.includes(name) || (field === undefined && NOT_BUILT.includes(name))) continue;
    else if (field === undefined) warnings.push(...unknownName(table, name, validation));
    else if (!field.readOnly) {
      try {
        changes[name] = fieldValue(account, field, value);
      } catch (error) {
        if (!(error instanceof NsError) || validation.values === 'error') throw error;
        if (validation.values === 'warning') warnings.push(error.message);
      }
    }
  }
  return { changes, lines, warnings };
}

export function objectIn(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new NsError(400, 'INVALID_CONTENT', 'Invalid content in the request body.');
  }
  return body as Readonly<Record<string, unknown>>;
}

function unknownName(table: Table, name: string, { names }: Validation): readonly string[] {
  const detail = `Unknown field name '${name}' in record ${table.name}.`;
  if (names === 'error') throw new NsError(400, 'INVALID_CONTENT', detail, { path: name });
  return names === 'warning' ? [detail] : [];
}

function fieldValue(account: Account, field: Field, value: unknown): FieldValue {
  if (value === null) return null;
  switch (field.type) {
    case 'checkbox':
      if (typeof value === 'boolean') return value;
      break;
    case 'integer':
      if (typeof value === 'number' && Number.isInteger(value)) return value;
      break;
    case 'choice':
      return choiceIn(field, value);
    case 'reference':
      return referenceIn(account, field, value);
    case 'date':
      if (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
      break;
    case 'datetime':
      if (typeof value === 'string' && !Number.isNaN(Date.parse(value))) return value;
      break;
    default:
      if (typeof value === 'number') return String(value);
      if (typeof value === 'string') return value === '' ? null : value;
  }
  throw invalidValue(field.name, value);
}

/** `{"id":"2"}`, `{"refName":"Soft Opt-Out"}` or `"2"` (section_1545142146). */
function choiceIn(field: Field, value: unknown): string {
  const { id, refName } = typeof value === 'object' ? objectIn(value) : { id: value, refName: undefined };
  const found = field.choices.find((one) => (id === undefined ? one.label === refName : one.id === String(id)));
  if (found === undefined) throw invalidValue(field.name, id ?? refName);
  return found.id;
}

function referenceIn(account: Account, field: Field, value: unknown): string {
  const given = typeof value === 'object' ? objectIn(value) : { id: value };
  const { id, externalId, refName } = given as Readonly<Record<string, unknown>>;
  if (id !== undefined) return String(id);
  const table = field.references === null ? undefined : tableNamed(account, field.references);
  const rows = externalId === undefined ? table?.rows() : table?.having('externalId', String(externalId));
  for (const row of rows ?? []) {
    if (externalId !== undefined || (table !== undefined && nameOf(table, row) === refName)) return row.id;
  }
  throw invalidValue(field.name, externalId ?? refName);
}

function linesIn(account: Account, value: unknown): readonly LineChange[] {
  const { items } = objectIn(value);
  if (!Array.isArray(items)) throw invalidValue('subscriptions', value);
  return items.map((item: unknown) => {
    const { subscription, subscribed } = objectIn(item);
    const { id } = typeof subscription === 'object' ? objectIn(subscription) : { id: subscription };
    const known = tableNamed(account, 'campaignSubscription')?.get(String(id));
    if (known === undefined) throw invalidValue('subscriptions.items.subscription', id);
    if (typeof subscribed !== 'boolean') throw invalidValue('subscriptions.items.subscribed', subscribed);
    return { subscription: String(id), subscribed };
  });
}
