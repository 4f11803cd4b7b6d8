import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { SealedStorage } from '@heed/toolkit';

export const tokenPath = (stateDir: string, customer: string, connection: string): string =>
  join(stateDir, `${customer}.${connection}.token`);

/** Keeps the sealed, rotated tokens of one connection in a file of the state folder; durable when `save` resolves. */
export const tokenFile = (stateDir: string, customer: string, connection: string): SealedStorage => {
  const file = tokenPath(stateDir, customer, connection);
  return {
    load: () =>
      readFile(file).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? null : Promise.reject(error))),
    async save(sealed) {
      await mkdir(stateDir, { recursive: true, mode: 0o700 });
      const fresh = `${file}.${process.pid}`;
      const handle = await open(fresh, 'w', 0o600);
      await handle.writeFile(sealed);
      await handle.sync();
      await handle.close();
      await rename(fresh, file);
    },
  };
};
