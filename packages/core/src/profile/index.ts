export * from './load-customers.ts';
export * from './place.ts';
export * from './profile.ts';
export type { ValidateCron } from './profile-rules.ts';
export * from './read-customer.ts';
export * from './resolve-config.ts';
export { looksLikeSecret } from './secret-like.ts';
export type { SecretReference, SecretSource } from './secret-reference.ts';
