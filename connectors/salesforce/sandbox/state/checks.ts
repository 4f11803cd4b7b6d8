import type { FieldDefinition, FieldValue } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import { CallRefused, RecordRefused } from './errors.ts';
import { type OrgWorld, stored } from './org.ts';
import type { Table } from './table.ts';
import { storable } from './values.ts';

export type Changes = Readonly<Record<string, FieldValue>>;

/** Who writes, and how. */
export interface Writer {
  readonly world: OrgWorld;
  readonly userId: string;
  /** The connected user is bound by field-level security; an administrator's act here is not. */
  readonly administrator: boolean;
  /** `Sforce-Duplicate-Rule-Header: allowSave=true` */
  readonly allowDuplicates: boolean;
}

/** What a failed look-up of a field by the writer means. */
function noSuchField(name: string, object: string): CallRefused {
  return new CallRefused(400, 'INVALID_FIELD', `No such column '${name}' on sobject of type ${object}`);
}

function isWritable(writer: Writer, table: Table, field: FieldDefinition, creating: boolean): boolean {
  if (writer.administrator) return field.name !== 'Id';
  const { hiddenFields, readOnlyFields } = writer.world.state;
  const path = `${table.definition.name}.${field.name}`;
  return (creating ? field.createable : field.updateable) && !hiddenFields.has(path) && !readOnlyFields.has(path);
}

/**
 * The given JSON fields as changes to a record.
 * @throws CallRefused for unknown fields and JSON of the wrong type, RecordRefused for everything a record can have wrong
 */
export function changesOf(
  writer: Writer,
  table: Table,
  given: Readonly<Record<string, unknown>>,
  creating: boolean,
): Changes {
  const changes: Record<string, FieldValue> = {};
  const refused: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (name === 'attributes') continue;
    const field = table.field(name);
    if (!field) {
      const error = noSuchField(name, table.definition.name);
      if (writer.world.switches.get('unknownFieldInCollection') === 'call') throw error;
      throw new RecordRefused('INVALID_FIELD', error.message, [name]);
    }
    if (isWritable(writer, table, field, creating)) changes[field.name] = storable(field, value, writer.world.switches);
    else refused.push(field.name);
  }
  if (refused.length > 0) {
    throw new RecordRefused(
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      `Unable to create/update fields: ${refused.join(', ')}. Please check the security settings of this field and verify that it is read/write for your profile or permission set.`,
      refused,
    );
  }
  return changes;
}

/** Required fields, references, unique fields and the duplicate rule, on the row as it would be stored. */
export function checkRow(writer: Writer, table: Table, row: Row, before: Row | undefined): void {
  const missing = table.fields.filter(
    (f) => !f.nillable && f.createable && f.type !== 'boolean' && stored(row, f) === null,
  );
  if (missing.length > 0) {
    const names = missing.map((f) => f.name);
    throw new RecordRefused('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names);
  }
  checkReferences(writer, table, row, before);
  checkUnique(table, row);
  checkDuplicateRule(writer, table, row, before);
}

function checkReferences(writer: Writer, table: Table, row: Row, before: Row | undefined): void {
  for (const field of table.fields) {
    const id = row[field.name];
    const target = field.referenceTo[0];
    if (field.type !== 'reference' || typeof id !== 'string' || target === undefined || before?.[field.name] === id)
      continue;
    const parent = writer.world.state.table(target)?.get(id);
    if (!parent || parent.IsDeleted === true) {
      throw new RecordRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field.name]);
    }
  }
  if (table.definition.name === 'CampaignMember') checkMember(table, row);
}

/** A person is a member of a campaign once. */
function checkMember(table: Table, row: Row): void {
  const reference = table.field(typeof row.ContactId === 'string' ? 'ContactId' : 'LeadId');
  const person = reference && row[reference.name];
  if (!reference || typeof person !== 'string') {
    throw new RecordRefused('REQUIRED_FIELD_MISSING', 'Required fields are missing: [ContactId or LeadId]', []);
  }
  const others = table.having(reference, person) ?? [];
  if (others.some((m) => m.Id !== row.Id && m.CampaignId === row.CampaignId && m.IsDeleted !== true)) {
    throw new RecordRefused('DUPLICATE_VALUE', 'Already a campaign member.', []);
  }
}

/** A unique field's value may be on one live record; case is ignored; the Recycle Bin does not count. */
function checkUnique(table: Table, row: Row): void {
  for (const field of table.fields) {
    const value = row[field.name];
    if (!field.unique || typeof value !== 'string') continue;
    const other = table.having(field, value)?.find((r) => r.Id !== row.Id && r.IsDeleted !== true);
    if (other) {
      const message = `duplicate value found: ${field.name} duplicates value on record with id: ${String(other.Id)}`;
      throw new RecordRefused('DUPLICATE_VALUE', message, []);
    }
  }
}

function checkDuplicateRule(writer: Writer, table: Table, row: Row, before: Row | undefined): void {
  const rule = writer.world.switches.get('duplicateRule');
  if (rule === 'off' || writer.administrator || (rule === 'alert' && writer.allowDuplicates)) return;
  const field = table.field('Email');
  const email = row.Email;
  if (!field || field.derived || typeof email !== 'string' || before?.Email === email) return;
  if (table.having(field, email)?.some((r) => r.Id !== row.Id && r.IsDeleted !== true)) {
    throw new RecordRefused('DUPLICATES_DETECTED', 'Use one of these records?', []);
  }
}
