import type { FieldType, FieldValue } from '@heed/contract';

/** A value that fits, or why it does not. The message never quotes the value: it is somebody's personal detail. */
export type Converted =
  | { readonly ok: true; readonly value: FieldValue }
  | { readonly ok: false; readonly message: string };

/** A value on its way, with the type it has at this step. */
export interface Typed {
  readonly type: FieldType;
  readonly value: FieldValue;
}

export const fits = (value: FieldValue): Converted => ({ ok: true, value });
export const refuses = (message: string): Converted => ({ ok: false, message });
