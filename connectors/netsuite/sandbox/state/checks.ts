import type { Field } from '../schema/field.ts';
import { tableNamed } from './account.ts';
import { invalidValue, NsError, userError } from './ns-error.ts';
import type { Writer } from './records.ts';
import type { Row, Table } from './table.ts';

/** What a record must be like, whoever saves it. Wordings are NetSuite's own manner, not documented ones. */
export function checkRow(writer: Writer, table: Table, row: Row, before: Row | undefined): void {
  for (const field of table.fields) {
    const value = row[field.name];
    if (value === undefined || value === null || value === before?.[field.name]) continue;
    checkValue(writer, field, value);
  }
  checkMandatory(writer, table, row);
  checkExternalId(writer, table, row, before);
  if (table.name === 'contact' && writer.world.switches.isOn('uniqueContactNames'))
    checkContactName(table, row, before);
}

function checkValue({ world }: Writer, field: Field, value: string | number | boolean): void {
  if (field.type === 'reference' && field.references !== null) {
    if (tableNamed(world.state, field.references)?.get(String(value)) === undefined)
      throw invalidValue(field.name, value);
  }
  if (field.type === 'choice' && !field.choices.some(({ id }) => id === value)) throw invalidValue(field.name, value);
  if (typeof value !== 'string' || !world.switches.isOn('fieldChecks')) return;
  if (field.mostCharacters !== null && value.length > field.mostCharacters) {
    throw userError(
      `The field ${field.name.toLowerCase()} contained more than the maximum number ( ${field.mostCharacters} ) of characters allowed.`,
      field.name,
    );
  }
  if (field.type === 'email' && !/^[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+$/.test(value)) {
    throw userError('Please enter a valid email address.', field.name);
  }
  if (/phone$|^fax$/i.test(field.name) && value.replace(/\D/g, '').length < 7) {
    throw userError('Phone number should have seven digits or more.', field.name);
  }
}

/** "customers need companyName or first+last"; "subsidiary mandatory in OneWorld" (notes, section 5). */
function checkMandatory({ world }: Writer, table: Table, row: Row): void {
  const missing: string[] = [];
  const need = (name: string, title: string): void => {
    if (row[name] === undefined || row[name] === null || row[name] === '') missing.push(title);
  };
  if (table.name === 'contact') need('entityId', 'Contact');
  if (table.name === 'customer' && row.isPerson === true) {
    need('firstName', 'First Name');
    need('lastName', 'Last Name');
  }
  if (table.name === 'customer' && row.isPerson !== true) need('companyName', 'Company Name');
  if (table.name === 'entityGroup') need('groupName', 'Name');
  const inCompany = table.name === 'contact' && typeof row.company === 'string';
  if (world.switches.isOn('oneWorld') && table.field('subsidiary') !== undefined && !inCompany)
    need('subsidiary', 'Primary Subsidiary');
  if (missing.length > 0) throw userError(`Please enter value(s) for: ${missing.join(', ')}.`);
}

/** External ids: "letters, digits, _ and -" (section_156334828635), each once. */
function checkExternalId({ world }: Writer, table: Table, row: Row, before: Row | undefined): void {
  const { externalId } = row;
  if (typeof externalId !== 'string' || externalId === before?.externalId) return;
  if (!/^[\w-]+$/.test(externalId)) throw invalidValue('externalId', externalId);
  const shared = world.switches.isOn('sharedExternalIds') && table.definition.isEntity;
  const tables = shared ? [...world.state.tables.values()].filter(({ definition }) => definition.isEntity) : [table];
  const taken = tables.some((one) => one.having('externalId', externalId)?.some(({ id }) => id !== row.id));
  if (taken) {
    throw new NsError(
      400,
      String(world.switches.get('duplicateExternalIdCode')),
      'Error while accessing a resource. This entity already exists.',
      { path: 'externalId' },
    );
  }
}

/** "contact entityId must be unique per company" (notes, section 5). */
function checkContactName(table: Table, row: Row, before: Row | undefined): void {
  const { entityId, company = null } = row;
  if (typeof entityId !== 'string' || (before?.entityId === entityId && (before.company ?? null) === company)) return;
  const others = table.having('entityId', entityId) ?? [];
  if (others.some((one) => one.id !== row.id && (one.company ?? null) === company)) {
    throw userError(
      'A contact record with this ID already exists. You must enter a unique contact ID for each record you create.',
      'entityId',
    );
  }
}
