export * from './connector-suite.ts';
