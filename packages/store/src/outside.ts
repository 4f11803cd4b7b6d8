import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Head } from '@heed/core';
import type { Durability } from './database.ts';
import type { RandomBytes } from './ledger.ts';

/** What C25 wants outside the database: the key, and the ledger's last number and hash. */

const KEY_BYTES = 32;

const writeDurably = (
  file: string,
  content: string | Uint8Array,
  durability: Durability,
  flag: 'w' | 'wx' = 'w',
): void => {
  const handle = openSync(file, flag, 0o600);
  try {
    writeSync(handle, Buffer.from(content));
    if (durability === 'full') fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** So that a renamed or linked file survives a power loss; Windows has no such thing. */
const syncFolder = (folder: string): void => {
  if (process.platform === 'win32') return;
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

/** The customer's key, made once. Losing it makes erased addresses unrecognisable, so it is never made anew over a bad file. */
export const loadKey = (file: string, random: RandomBytes): Uint8Array => {
  if (!existsSync(file)) createKey(file, random);
  keepPrivate(file);
  const key = readFileSync(file);
  if (key.length !== KEY_BYTES) {
    throw new Error(`${file} is not a key of ${KEY_BYTES} bytes. Restore it from the backup; nothing was changed.`);
  }
  return new Uint8Array(key);
};

/** A file that was mounted often cannot be changed by us: then whoever mounted it must. Windows has other rights. */
const keepPrivate = (file: string): void => {
  try {
    chmodSync(file, 0o600);
  } catch (error) {
    if (process.platform === 'win32' || (statSync(file).mode & 0o007) === 0) return;
    throw new Error(
      `${file} holds the key, everybody on this computer may read it, and Heed cannot change that: give it the mode 600 or 400.`,
      { cause: error },
    );
  }
};

/** A link, unlike a rename, never replaces: if another process made the key at the same moment, that one counts. */
const createKey = (file: string, random: RandomBytes): void => {
  const draft = `${file}.${process.pid}.tmp`;
  // The folder may be anybody's: what lies there under this name, left by a crash or put there, is not written through.
  rmSync(draft, { force: true });
  writeDurably(draft, random(KEY_BYTES), 'full', 'wx');
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
  syncFolder(dirname(file));
};

/** Null if there is none yet. A head file that cannot be read counts as one that this ledger does not reach. */
export const readHead = (file: string): Head | null => {
  if (!existsSync(file)) return null;
  try {
    const head: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof head === 'object' && head !== null && 'n' in head && 'hash' in head) {
      if (typeof head.n === 'number' && typeof head.hash === 'string') return { n: head.n, hash: head.hash };
    }
  } catch {
    // Not JSON: treated like any other head that is not ours.
  }
  return { n: Number.MAX_SAFE_INTEGER, hash: '' };
};

/** A crash leaves the old or the new head, never half of one. */
export const writeHead = (file: string, head: Head, durability: Durability): void => {
  if (durability !== 'memory') replaceDurably(file, `${JSON.stringify(head)}\n`, durability);
};

/** A crash leaves the old or the new content, never half of it. */
export const replaceDurably = (file: string, content: string, durability: Durability): void => {
  const draft = `${file}.${process.pid}.tmp`;
  writeDurably(draft, content, durability);
  renameSync(draft, file);
  if (durability === 'full') syncFolder(dirname(file));
};
