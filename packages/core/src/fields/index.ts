export { type Castable, castable } from './cast.ts';
export * from './convert.ts';
export type { Converted } from './converted.ts';
export * from './merge-field.ts';
export * from './same-value.ts';
export { invertTransforms, type Transform } from './transform.ts';
