import type { Database } from './database.ts';

/** Statements that bring one part of a file from the version before to this one. Never edited after a release. */
export type Migration = string;

const VERSIONS = `CREATE TABLE IF NOT EXISTS schema_version (
  part TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID`;

/**
 * Brings `part` of a file to the newest version, in one transaction: a crash leaves the old version whole. `accounts.db` holds
 * parts of several owners, so versions are counted per part and not in `user_version`.
 * Throws if the file is newer than this program: it would not know what the newer columns mean.
 */
export const migrate = (database: Database, part: string, migrations: readonly Migration[]): void => {
  if (version(database, part) === migrations.length) return; // Without the write lock: readers do not wait for a run.
  database.write(() => {
    database.exec(VERSIONS);
    const found = version(database, part);
    if (found > migrations.length) {
      throw new Error(
        `${database.file} was written by a newer Heed (${part} version ${found}, this one knows ${migrations.length}). ` +
          'Nothing was changed. Install that version again, or restore the backup made before it.',
      );
    }
    for (const migration of migrations.slice(found)) database.exec(migration);
    database.run(
      'INSERT INTO schema_version (part, version) VALUES (?, ?) ON CONFLICT (part) DO UPDATE SET version = excluded.version',
      part,
      migrations.length,
    );
  });
};

const version = (database: Database, part: string): number => {
  const exists = database.one("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'");
  if (exists === undefined) return 0;
  return database.one<{ version: number }>('SELECT version FROM schema_version WHERE part = ?', part)?.version ?? 0;
};
