import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeStore } from '../../testkit/src/store-suite.ts';
import { openStateFolder } from '../src/index.ts';

/** Opens the file behind the store's back, without its triggers. */
const operate = (dir: string, customer: string, sql: string): void => {
  const database = new DatabaseSync(join(dir, `${customer}.db`));
  database.exec(`PRAGMA foreign_keys = OFF; DROP TRIGGER chain_grows; ${sql}`);
  database.close();
};

describeStore({
  name: 'sqlite',
  open: (dir, options) => openStateFolder(dir, { ...options, durability: 'none' }),
  surgery: {
    falsify: (dir, customer, n) =>
      operate(dir, customer, `UPDATE entry SET body = replace(body, 'opted-out', 'opted-in') WHERE n = ${n}`),
    forget: (dir, customer, n) => operate(dir, customer, `DELETE FROM entry WHERE n = ${n}`),
    cutOff: (dir, customer, n) =>
      operate(dir, customer, `DELETE FROM entry WHERE n >= ${n}; DELETE FROM chain WHERE n >= ${n}`),
    backUp: (dir, customer) => {
      const file = join(dir, `${customer}.db`);
      const database = new DatabaseSync(file);
      database.exec(`VACUUM INTO '${file}.backup'`);
      database.close();
      return () => {
        for (const rest of ['', '-wal', '-shm']) if (existsSync(file + rest)) rmSync(file + rest);
        copyFileSync(`${file}.backup`, file);
        rmSync(`${file}.backup`);
      };
    },
  },
});
