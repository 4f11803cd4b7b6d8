export type { Transform } from './transform.ts';
