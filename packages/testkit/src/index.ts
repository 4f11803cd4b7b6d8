export * from './connector-suite.ts';
export { describeStore, type StoreState, type StoreSubject } from './store-suite.ts';
