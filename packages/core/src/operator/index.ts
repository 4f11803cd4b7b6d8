export * from './approve.ts';
export * from './as-if-entered.ts';
export * from './erase.ts';
export * from './explain.ts';
export * from './export-opt-outs.ts';
export * from './import-list.ts';
export * from './ledger-entries.ts';
