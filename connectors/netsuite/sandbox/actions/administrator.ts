import { createPublicKey } from 'node:crypto';
import { type Choice, type Field, type FieldType, field } from '../schema/field.ts';
import type { AccountWorld, Level, StoredQuery } from '../state/account.ts';
import { needTable } from '../state/account.ts';
import { createRecord, deleteRecord, forget, updateRecord, type Writer } from '../state/records.ts';
import { changeField } from '../state/save.ts';
import { setSubscription } from '../state/subscriptions.ts';
import { stampOf } from '../state/time.ts';
import { idsOf } from '../suiteql/run.ts';
import { action, type Body, fieldsIn, named, optionalText, targets, text, texts } from './asked.ts';

/** A user at the screens: may do what the API may, and sees an error where the API may be silent. */
const user = (world: AccountWorld): Writer => ({ world, by: 'user' });

/** "Duplicate Detection and Merge": the primary keeps its fields and its subscription status (section_N994827). */
function merge(world: AccountWorld, body: Body): unknown {
  const table = needTable(world.state, text(body, 'record'));
  const primary = table.get(text(body, 'primary'));
  if (primary === undefined) throw new RangeError('There is no such record');
  for (const id of texts(body, 'losers')) {
    const loser = table.get(id);
    if (loser === undefined || loser.id === primary.id) throw new RangeError(`There is no such loser: ${id}`);
    forget(world, table, loser, primary.id);
    if (world.switches.isOn('mergeLeavesDeletedRecord')) {
      const { typeNumber } = table.definition;
      const deletedDate = stampOf(world.clock.now());
      world.state.deleted.push({
        recordType: table.name,
        typeNumber,
        recordId: id,
        name: String(loser.entityId),
        deletedDate,
      });
    }
  }
  const row = updateRecord(user(world), table, primary, {});
  return named([{ table, row }]);
}

/** A group with `members`, or a dynamic one with the SuiteQL `query` that stands for its saved search. */
function group(world: AccountWorld, body: Body): unknown {
  const table = needTable(world.state, 'entityGroup');
  const query = optionalText(body, 'query');
  if (query !== undefined) idsOf(world, query); // a wrong one is refused here
  const row = createRecord(user(world), table, {
    groupName: text(body, 'name'),
    groupType: optionalText(body, 'type') ?? 'Contact',
    isDynamic: query !== undefined,
  });
  if (query !== undefined) world.state.groupQueries.set(row.id, query);
  for (const member of texts(body, 'members')) world.state.groupMembers.push({ group: row.id, member });
  return { id: row.id };
}

function groupMembers(world: AccountWorld, body: Body): void {
  const { groupMembers: all } = world.state;
  const id = text(body, 'group');
  if (needTable(world.state, 'entityGroup').get(id) === undefined) throw new RangeError('There is no such group');
  const gone = new Set(texts(body, 'remove'));
  const kept = all.filter((one) => one.group !== id || !gone.has(one.member));
  const added = texts(body, 'add').map((member) => ({ group: id, member }));
  all.splice(0, all.length, ...kept, ...added);
}

function stored(world: AccountWorld, body: Body, prefix: string, all: StoredQuery[]): StoredQuery {
  const query = text(body, 'query');
  idsOf(world, query);
  const name = text(body, 'name');
  world.state.lastListId += 1;
  const recordType = needTable(world.state, optionalText(body, 'record') ?? 'contact').name;
  const id = String(world.state.lastListId);
  const scriptId = `${prefix}${name.toLowerCase().replace(/\W+/g, '_')}`;
  const one: StoredQuery = { id, scriptId, name, recordType, query };
  all.push(one);
  return one;
}

const TYPES: readonly FieldType[] = ['text', 'email', 'checkbox', 'datetime', 'date', 'integer', 'choice'];

function typeIn(body: Body): FieldType {
  const type = TYPES.find((one) => one === text(body, 'fieldType'));
  if (type === undefined) throw new RangeError(`fieldType is one of ${TYPES.join(', ')}`);
  return type;
}

function customField(body: Body): Field {
  const name = text(body, 'field');
  if (!/^custentity_?\w+$/.test(name)) throw new RangeError('field begins with custentity');
  const choices: readonly Choice[] = texts(body, 'choices').map((label, index) => ({ id: String(index + 1), label }));
  return field(name, typeIn(body), { choices, ...(typeof body.title === 'string' ? { title: body.title } : {}) });
}

function putField(world: AccountWorld, body: Body, put: Field): void {
  const change = { record: needTable(world.state, text(body, 'record')).name, put };
  world.state.fieldChanges.push(change);
  changeField(world.state.tables, change);
}

const LEVELS: readonly Level[] = ['none', 'view', 'create', 'edit', 'full'];

