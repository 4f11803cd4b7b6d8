import { ConnectorError, type FieldType } from '@heed/contract';
import { answerOr, isOfKind, onceForEach } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';
import { columnOf, isFieldName, plain, select } from './suiteql.ts';

/** The record types that this connector reads and writes. A lead, a prospect and a customer are all a `customer`. */
export const RECORD_TYPES = ['contact', 'customer'] as const;
type RecordType = (typeof RECORD_TYPES)[number];
export const isRecordType = (type: string): type is RecordType => RECORD_TYPES.some((one) => one === type);

/** The vendor's own opt-out: one of four values, of which two are an opt-out (section_N994827). */
export const STATUS = 'globalSubscriptionStatus';
/** "Unsubscribe from Campaigns", a box beside it whose effect on the status is not documented: read, never written. */
export const UNSUBSCRIBE = 'unsubscribe';
/** What the status shows where that box is ticked and the status itself is no opt-out: no value of the vendor's. */
export const UNSUBSCRIBED = 'unsubscribe';
export const REFERENCE = 'externalId';

export interface ShapeField {
  readonly name: string;
  readonly label: string;
  readonly type: FieldType;
  readonly readOnly: boolean;
  readonly options: readonly string[] | null;
  readonly maxLength: number | null;
}

/** A record type as the integration user sees it. */
export interface RecordShape {
  readonly type: RecordType;
  readonly fields: ReadonlyMap<string, ShapeField>;
  /** Fields that REST has and queries refuse: REST's catalog and SuiteQL's columns are not the same. Found out as they are asked. */
  readonly hidden: Set<string>;
}

const property = z.object({
  title: z.string().optional(),
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  readOnly: z.boolean().optional(),
  maxLength: z.number().optional(),
  enum: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
const schema = z.object({ properties: z.record(z.string(), z.unknown()) });

/** Each type is described once per session, on first use; what the role may not see is null. */
export const recordShapes = (api: Api) =>
  onceForEach((type: RecordType, signal) => answerOr(shapeOf(api, type, signal), ['missing', 'forbidden'], null));
export type Shapes = ReturnType<typeof recordShapes>;

const shapeOf = async (api: Api, type: RecordType, signal: AbortSignal): Promise<RecordShape> => {
  const parsed = schema.safeParse(await api.metadata(type, signal));
  if (!parsed.success)
    throw new ConnectorError('protocol', `netsuite metadata: the answer for ${type} has not the documented form`);
  const fields = Object.entries(parsed.data.properties).flatMap(([name, one]) => fieldOf(name, one) ?? []);
  return { type, fields: new Map(fields.map((field) => [field.name, field])), hidden: new Set() };
};

const fieldOf = (name: string, one: unknown): ShapeField | null => {
  const parsed = property.safeParse(one);
  if (!parsed.success || !isFieldName(name) || name === 'links') return null;
  const { title, readOnly, maxLength } = parsed.data;
  const { type, options } = typeOf(name, parsed.data);
  return { name, label: title ?? name, type, readOnly: readOnly === true, options, maxLength: maxLength ?? null };
};

interface Typed {
  readonly type: FieldType;
  readonly options: readonly string[] | null;
}

const typeOf = (name: string, one: z.infer<typeof property>): Typed => {
  const kinds = [one.type ?? []].flat();
  const is = (kind: string): boolean => kinds.includes(kind);
  if (is('boolean')) return { type: 'boolean', options: null };
  if (is('integer') || is('number')) return { type: 'number', options: null };
  if (is('string')) return { type: stringType(name, one.format), options: optionsIn(one) };
  const ids = property.safeParse(one.properties?.id);
  if (!ids.success) return { type: 'other', options: null };
  const options = optionsIn(ids.data);
  // A reference to another record is not carried; a custom list is, by the ids of its entries.
  return options !== null || name.startsWith('custentity') ? { type: 'picklist', options } : { type: 'other', options };
};

/** Moments are not carried: queries answer them in the session's time zone, whose offset in other seasons is not known. */
const stringType = (name: string, format: string | undefined): FieldType => {
  if (format === 'date') return 'date';
  if (format === 'date-time') return 'other';
  if (format === 'email' || name === 'email' || name === 'altEmail') return 'email';
  return /phone$/i.test(name) ? 'phone' : 'text';
};

const optionsIn = (one: z.infer<typeof property>): readonly string[] | null => {
  const values = one.enum?.filter((value) => typeof value === 'string') ?? [];
  return values.length === 0 ? null : values;
};

/**
 * The shape of a record type, or an error that says what to grant.
 * Throws `config` for other types, `forbidden` if the role may not read it.
 */
export const readableShape = async (shapes: Shapes, type: string, signal: AbortSignal): Promise<RecordShape> => {
  if (!isRecordType(type))
    throw new ConnectorError(
      'config',
      `netsuite: ${type} is no record type that Heed syncs; there are ${RECORD_TYPES.join(' and ')}`,
    );
  const shape = await shapes(type, signal);
  if (shape !== null) return shape;
  throw new ConnectorError(
    'forbidden',
    `netsuite: the role of the integration user may not read ${type} records; grant Lists > ${type === 'contact' ? 'Contacts' : 'Customers'}, Edit`,
  );
};

/**
 * Runs a query that selects fields of a type. One column that SuiteQL does not have fails it as a whole ("Unknown identifier", 400):
 * then each field is asked for by itself, once, and what is refused counts as hidden, which is unknown and never empty (C18).
 */
export const withKnownColumns = async <T>(
  api: Api,
  shape: RecordShape,
  fields: readonly string[],
  run: (fields: readonly string[]) => Promise<T>,
  signal: AbortSignal,
): Promise<T> => {
  const wanted = fields.filter((field) => !shape.hidden.has(field));
  try {
    return await run(wanted);
  } catch (error) {
    if (!isOfKind(error, 'invalid', 'forbidden')) throw error;
    const before = shape.hidden.size;
    for (const field of wanted) if (!(await isColumn(api, shape.type, field, signal))) shape.hidden.add(field);
    if (shape.hidden.size === before) throw error;
    return run(wanted.filter((field) => !shape.hidden.has(field)));
  }
};

const isColumn = async (api: Api, type: string, field: string, signal: AbortSignal): Promise<boolean> => {
  const asked = api.query(select(['id', columnOf(field)], type, [plain('id = 0')]), signal, 1);
  return (await answerOr(asked, ['invalid', 'forbidden'], null)) !== null;
};
