import type { FieldValue } from '../schema/index.ts';
import type { Row } from '../soql/source.ts';
import { type Changes, changesOf, checkRow, type Writer } from './checks.ts';
import { RecordRefused } from './errors.ts';
import { trackHistory } from './history.ts';
import { to18 } from './ids.ts';
import { isShadowContact, mirrorPersonAccount } from './person-accounts.ts';
import type { Table } from './table.ts';
import { toStamp } from './timestamps.ts';

/** Creating, changing and deleting records, with everything the platform does on the side. */

export interface WriteOptions {
  /** The transaction commits this much later than it stamps the record: a late-visible commit. */
  readonly visibleAfterMs?: number;
}

function requireWritable(writer: Writer, table: Table): void {
  const access = writer.world.state.objectAccess.get(table.definition.name);
  if (!table.definition.writable || (access !== undefined && !writer.administrator)) {
    throw new RecordRefused('INSUFFICIENT_ACCESS_OR_READONLY', 'insufficient access rights on object id', []);
  }
}

/** Another transaction may hold the row: a set lock, a switch, or a commit still to come. */
function requireUnlocked(writer: Writer, id: string): void {
  const { state: org, switches } = writer.world;
  if (writer.administrator) return;
  org.writesSeen += 1;
  const nth = Number(switches.get('lockEveryNth'));
  const left = org.locks.get(id) ?? 0;
  if (left > 0) org.locks.set(id, left - 1);
  const pending = org.lateCommits.some((commit) => commit.row.Id === id);
  if (left > 0 || pending || (nth > 0 && org.writesSeen % nth === 0)) {
    throw new RecordRefused(
      'UNABLE_TO_LOCK_ROW',
      `unable to obtain exclusive access to this record or 1 records: ${id}`,
      [],
    );
  }
}

/**
 * A live record by id, for writing.
 * @throws RecordRefused when it is unknown, deleted, converted or locked
 */
export function liveRecord(writer: Writer, table: Table, givenId: string): Row {
  const id = to18(givenId);
  if (id === undefined) throw new RecordRefused('MALFORMED_ID', `bad id ${givenId}`, []);
  const row = table.get(id);
  if (!row) throw new RecordRefused('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', []);
  if (row.IsDeleted === true) throw new RecordRefused('ENTITY_IS_DELETED', 'entity is deleted', []);
  requireUnlocked(writer, id);
  return row;
}

function commit(writer: Writer, table: Table, row: Row, before: Row | undefined, options: WriteOptions): void {
  const { state: org, clock } = writer.world;
  if (options.visibleAfterMs !== undefined && options.visibleAfterMs > 0) {
    const visibleAtMs = clock.now() + options.visibleAfterMs;
    org.lateCommits.push({ object: table.definition.name, row, visibleAtMs });
    return;
  }
  org.put(table, row);
  trackHistory(writer, table, row, before);
  mirrorPersonAccount(writer, table, row);
}

/** Creates a record and returns its id. */
export function createRecord(
  writer: Writer,
  table: Table,
  given: Readonly<Record<string, unknown>>,
  options: WriteOptions = {},
): string {
  requireWritable(writer, table);
  const changes = changesOf(writer, table, given, true);
  const stamp = toStamp(writer.world.clock.now());
  const initial: Record<string, FieldValue> = {};
  for (const field of table.fields) if (field.initial !== null) initial[field.name] = field.initial;
  const row: Row = {
    ...initial,
    ...(table.field('OwnerId') ? { OwnerId: writer.userId } : {}),
    CreatedDate: stamp,
    LastModifiedDate: stamp,
    CreatedById: writer.userId,
    LastModifiedById: writer.userId,
    SystemModstamp: stamp,
    ...changes,
    Id: writer.world.state.nextId(table.definition.keyPrefix),
    IsDeleted: false,
  };
  checkRow(writer, table, row, undefined);
  requireUnlocked(writer, String(row.Id));
  commit(writer, table, row, undefined, options);
  return String(row.Id);
}

/** Changes a record: any update moves the dates, also one that changes nothing. */
export function updateRecord(
  writer: Writer,
  table: Table,
  id: string,
  given: Readonly<Record<string, unknown>>,
  options: WriteOptions = {},
): void {
  requireWritable(writer, table);
  const changes = changesOf(writer, table, given, false);
  const before = liveRecord(writer, table, id);
  refuseSpecialRows(writer, table, before);
  const row: Row = { ...before, ...stamps(writer), ...withoutStaleBounce(before, changes) };
  checkRow(writer, table, row, before);
  commit(writer, table, row, before, options);
}

/** What an update leaves on a record. */
export function stamps(writer: Writer): Changes {
  const stamp = toStamp(writer.world.clock.now());
  return { LastModifiedDate: stamp, LastModifiedById: writer.userId, SystemModstamp: stamp };
}

function refuseSpecialRows(writer: Writer, table: Table, row: Row): void {
  if (table.definition.name === 'Lead' && row.IsConverted === true) {
    throw new RecordRefused('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead', []);
  }
  const refused = writer.world.switches.get('shadowContactWrites') === 'refused' && !writer.administrator;
  if (refused && isShadowContact(table, row)) {
    const message = 'Unable to update the contact of a person account: update the account instead';
    throw new RecordRefused('INVALID_FIELD_FOR_INSERT_UPDATE', message, []);
  }
}

/** A new address has not bounced. */
function withoutStaleBounce(before: Row, changes: Changes): Changes {
  if (changes.Email === undefined || changes.Email === before.Email || before.EmailBouncedDate === undefined)
    return changes;
  return { EmailBouncedDate: null, EmailBouncedReason: null, ...changes };
}

/** Puts a record, and what belongs to it, into the Recycle Bin. */
export function deleteRecord(writer: Writer, table: Table, id: string): void {
  requireWritable(writer, table);
  const row = liveRecord(writer, table, id);
  const { state: org, clock } = writer.world;
  org.put(table, { ...row, ...stamps(writer), IsDeleted: true });
  org.deletions.push({ object: table.definition.name, id: String(row.Id), deletedAtMs: clock.now() });
  for (const [object, reference] of children(table)) {
    const child = org.needTable(object);
    const field = child.field(reference);
    const rows = field ? (child.having(field, String(row.Id)) ?? []) : [];
    for (const one of rows)
      if (one.IsDeleted !== true) deleteRecord({ ...writer, administrator: true }, child, String(one.Id));
  }
}

/** Records that are deleted with their parent. */
function children(table: Table): readonly (readonly [string, string])[] {
  switch (table.definition.name) {
    case 'Account':
      return [['Contact', 'AccountId']];
    case 'Contact':
      return [['CampaignMember', 'ContactId']];
    case 'Lead':
      return [['CampaignMember', 'LeadId']];
    case 'Campaign':
      return [['CampaignMember', 'CampaignId']];
    default:
      return [];
  }
}
