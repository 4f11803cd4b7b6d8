export * from './connector.ts';
export * from './error.ts';
export * from './read.ts';
export * from './record.ts';
export * from './schema.ts';
export * from './secret.ts';
export * from './tools.ts';
export * from './write.ts';
