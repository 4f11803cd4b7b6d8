import type { DatabaseSync } from 'node:sqlite';

const TRIES = 200;
const PAUSE_MS = 25;

/**
 * Switches a database to write-ahead logging. SQLite answers "database is locked" at once, whatever the busy time-out,
 * when several processes open a new file and switch at the same moment; the switch is done once, so waiting is enough.
 */
export const useWriteAheadLog = (sqlite: DatabaseSync): void => {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let tries = 1; ; tries += 1) {
    try {
      sqlite.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.includes('locked') || tries >= TRIES) throw error;
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  }
};
