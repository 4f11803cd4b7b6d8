import type { FieldValue } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import type { Writer } from './checks.ts';
import { checkRow } from './checks.ts';
import { RecordRefused } from './errors.ts';
import type { OrgWorld } from './org.ts';
import { createRecord, liveRecord, stamps } from './records.ts';
import type { Table } from './table.ts';
import { fromStamp } from './timestamps.ts';

/** How long deleted records stay in the Recycle Bin, and for how long `/deleted` knows them. */
export const recycleBinMs = 15 * 86_400_000;

/** Takes a record out of the Recycle Bin again; its fields are as they were. */
export function undelete(writer: Writer, table: Table, id: string): void {
  const org = writer.world.state;
  const row = table.get(id);
  const expired = row && writer.world.clock.now() - fromStamp(String(row.SystemModstamp)) > recycleBinMs;
  if (row?.IsDeleted !== true || expired || typeof row.MasterRecordId === 'string') {
    throw new RecordRefused('UNDELETE_FAILED', 'Entity is not in the recycle bin', []);
  }
  const restored: Row = { ...row, ...stamps(writer), IsDeleted: false };
  checkRow(writer, table, restored, row);
  org.put(table, restored);
}

/**
 * Merges up to two records into a master. "master's field values prevail": an opt-out only a loser had is gone unless
 * `fields` sets it. Losers end in the Recycle Bin with MasterRecordId set; campaign members move to the master.
 */
export function merge(
  writer: Writer,
  table: Table,
  masterId: string,
  loserIds: readonly string[],
  fields: Row = {},
): void {
  const org = writer.world.state;
  if (!['Lead', 'Contact', 'Account'].includes(table.definition.name) || loserIds.length < 1 || loserIds.length > 2) {
    throw new RecordRefused('INVALID_OPERATION', 'merge takes a Lead, Contact or Account and one or two others', []);
  }
  const master = liveRecord(writer, table, masterId);
  for (const loserId of loserIds) {
    const loser = liveRecord(writer, table, loserId);
    org.put(table, { ...loser, ...stamps(writer), IsDeleted: true, MasterRecordId: master.Id ?? null });
    org.deletions.push({ object: table.definition.name, id: String(loser.Id), deletedAtMs: writer.world.clock.now() });
    moveChildren(writer, table, String(loser.Id), String(master.Id));
  }
  org.put(table, { ...master, ...fields, ...stamps(writer) });
}

function moveChildren(writer: Writer, table: Table, fromId: string, toId: string): void {
  const org = writer.world.state;
  const [object, reference] =
    table.definition.name === 'Account' ? ['Contact', 'AccountId'] : ['CampaignMember', `${table.definition.name}Id`];
  const child = org.needTable(object);
  const field = child.field(reference);
  if (!field) return;
  const kept = new Set((child.having(field, toId) ?? []).map((row) => row.CampaignId));
  for (const row of child.having(field, fromId) ?? []) {
    const twice = object === 'CampaignMember' && kept.has(row.CampaignId);
    org.put(child, { ...row, ...stamps(writer), ...(twice ? { IsDeleted: true } : { [reference]: toId }) });
  }
}

export interface Conversion {
  readonly contactId: string;
  readonly accountId: string;
}

/** Lead fields and the Contact fields they become by the standard mapping. */
const conversionMap: Readonly<Record<string, string>> = {
  FirstName: 'FirstName',
  LastName: 'LastName',
  Salutation: 'Salutation',
  Title: 'Title',
  Email: 'Email',
  Phone: 'Phone',
  MobilePhone: 'MobilePhone',
  LeadSource: 'LeadSource',
  Street: 'MailingStreet',
  City: 'MailingCity',
  State: 'MailingState',
  PostalCode: 'MailingPostalCode',
  Country: 'MailingCountry',
  HasOptedOutOfEmail: 'HasOptedOutOfEmail',
  IndividualId: 'IndividualId',
};

/** Converts a lead into a new Contact, or onto one that exists; the lead becomes read-only. */
export function convertLead(writer: Writer, leadId: string, ontoContactId: string | undefined): Conversion {
  const { state: org, switches, clock } = writer.world;
  const leads = org.needTable('Lead');
  const contacts = org.needTable('Contact');
  const lead = liveRecord(writer, leads, leadId);
  if (lead.IsConverted === true) throw new RecordRefused('CANNOT_UPDATE_CONVERTED_LEAD', 'lead already converted', []);
  const existing = ontoContactId === undefined ? undefined : liveRecord(writer, contacts, ontoContactId);
  const accountId =
    typeof existing?.AccountId === 'string'
      ? existing.AccountId
      : createRecord(writer, org.needTable('Account'), { Name: lead.Company });
  const contactId = existing ? String(existing.Id) : createContact(writer, lead, accountId);
  if (existing && lead.HasOptedOutOfEmail === true && switches.isOn('conversionCarriesOptOut')) {
    org.put(contacts, { ...existing, ...stamps(writer), HasOptedOutOfEmail: true });
  }
  org.put(leads, {
    ...lead,
    ...stamps(writer),
    IsConverted: true,
    Status: 'Closed - Converted',
    ConvertedDate: new Date(clock.now()).toISOString().slice(0, 10),
    ConvertedContactId: contactId,
    ConvertedAccountId: accountId,
  });
  const members = org.needTable('CampaignMember');
  const byLead = members.field('LeadId');
  for (const member of byLead ? (members.having(byLead, leadId) ?? []) : []) {
    org.put(members, { ...member, ...stamps(writer), ContactId: contactId });
  }
  return { contactId, accountId };
}

function createContact(writer: Writer, lead: Row, accountId: string): string {
  const fields: Record<string, FieldValue> = { AccountId: accountId };
  for (const [from, to] of Object.entries(conversionMap)) {
    const value = lead[from];
    if (value !== undefined && value !== null) fields[to] = value;
  }
  return createRecord(writer, writer.world.state.needTable('Contact'), fields);
}

/** Commits whose time has come become visible, with the older SystemModstamp they were given. */
export function settleLateCommits(world: OrgWorld): void {
  const org = world.state;
  if (org.lateCommits.length === 0) return;
  const now = world.clock.now();
  for (const { object, row, visibleAtMs } of org.lateCommits) {
    if (visibleAtMs <= now) org.put(org.needTable(object), row);
  }
  org.lateCommits = org.lateCommits.filter((commit) => commit.visibleAtMs > now);
}
