import type { FieldSchema, FieldType } from '@heed/contract';

/** A field as a connector describes it. */
export const field = (type: FieldType, more: Partial<FieldSchema> = {}): FieldSchema => ({
  name: 'Field',
  label: 'Field',
  type,
  writable: true,
  required: false,
  options: null,
  maxLength: null,
  canBeReference: false,
  ...more,
});
