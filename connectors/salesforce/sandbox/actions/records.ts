import type { Row } from '../soql/source.ts';
import { to18 } from '../state/ids.ts';
import { convertLead, merge, undelete } from '../state/lifecycle.ts';
import { makePersonAccount } from '../state/person-accounts.ts';
import { createRecord, deleteRecord, updateRecord } from '../state/records.ts';
import { toStamp } from '../state/timestamps.ts';
import { action, administrator, fieldsIn, named, optionalText, tableIn, target, targets, text } from './asked.ts';
import { lateness } from './person.ts';

/** What an administrator does with records in the product's screens. */
export const recordActions = {
  'admin/create': action((world, body) => ({
    id: createRecord(administrator(world), tableIn(world, body), fieldsIn(body), lateness(body)),
  })),
  'admin/edit': action((world, body) => {
    const all = targets(world, body);
    for (const { table, row } of all) {
      updateRecord(administrator(world), table, String(row.Id), fieldsIn(body), lateness(body));
    }
    return named(all);
  }),
  /** "SystemModstamp moved by touch without LastModifiedDate". */
  'admin/touch': action((world, body) => {
    const all = targets(world, body);
    const SystemModstamp = toStamp(world.clock.now());
    for (const { table, row } of all) world.state.put(table, { ...row, SystemModstamp });
    return named(all);
  }),
  'admin/delete': action((world, body) => {
    const all = targets(world, body);
    for (const { table, row } of all) deleteRecord(administrator(world), table, String(row.Id));
    return named(all);
  }),
  'admin/undelete': action((world, body) => {
    const { table, row } = target(world, body);
    undelete(administrator(world), table, String(row.Id));
    return named([{ table, row }]);
  }),
  'admin/merge': action((world, body) => {
    const losers = Array.isArray(body.losers) ? body.losers.map(String) : [];
    const fields = body.fields === undefined ? {} : (fieldsIn(body) as Row);
    merge(
      administrator(world),
      tableIn(world, body),
      text(body, 'master'),
      losers.map((id) => to18(id) ?? id),
      fields,
    );
  }),
  'admin/convert': action((world, body) => {
    const { row } = target(world, { type: 'Lead', ...body });
    return convertLead(administrator(world), String(row.Id), optionalText(body, 'contact'));
  }),
  'admin/person-account': action((world, body) => {
    if (!world.switches.isOn('personAccounts')) throw new RangeError('Person accounts are not enabled in this org');
    const fields = fieldsIn(body);
    const name = [fields.FirstName, fields.LastName].filter((part) => typeof part === 'string').join(' ');
    const accounts = world.state.needTable('Account');
    const id = createRecord(administrator(world), accounts, { ...fields, Name: name });
    return { id, contactId: makePersonAccount(administrator(world), id) };
  }),
  'admin/campaign': action((world, body) => ({
    id: createRecord(administrator(world), world.state.needTable('Campaign'), {
      Name: text(body, 'name'),
      IsActive: true,
      Status: 'In Progress',
    }),
  })),
  'admin/add-member': action((world, body) => {
    const members = world.state.needTable('CampaignMember');
    const all = targets(world, body);
    const ids = all.map(({ table, row }) =>
      createRecord(administrator(world), members, {
        CampaignId: text(body, 'campaign'),
        [`${table.definition.name}Id`]: row.Id,
        Status: optionalText(body, 'status') ?? 'Sent',
      }),
    );
    return { ...named(all), members: ids };
  }),
  'admin/remove-member': action((world, body) => {
    const campaign = to18(text(body, 'campaign'));
    const members = world.state.needTable('CampaignMember');
    for (const { table, row } of targets(world, body)) {
      const field = members.field(`${table.definition.name}Id`);
      const rows = field ? (members.having(field, String(row.Id)) ?? []) : [];
      const live = rows.filter((member) => member.CampaignId === campaign && member.IsDeleted !== true);
      for (const member of live) deleteRecord(administrator(world), members, String(member.Id));
    }
  }),
};
