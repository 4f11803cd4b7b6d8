export * from './consent/fact.ts';
export * from './identity/address.ts';
export * from './state/report.ts';
export * from './state/shadow.ts';
export * from './state/store.ts';
