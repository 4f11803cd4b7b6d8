export * from './consent/index.ts';
export * from './fields/index.ts';
export * from './identity/address.ts';
export * from './profile/index.ts';
export * from './state/report.ts';
export * from './state/shadow.ts';
export * from './state/store.ts';
export * from './sync/index.ts';
