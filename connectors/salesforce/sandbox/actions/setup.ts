import { createPublicKey } from 'node:crypto';
import { endJob, isRunning } from '../bulk/job.ts';
import { type FieldDefinition, type FieldType, field } from '../schema/index.ts';
import { parseSoql } from '../soql/parse.ts';
import { retypeField, takeFieldAway } from '../state/changing-fields.ts';
import { to18 } from '../state/ids.ts';
import type { OrgWorld } from '../state/org.ts';
import { rotateTokens } from '../state/tokens.ts';
import { action, type Body, fieldTypes, optionalText, tableIn, text } from './asked.ts';

/** What an administrator does in Setup. */

function fieldPath(world: OrgWorld, body: Body): string {
  const table = tableIn(world, body);
  const known = table.field(text(body, 'field'));
  if (!known) throw new RangeError(`${table.definition.name} has no field ${text(body, 'field')}`);
  return `${table.definition.name}.${known.name}`;
}

function customField(body: Body): FieldDefinition {
  const name = text(body, 'name');
  const type = fieldTypeIn(body);
  if (!name.endsWith('__c')) throw new RangeError('name ends in __c');
  return field(name, type, {
    ...(typeof body.label === 'string' ? { label: body.label } : {}),
    ...(typeof body.length === 'number' ? { length: body.length } : {}),
    ...(Array.isArray(body.picklistValues) ? { picklistValues: body.picklistValues.map(String) } : {}),
    restrictedPicklist: body.restrictedPicklist === true,
    externalId: body.externalId === true,
    unique: body.unique === true,
    idLookup: body.externalId === true || type === 'email',
  });
}

function fieldTypeIn(body: Body): FieldType {
  const type = fieldTypes.find((one) => one === text(body, 'fieldType'));
  if (!type) throw new RangeError(`fieldType is one of ${fieldTypes.join(', ')}`);
  return type;
}

export const setupActions = {
  'admin/add-field': action((world, body) => {
    const table = tableIn(world, body);
    const added = customField(body);
    table.addField(added);
    world.state.removedFields.delete(`${table.definition.name}.${added.name}`);
    world.state.customFields.push({ object: table.definition.name, field: added });
  }),
  /** Deletes a custom field, or hides a standard one. */
  'admin/remove-field': action((world, body) => takeFieldAway(world.state, tableIn(world, body), text(body, 'field'))),
  'admin/retype-field': action((world, body) =>
    retypeField(world.state, tableIn(world, body), text(body, 'field'), fieldTypeIn(body)),
  ),
  'admin/hide-field': action((world, body) => void world.state.hiddenFields.add(fieldPath(world, body))),
  'admin/read-only-field': action((world, body) => void world.state.readOnlyFields.add(fieldPath(world, body))),
  /** Gives back what hide-field, read-only-field or object-access took. */
  'admin/grant': action((world, body) => {
    const org = world.state;
    if (body.field === undefined) org.objectAccess.delete(tableIn(world, body).definition.name);
    else for (const set of [org.hiddenFields, org.readOnlyFields]) set.delete(fieldPath(world, body));
  }),
  'admin/object-access': action((world, body) => {
    const access = text(body, 'access');
    if (access !== 'none' && access !== 'read') throw new RangeError('access is none or read');
    world.state.objectAccess.set(tableIn(world, body).definition.name, access);
  }),
  'admin/permission': action((world, body) => {
    if (text(body, 'name') !== 'PrivacyData') throw new RangeError('The permission known here is PrivacyData');
    world.state.seesPrivacyData = body.granted === true;
  }),
  'admin/lock': action((world, body) => {
    world.state.locks.set(to18(text(body, 'id')) ?? '', Number(body.times ?? 1));
  }),
  'admin/list-view': action((world, body) => {
    const parsed = parseSoql(text(body, 'query'));
    const object = world.state.needTable(parsed.object).definition.name;
    const id = world.state.nextId('00B');
    const label = text(body, 'label');
    const developerName = label.replace(/\W+/g, '_');
    world.state.listViews.push({ id, object, label, developerName, query: text(body, 'query') });
    return { id };
  }),
  /** The certificate of the JWT bearer flow, as PEM. */
  'admin/certificate': action((world, body) => {
    world.state.credentials.publicKey = createPublicKey(text(body, 'publicKey'))
      .export({ type: 'spki', format: 'pem' })
      .toString();
  }),
  /** Every token given out is useless from now on; refresh tokens too with `refreshTokens: true`. */
  'admin/end-sessions': action((world, body) => {
    world.state.accessTokens.clear();
    if (body.refreshTokens === true) world.state.refreshTokens.clear();
  }),
  /** Somebody else refreshed with the same token and was given a new one. */
  'admin/rotate-tokens': action((world, body) => rotateTokens(world, optionalText(body, 'accessToken'))),
  /** A user with "Manage Data Integrations" cancels a bulk job: what it did stays done. */
  'admin/abort-job': action((world, body) => {
    const job = world.state.jobs.get(to18(text(body, 'id')) ?? '');
    if (!job || (job.state !== 'Open' && !isRunning(job)))
      throw new RangeError('There is no such job, or it has ended');
    endJob(job, 'Aborted', world.clock.now());
  }),
  /** "The delete log can be purged after 2 h under load": nothing deleted before now is known any more. */
  'admin/purge-delete-log': action((world) => {
    world.state.deletionsKnownSinceMs = world.clock.now();
  }),
  /** Empties the Recycle Bin: `/queryAll` no longer shows what was in it. */
  'admin/empty-recycle-bin': action((world) => {
    for (const table of world.state.tables.values()) {
      const gone = [...table.rows()].filter((row) => row.IsDeleted === true);
      for (const row of gone) table.purge(String(row.Id));
    }
  }),
};
