import type { Row } from '../soql/source.ts';
import type { Writer } from './checks.ts';
import type { Table } from './table.ts';
import { toStamp } from './timestamps.ts';

const tracked = 'HasOptedOutOfEmail';

/** What a change of the opt-out leaves elsewhere: a history row where tracking is on, a touched campaign member. */
export function trackHistory(writer: Writer, table: Table, row: Row, before: Row | undefined): void {
  const { state: org, switches, clock } = writer.world;
  const object = table.definition.name;
  if ((object !== 'Contact' && object !== 'Lead') || !before || before[tracked] === row[tracked]) return;
  const stamp = toStamp(clock.now());
  if (switches.isOn('fieldHistory')) {
    const history = org.needTable(`${object}History`);
    org.put(history, {
      Id: org.nextId(history.definition.keyPrefix),
      IsDeleted: false,
      [`${object}Id`]: row.Id ?? null,
      Field: tracked,
      OldValue: String(before[tracked]),
      NewValue: String(row[tracked]),
      CreatedById: writer.userId,
      CreatedDate: stamp,
    });
  }
  if (switches.isOn('memberFollowsPerson')) {
    const members = org.needTable('CampaignMember');
    const field = members.field(`${object}Id`);
    const rows = field ? (members.having(field, String(row.Id)) ?? []) : [];
    for (const member of rows) org.put(members, { ...member, SystemModstamp: stamp });
  }
}
