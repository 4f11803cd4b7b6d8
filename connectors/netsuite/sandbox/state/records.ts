import type { AccountWorld } from './account.ts';
import { checkRow } from './checks.ts';
import { userError } from './ns-error.ts';
import { nextStatus } from './status.ts';
import { subscriptionsFollow } from './subscriptions.ts';
import type { FieldValue, Row, Table } from './table.ts';
import { stampOf } from './time.ts';

export type Changes = Readonly<Record<string, FieldValue>>;

/** Who writes: a client of the API, a user at the screens, or the recipient of a mail. */
export interface Writer {
  readonly world: AccountWorld;
  readonly by: 'api' | 'user' | 'recipient';
}

/**
 * Stores a new record.
 * @throws NsError for everything a record can have wrong
 */
export function createRecord(writer: Writer, table: Table, changes: Changes): Row {
  const { world } = writer;
  const { isEntity, isMailed } = table.definition;
  const now = stampOf(world.clock.now());
  const id = String(isEntity ? world.state.lastEntityId + 1 : world.state.lastListId + 1);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  const status = isMailed ? { globalSubscriptionStatus: nextStatus(writer, undefined, statusIn(changes)) } : {};
  const row = derived(world, table, {
    ...startOf(table),
    ...(table.field('dateCreated') === undefined ? {} : { dateCreated: now, lastModifiedDate: now }),
    ...given,
    ...status,
    id,
  });
  checkRow(writer, table, row, undefined);
  if (isEntity) world.state.lastEntityId += 1;
  else world.state.lastListId += 1;
  table.put(row);
  if (table.name === 'customer') subscriptionsFollow(world, undefined, row);
  return row;
}

/**
 * Stores a new state of a record. `lastModifiedDate` moves with every save; with a recipient's click as the switch says.
 * @throws NsError for everything a record can have wrong
 */
export function updateRecord(writer: Writer, table: Table, before: Row, changes: Changes): Row {
  const { world } = writer;
  const moves = writer.by !== 'recipient' || world.switches.isOn('recipientActMovesLastModified');
  const stamped = moves && table.field('lastModifiedDate') !== undefined;
  const next: Record<string, FieldValue> & { readonly id: string } = {
    ...before,
    ...changes,
    ...(stamped ? { lastModifiedDate: stampOf(world.clock.now()), ...stampIn(writer, changes) } : {}),
    id: before.id,
  };
  if (table.definition.isMailed) {
    next.globalSubscriptionStatus = nextStatus(writer, String(before.globalSubscriptionStatus), statusIn(changes));
  }
  for (const field of table.fields)
    if (field.type === 'checkbox' && next[field.name] === null) next[field.name] = false;
  const row = derived(world, table, next);
  checkRow(writer, table, row, before);
  table.put(row);
  if (table.name === 'customer') subscriptionsFollow(world, before, row);
  return row;
}

/** Removes a record and remembers that it was there. Refused for an entity with transactions (notes, section 2). */
export function deleteRecord(writer: Writer, table: Table, row: Row): void {
  const { state, clock, switches } = writer.world;
  if (state.withTransactions.has(row.id) && switches.get('deleteWithTransactions') === 'refused') {
    throw userError('This record cannot be deleted because it has dependent records.');
  }
  forget(writer.world, table, row);
  state.deleted.push({
    recordType: table.name,
    typeNumber: table.definition.typeNumber,
    recordId: row.id,
    name: String(row.entityId ?? row.name ?? row.id),
    deletedDate: stampOf(clock.now()),
  });
}

/** Takes a record out of everything that names it. */
export function forget({ state }: AccountWorld, table: Table, row: Row, successor?: string): void {
  table.remove(row.id);
  state.subscriptions.delete(row.id);
  state.bounced.delete(row.id);
  const kept = state.groupMembers.flatMap((one) => {
    if (one.member !== row.id) return one.group === row.id ? [] : [one];
    return successor === undefined ? [] : [{ ...one, member: successor }];
  });
  state.groupMembers.splice(0, state.groupMembers.length, ...kept);
  if (table.name !== 'customer') return;
  const contacts = state.tables.get('contact');
  for (const contact of [...(contacts?.rows() ?? [])]) {
    if (contact.company === row.id) contacts?.put({ ...contact, company: successor ?? null });
  }
}

function statusIn(changes: Changes): string | undefined {
  const status = changes.globalSubscriptionStatus;
  return typeof status === 'string' ? status : undefined;
}

/** Imports and the demonstration date their records themselves; API writes cannot. */
function stampIn(writer: Writer, changes: Changes): Changes {
  return writer.by === 'user' && changes.lastModifiedDate !== undefined
    ? { lastModifiedDate: changes.lastModifiedDate }
    : {};
}

function startOf(table: Table): Changes {
  const start: Record<string, FieldValue> = {};
  for (const field of table.fields) {
    if (field.type === 'checkbox') start[field.name] = false;
    if (field.name === 'emailPreference') start[field.name] = 'DEFAULT';
  }
  return start;
}

const nameOf = (row: Row): string =>
  [row.firstName, row.middleName, row.lastName].filter((part) => typeof part === 'string' && part !== '').join(' ');

/** What follows from other fields: the name of a contact, the number of a customer, its stage. */
function derived({ state, switches }: AccountWorld, table: Table, row: Row): Row {
  if (table.name === 'contact') {
    return typeof row.entityId === 'string' || nameOf(row) === '' ? row : { ...row, entityId: nameOf(row) };
  }
  if (table.name !== 'customer') return row;
  const entityStatus = typeof row.entityStatus === 'string' ? row.entityStatus : '13';
  const isNew = table.get(row.id) === undefined;
  const asPerson =
    isNew &&
    row.isPerson === false &&
    switches.get('defaultCustomerType') === 'person' &&
    row.companyName === undefined;
  return {
    ...row,
    isPerson: asPerson || row.isPerson === true,
    entityId: typeof row.entityId === 'string' ? row.entityId : row.id,
    entityStatus,
    searchStage: state.tables.get('customerstatus')?.get(entityStatus)?.stage ?? 'Customer',
  };
}
