import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** What a state file holds. */
export interface StoredState {
  readonly version: 1;
  readonly sandbox: string;
  readonly seed: number;
  readonly clockOffsetMs: number;
  readonly randomPosition: number;
  readonly switches: Readonly<Record<string, unknown>>;
  readonly state: unknown;
}

/** A state file that is written some time after a change, and whole or not at all. */
export interface StateFile {
  /** Something changed: write soon. */
  changed(): void;
  /** Writes what is due and waits until it is on disk. */
  flush(): Promise<void>;
}

const WRITE_AFTER_MS = 300;

/** Reads a state file; `undefined` when there is none yet. Throws when it belongs to another sandbox. */
export async function readStateFile(path: string, sandbox: string): Promise<StoredState | undefined> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const stored = JSON.parse(content) as Partial<StoredState>;
  if (stored.version !== 1 || stored.sandbox !== sandbox) {
    throw new Error(`${path} is no state file of the ${sandbox} sandbox`);
  }
  return stored as StoredState;
}

export function stateFile(path: string, snapshot: () => StoredState): StateFile {
  let timer: NodeJS.Timeout | undefined;
  let due = false;
  let writing: Promise<void> | undefined;
  let pauseMs = WRITE_AFTER_MS;

  const write = async (): Promise<void> => {
    due = false;
    const startedAt = performance.now();
    const temporary = `${path}.${process.pid}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, JSON.stringify(snapshot()), { mode: 0o600 });
    await rename(temporary, path);
    // A large account takes seconds to write: most of the time must stay for the clients.
    pauseMs = Math.max(WRITE_AFTER_MS, (performance.now() - startedAt) * 10);
  };
  const writeInBackground = (): void => {
    timer = undefined;
    writing = write()
      .catch(() => {
        due = true; // tried again later, and reported by the flush of close()
      })
      .finally(() => {
        writing = undefined;
        if (due) schedule();
      });
  };
  const schedule = (): void => {
    if (timer === undefined && writing === undefined) timer = setTimeout(writeInBackground, pauseMs).unref();
  };
  return {
    changed() {
      due = true;
      schedule();
    },
    async flush() {
      await writing;
      clearTimeout(timer);
      timer = undefined;
      if (due) await write();
    },
  };
}
