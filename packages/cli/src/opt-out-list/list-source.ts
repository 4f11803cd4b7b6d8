import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UnreadableList } from './unreadable-list.ts';

/** The bytes of a list, which can be read more than once. */
export interface ListSource {
  bytes(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

const PIECE_BYTES = 64 * 1024;

async function* piecesOf(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(PIECE_BYTES), 0, PIECE_BYTES, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

const fromHandle = (handle: FileHandle, close: () => Promise<void>): ListSource => ({
  bytes: () => piecesOf(handle),
  close,
});

const whyNot = (error: unknown): string => {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'this user may not read it';
  return 'it cannot be read';
};

/** Opens a file. A pipe (`<(command)`) is kept in the state folder while it is read, as standard input is. */
export const openListFile = async (path: string, stateDir: string): Promise<ListSource> => {
  try {
    const found = await stat(path);
    if (found.isDirectory()) throw new UnreadableList(`${path} is a folder; name the file in it.`);
    if (!found.isFile()) return await keepInput(createReadStream(path), stateDir);
    const handle = await open(path);
    return fromHandle(handle, () => handle.close());
  } catch (error) {
    if (error instanceof UnreadableList) throw error;
    throw new UnreadableList(`${path}: ${whyNot(error)}.`);
  }
};

/**
 * Keeps what comes in once in a file that its owner alone may read, in the state folder: which encoding it has shows at its
 * end only. The file loses its name at once, where the system can do that, so that a crash leaves nothing.
 */
export const keepInput = async (input: AsyncIterable<Uint8Array>, stateDir: string): Promise<ListSource> => {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(stateDir, 'import-'));
  const handle = await open(join(folder, 'list'), 'wx+', 0o600);
  const forget = (): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 2 });
  await forget().catch(() => {});
  const close = async (): Promise<void> => {
    await handle.close();
    await forget();
  };
  try {
    for await (const chunk of input) await handle.appendFile(chunk);
  } catch (error) {
    await close();
    throw error;
  }
  return fromHandle(handle, close);
};
