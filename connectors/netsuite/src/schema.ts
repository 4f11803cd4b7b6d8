import type { Account, FieldSchema, ListSchema, OptOutField, RecordTypeSchema, SystemSchema } from '@heed/contract';
import { answerOr, isOfKind } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';
import { type NetSuiteConfig, realmOf } from './config.ts';
import { SOFT_OPT_OUT } from './count.ts';
import { NOT_SHOWN } from './failure.ts';
import {
  RECORD_TYPES,
  REFERENCE,
  type RecordShape,
  type ShapeField,
  type Shapes,
  STATUS,
  UNSUBSCRIBE,
  UNSUBSCRIBED,
  withKnownColumns,
} from './record-shape.ts';
import { columnOf, isId, plain, select } from './suiteql.ts';
import { type Category, categories, topicField } from './topics.ts';

const LABELS = { contact: 'Contact', customer: 'Customer (lead, prospect, customer)' } as const;
const STATUSES = ['1', '2', '3', '4'];

/**
 * Soft (2) and confirmed (4) opt-out; only soft can be written, and a new record may have it without anybody's request (C28,
 * section_N995376). Confirmed Opt-In (3) is set by the recipient alone (section_N994827), so it proves an own opt-in (C7).
 */
const STANDARD: OptOutField = {
  field: STATUS,
  optedOutWhen: ['2', '4', UNSUBSCRIBED],
  write: '2',
  mayBeDefault: [SOFT_OPT_OUT],
  provesOptIn: ['3'],
};

/** Record types, fields, categories and lists, as the role of the integration user sees them. */
export const describeAccount = async (
  api: Api,
  shapes: Shapes,
  showsStatus: ShowsStatus,
  signal: AbortSignal,
): Promise<SystemSchema> => {
  const found = await Promise.all(RECORD_TYPES.map((type) => shapes(type, signal)));
  const topics = await categories(api, signal);
  const recordTypes: RecordTypeSchema[] = [];
  for (const shape of found)
    if (shape !== null) recordTypes.push(recordTypeOf(shape, await showsStatus.known(shape, signal), topics));
  return {
    recordTypes,
    lists: [...(await groups(api, signal)), ...(await datasets(api, signal))],
    audiences: [],
    topics: topics.map(({ id, name }) => ({ id, name, kind: 'subscription category' })),
  };
};

const recordTypeOf = (shape: RecordShape, showsStatus: boolean, topics: readonly Category[]): RecordTypeSchema => {
  const own = [...shape.fields.values()].filter(({ name }) => name !== UNSUBSCRIBE && !shape.hidden.has(name));
  const kept = shape.type === 'customer' ? topics : [];
  return {
    name: shape.type,
    label: LABELS[shape.type],
    fields: [...own.map(fieldSchemaOf), ...kept.map(topicSchemaOf)],
    standardOptOut: showsStatus ? STANDARD : hiddenStatus(shape.type),
    ...(kept.length === 0
      ? {}
      : {
          topicOptOuts: Object.fromEntries(
            kept.map(({ id }) => [id, { field: topicField(id), optedOutWhen: false, write: false }]),
          ),
        }),
    notCreatable: null,
  };
};

const hiddenStatus = (type: string): { readonly missing: string; readonly fix: string } => ({
  missing: STATUS,
  fix: `the feature Marketing Automation must be on, and the role needs ${permissionOf(type)} and SuiteAnalytics Workbook, so that ${type}.${STATUS} can be read`,
});

const permissionOf = (type: string): string => `Lists > ${type === 'contact' ? 'Contacts' : 'Customers'} (Edit)`;

const fieldSchemaOf = (field: ShapeField): FieldSchema => ({
  name: field.name,
  label: field.label,
  type: field.name === STATUS ? 'picklist' : field.type,
  writable: !field.readOnly && field.type !== 'other',
  // What a create needs depends on the account (subsidiary) and on the record (person or company): NetSuite tells when it refuses.
  required: false,
  options: field.name === STATUS ? [...STATUSES, UNSUBSCRIBED] : field.options,
  maxLength: field.maxLength,
  canBeReference: field.name === REFERENCE,
});

