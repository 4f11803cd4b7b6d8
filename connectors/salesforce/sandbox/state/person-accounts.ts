import type { Row } from '../soql/source.ts';
import type { Writer } from './checks.ts';
import type { Table } from './table.ts';

/** A person account is an Account and a shadow Contact; the Account is the one to write (notes, section 3). */
const mirrored: Readonly<Record<string, string>> = {
  FirstName: 'FirstName',
  LastName: 'LastName',
  PersonEmail: 'Email',
  PersonHasOptedOutOfEmail: 'HasOptedOutOfEmail',
  PersonMobilePhone: 'MobilePhone',
  PersonTitle: 'Title',
  PersonBirthdate: 'Birthdate',
};

export function isShadowContact(table: Table, row: Row): boolean {
  return table.definition.name === 'Contact' && row.IsPersonAccount === true;
}

/** Carries a written person account over to its Contact, or a written Contact over to its account. */
export function mirrorPersonAccount(writer: Writer, table: Table, row: Row): void {
  const org = writer.world.state;
  if (isShadowContact(table, row) && typeof row.AccountId === 'string') {
    const accounts = org.needTable('Account');
    const account = accounts.get(row.AccountId);
    if (account) org.put(accounts, { ...account, ...stampsOf(row), ...accountFields(row) });
  }
  if (table.definition.name === 'Account' && row.IsPersonAccount === true && typeof row.PersonContactId === 'string') {
    const contacts = org.needTable('Contact');
    const contact = contacts.get(row.PersonContactId);
    if (contact) org.put(contacts, { ...contact, ...stampsOf(row), ...contactFields(row) });
    org.put(table, { ...row, Name: [row.FirstName, row.LastName].filter((n) => n).join(' ') });
  }
}

function stampsOf(row: Row): Row {
  const { LastModifiedDate = null, LastModifiedById = null, SystemModstamp = null } = row;
  return { LastModifiedDate, LastModifiedById, SystemModstamp };
}

function contactFields(account: Row): Row {
  return Object.fromEntries(Object.entries(mirrored).map(([ours, theirs]) => [theirs, account[ours] ?? null]));
}

function accountFields(contact: Row): Row {
  const fields = Object.entries(mirrored).map(([ours, theirs]) => [ours, contact[theirs] ?? null]);
  const Name = [contact.FirstName, contact.LastName].filter((n) => n).join(' ');
  return { ...Object.fromEntries(fields), Name };
}

/** Turns a fresh Account into a person account with its shadow Contact. */
export function makePersonAccount(writer: Writer, accountId: string): string {
  const org = writer.world.state;
  const accounts = org.needTable('Account');
  const contacts = org.needTable('Contact');
  const account = accounts.get(accountId);
  if (!account) throw new RangeError(`There is no account ${accountId}`);
  const contactId = org.nextId(contacts.definition.keyPrefix);
  const { CreatedDate = null, CreatedById = null, OwnerId = null } = account;
  const base = {
    Id: contactId,
    IsDeleted: false,
    AccountId: accountId,
    IsPersonAccount: true,
    HasOptedOutOfEmail: false,
  };
  org.put(contacts, { ...base, CreatedDate, CreatedById, OwnerId, ...stampsOf(account), ...contactFields(account) });
  org.put(accounts, { ...account, IsPersonAccount: true, PersonContactId: contactId });
  return contactId;
}