/** `{ record, level }`, or `{ name: rest | workbook | administrator, granted }`. */
function permission({ state }: AccountWorld, body: Body): void {
  const { permissions } = state;
  if (body.record !== undefined) {
    const level = LEVELS.find((one) => one === text(body, 'level'));
    if (level === undefined) throw new RangeError(`level is one of ${LEVELS.join(', ')}`);
    permissions.records.set(needTable(state, text(body, 'record')).name, level);
    return;
  }
  const name = text(body, 'name');
  if (name !== 'rest' && name !== 'workbook' && name !== 'administrator') {
    throw new RangeError('The permissions known here are rest, workbook and administrator');
  }
  permissions[name] = body.granted === true;
}

/** *OAuth 2.0 Client Credentials (M2M) Setup*: RSA of 3072 or 4096 bits, or P-256, P-384, P-521. */
function certificate(world: AccountWorld, body: Body): unknown {
  const key = createPublicKey(text(body, 'publicKey'));
  const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && modulusLength < 3072) throw new RangeError('RSA keys have 3072 or 4096 bits');
  const id = world.random.text(43, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789');
  world.state.credentials.certificates.push({ id, publicKey: key.export({ type: 'spki', format: 'pem' }).toString() });
  return { certificateId: id };
}

/** What an administrator does at the screens of the product. */
export const administratorActions = {
  'admin/create': action((world, body) => ({
    id: createRecord(user(world), needTable(world.state, text(body, 'record')), fieldsIn(body)).id,
  })),
  'admin/edit': action((world, body) => {
    const all = targets(world, body);
    for (const { table, row } of all) updateRecord(user(world), table, row, fieldsIn(body));
    return named(all);
  }),
  'admin/delete': action((world, body) => {
    const all = targets(world, body);
    for (const { table, row } of all) deleteRecord(user(world), table, row);
    return named(all);
  }),
  'admin/merge': action(merge),
  /** The entity has an invoice, an order: DELETE is refused. */
  'admin/transaction': action((world, body) => {
    const all = targets(world, body);
    for (const { row } of all) world.state.withTransactions.add(row.id);
    return named(all);
  }),
  /** A new subscription category; `{ name }`. */
  'admin/subscription-category': action((world, body) => ({
    id: createRecord(user(world), needTable(world.state, 'campaignSubscription'), { name: text(body, 'name') }).id,
  })),
  /** `{ id, subscription, subscribed }` of a customer. */
  'admin/subscription': action((world, body) => {
    const all = targets(world, { ...body, record: 'customer' });
    for (const { table, row } of all) {
      setSubscription(world, row.id, text(body, 'subscription'), body.subscribed === true);
      updateRecord(user(world), table, row, {});
    }
    return named(all);
  }),
  'admin/group': action(group),
  'admin/group-members': action(groupMembers),
  'admin/delete-group': action((world, body) => {
    const table = needTable(world.state, 'entityGroup');
    const row = table.get(text(body, 'group'));
    if (row === undefined) throw new RangeError('There is no such group');
    world.state.groupQueries.delete(row.id);
    deleteRecord(user(world), table, row);
  }),
  'admin/saved-search': action((world, body) => stored(world, body, 'customsearch_', world.state.savedSearches)),
  'admin/dataset': action((world, body) => stored(world, body, 'custdataset_', world.state.datasets)),
  /** Deploys a script: `{ source, script?, deploy? }`; one with the same ids is replaced. */
  'admin/restlet': action(({ state }, body) => {
    const script = optionalText(body, 'script') ?? `customscript_${state.deployments.length + 1}`;
    const deploy = optionalText(body, 'deploy') ?? script.replace('customscript', 'customdeploy');
    const others = state.deployments.filter((one) => one.script !== script || one.deploy !== deploy);
    state.deployments.splice(0, state.deployments.length, ...others, { script, deploy, source: text(body, 'source') });
    return { script, deploy };
  }),
  'admin/add-field': action((world, body) => putField(world, body, customField(body))),
  'admin/retype-field': action((world, body) => {
    const known = needTable(world.state, text(body, 'record')).field(text(body, 'field'));
    if (known?.custom !== true) throw new RangeError('There is no such custom field');
    putField(world, body, { ...customField(body), title: known.title });
  }),
  'admin/remove-field': action((world, body) => {
    const change = { record: needTable(world.state, text(body, 'record')).name, removed: text(body, 'field') };
    world.state.fieldChanges.push(change);
    changeField(world.state.tables, change);
  }),
  'admin/permission': action(permission),
  'admin/certificate': action(certificate),
  /** Every OAuth 2.0 access token given out is useless from now on. */
  'admin/revoke-tokens': action((world) => world.state.tokens.clear()),
  /** View Login Audit Trail: why calls got INVALID_LOGIN. */
  'admin/login-audit': action((world) => ({ entries: world.state.loginAudit })),
};
