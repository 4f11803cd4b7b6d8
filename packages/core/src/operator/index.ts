export * from './approve.ts';
export * from './explain.ts';
export * from './ledger-entries.ts';
