import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export class FileTooLarge extends Error {}
/** A pipe would be waited for, a device read for ever. */
export class NotAFile extends Error {}

/** The bytes of a regular file, or of what a link to one leads to; never more than `maxBytes` are read. */
export const readBounded = async (path: string, maxBytes: number): Promise<Uint8Array> => {
  // Without NONBLOCK opening a pipe waits for somebody to write into it. Windows has neither.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await handle.stat()).isFile()) throw new NotAFile();
    const bytes = new Uint8Array(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, bytes.length - length);
      length += bytesRead;
      if (length > maxBytes) throw new FileTooLarge();
      if (bytesRead === 0) return bytes.subarray(0, length);
    }
  } finally {
    await handle.close();
  }
};
