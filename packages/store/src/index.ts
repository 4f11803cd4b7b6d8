export { type AccountQuotaFile, accountQuotaFile, type Processes } from './account-quota.ts';
export { Database, type DatabaseOptions, type Durability, type Fault } from './database.ts';
export type { RandomBytes } from './ledger.ts';
export { type Migration, migrate } from './migrate.ts';
export { openStateFolder, type StateFolder, type StateFolderOptions } from './state-folder.ts';
