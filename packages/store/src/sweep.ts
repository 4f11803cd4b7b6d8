import type { Database } from './database.ts';

/**
 * Wipes deleted rows off the disk (C25). SQLite only marks them as free, and the write-ahead log still has the pages as they
 * were: so the file is written anew and the log is cut to nothing. Where another process reads at this moment the log cannot
 * be cut; then it stays noted, and whoever opens the database next does it.
 */
export const sweep = (database: Database): void => {
  if (!isUnswept(database)) return;
  if (!database.rewrite()) return;
  database.write(() => database.run('UPDATE customer SET unswept = 0'));
};

export const isUnswept = (database: Database): boolean =>
  database.one<{ unswept: number }>('SELECT unswept FROM customer')?.unswept === 1;
