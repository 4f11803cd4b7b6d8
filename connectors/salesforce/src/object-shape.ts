import { ConnectorError, type FieldType } from '@heed/contract';
import { answerOr, entryOf, onceForEach } from '@heed/toolkit';
import { z } from 'zod';
import type { Api } from './api.ts';

/** What `describe` tells of a field; hidden fields are absent (notes, 2). */
const describedField = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  length: z.number().default(0),
  createable: z.boolean(),
  updateable: z.boolean(),
  nillable: z.boolean(),
  defaultedOnCreate: z.boolean().default(false),
  externalId: z.boolean().default(false),
  unique: z.boolean().default(false),
  picklistValues: z.array(z.object({ value: z.string().nullable(), active: z.boolean() })).default([]),
});
export type DescribedField = z.infer<typeof describedField>;

const described = z.object({
  name: z.string(),
  label: z.string(),
  createable: z.boolean(),
  fields: z.array(describedField),
});

/** An object as the integration user sees it. */
export interface ObjectShape {
  readonly name: string;
  readonly label: string;
  readonly createable: boolean;
  readonly fields: ReadonlyMap<string, DescribedField>;
}

/** The record types that this connector reads and writes. */
export const RECORD_TYPES = ['Contact', 'Lead'] as const;

/** Each object is described once per session, on first use; what the user may not see is null. */
export const objectShapes = (api: Pick<Api, 'describe'>) =>
  onceForEach((type: string, signal) => answerOr(shapeOf(api, type, signal), ['missing'], null));
export type Shapes = ReturnType<typeof objectShapes>;

const shapeOf = async (api: Pick<Api, 'describe'>, type: string, signal: AbortSignal): Promise<ObjectShape> => {
  const parsed = described.safeParse(await api.describe(type, signal));
  if (!parsed.success)
    throw new ConnectorError('protocol', `salesforce describe: the answer for ${type} has not the documented form`);
  const { name, label, createable, fields } = parsed.data;
  return { name, label, createable, fields: new Map(fields.map((field) => [field.name, field])) };
};

/**
 * The shape of a record type, or an error that says what to grant.
 * Throws `config` for other types, `forbidden` if the user may not read the object or its e-mail.
 */
export const readableShape = async (shapes: Shapes, type: string, signal: AbortSignal): Promise<ObjectShape> => {
  if (!RECORD_TYPES.some((one) => one === type))
    throw new ConnectorError(
      'config',
      `salesforce: ${type} is no record type that Heed syncs; there are ${RECORD_TYPES.join(' and ')}`,
    );
  const shape = await shapes(type, signal);
  if (shape === null)
    throw new ConnectorError(
      'forbidden',
      `salesforce: the integration user may not read ${type}; grant Read on the object`,
    );
  if (!shape.fields.has('Email'))
    throw new ConnectorError(
      'forbidden',
      `salesforce: the field Email of ${type} is hidden; grant it to the integration user`,
      { field: 'Email' },
    );
  return shape;
};

const TYPES: Readonly<Record<string, FieldType>> = {
  string: 'text',
  textarea: 'text',
  email: 'email',
  phone: 'phone',
  url: 'url',
  date: 'date',
  datetime: 'date-time',
  boolean: 'boolean',
  int: 'number',
  double: 'number',
  currency: 'number',
  percent: 'number',
  picklist: 'picklist',
  combobox: 'picklist',
  multipicklist: 'multi-picklist',
};

/** Ids, look-ups, times, files, locations and encrypted text (which may come masked) are not carried. */
export const fieldTypeOf = ({ type }: DescribedField): FieldType => entryOf(TYPES, type) ?? 'other';