const topicSchemaOf = ({ id, name }: Category): FieldSchema => ({
  name: topicField(id),
  label: `Subscription: ${name}`,
  type: 'boolean',
  writable: true,
  required: false,
  options: null,
  maxLength: null,
  canBeReference: false,
});

/**
 * Whether a query shows the status: REST's catalog may have it and the query may not (C18). `check` asks, which proves the login as
 * well; the schema that follows it takes the answer.
 */
export interface ShowsStatus {
  asked(shape: RecordShape, signal: AbortSignal): Promise<boolean>;
  known(shape: RecordShape, signal: AbortSignal): Promise<boolean>;
}

export const statusShownBy = (api: Api): ShowsStatus => {
  const answers = new Map<RecordShape, boolean>();
  const asked: ShowsStatus['asked'] = async (shape, signal) => {
    if (!shape.fields.has(STATUS)) return false;
    const run = (known: readonly string[]) =>
      api.query(select(['id', ...known.map(columnOf)], shape.type, [plain('id = 0')]), signal, 1);
    await withKnownColumns(api, shape, [STATUS], run, signal);
    const isShown = !shape.hidden.has(STATUS);
    answers.set(shape, isShown);
    return isShown;
  };
  return { asked, known: async (shape, signal) => answers.get(shape) ?? asked(shape, signal) };
};

/** Static and dynamic groups (Lists > Relationships > Groups); none where queries do not show them. */
const groups = async (api: Api, signal: AbortSignal): Promise<readonly ListSchema[]> => {
  const all = api.everyRow(select(['id', 'groupname'], 'entitygroup', [], 'id'), signal);
  const rows = await answerOr(all, NOT_SHOWN, []);
  return rows.flatMap(({ id, groupname }) =>
    isId(String(id)) ? [{ kind: 'group', id: String(id), name: String(groupname ?? ''), size: null }] : [],
  );
};

const datasetList = z.object({ items: z.array(z.object({ id: z.string(), name: z.string().optional() })) });

const datasets = async (api: Api, signal: AbortSignal): Promise<readonly ListSchema[]> => {
  const all = api.get('datasets', '/query/v1/dataset/?limit=1000&offset=0', signal);
  const parsed = datasetList.safeParse(await answerOr(all, NOT_SHOWN, null));
  return (parsed.data?.items ?? []).map(({ id, name = '' }) => ({ kind: 'dataset', id, name, size: null }));
};

/** Signs in, describes both record types, and looks whether queries show their consent. */
export const checkAccount = async (
  shapes: Shapes,
  showsStatus: ShowsStatus,
  config: NetSuiteConfig,
  signal: AbortSignal,
): Promise<Account> => {
  const gaps: { what: string; fix: string }[] = [];
  for (const type of RECORD_TYPES) {
    const shape = await shapes(type, signal);
    if (shape === null) {
      gaps.push({ what: `${type} records cannot be read`, fix: `grant the role ${permissionOf(type)}` });
      continue;
    }
    try {
      if (!(await showsStatus.asked(shape, signal)))
        gaps.push({
          what: `${type}.${STATUS} is hidden: opt-outs of ${type} records are unknown`,
          fix: hiddenStatus(type).fix,
        });
    } catch (error) {
      if (!isOfKind(error, 'forbidden', 'missing', 'invalid')) throw error;
      gaps.push({
        what: `queries on ${type} are refused: no ${type} can be synced`,
        fix: `grant the role SuiteAnalytics Workbook and ${permissionOf(type)}`,
      });
    }
  }
  return { id: realmOf(config), name: `NetSuite ${realmOf(config)}`, gaps };
};
