import { createHash } from 'node:crypto';
import { UnreadableList } from './unreadable-list.ts';

/** What a first walk through the bytes tells. */
export interface Encoding {
  /** As `TextDecoder` calls it. */
  readonly encoding: string;
  /** sha256 of the bytes. */
  readonly digest: string;
}

const MARKS: readonly (readonly [string, readonly number[]])[] = [
  ['utf-8', [0xef, 0xbb, 0xbf]],
  ['utf-16le', [0xff, 0xfe]],
  ['utf-16be', [0xfe, 0xff]],
];

/** The encoding that the mark at the beginning names; null without one. */
const marked = (head: Uint8Array): string | null =>
  MARKS.find(([, mark]) => mark.every((byte, i) => head[i] === byte))?.[0] ?? null;

/** The name that `TextDecoder` knows it by. Throws for one that it does not know. */
export const knownEncoding = (name: string): string => {
  try {
    return new TextDecoder(name.trim()).encoding;
  } catch {
    throw new UnreadableList(
      `--encoding does not know "${name.slice(0, 40)}"; there are utf-8, utf-16le, windows-1252, iso-8859-2 and the like.`,
    );
  }
};

/**
 * Reads all bytes once, in constant memory: by its mark, else UTF-8 if all of it is valid, else windows-1252, which is what
 * spreadsheets of Western Europe and America write. `given` settles it; UTF-16 without a mark has to be named.
 */
export const detectEncoding = async (bytes: AsyncIterable<Uint8Array>, given: string | null): Promise<Encoding> => {
  const hash = createHash('sha256');
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  let head: Uint8Array = new Uint8Array();
  let valid = true;
  for await (const chunk of bytes) {
    hash.update(chunk);
    if (head.length < 4) head = Buffer.concat([head, chunk.subarray(0, 4_096)]);
    valid = valid && decodes(utf8, chunk, true);
  }
  valid = valid && decodes(utf8, new Uint8Array(), false);
  const digest = hash.digest('hex');
  if (given !== null) return { encoding: knownEncoding(given), digest };
  const mark = marked(head);
  if (mark === null && head.includes(0))
    throw new UnreadableList(
      'The file holds zero bytes, as text in UTF-16 does that lacks its mark, or no text at all. If it is text: --encoding utf-16le',
    );
  return { encoding: mark ?? (valid ? 'utf-8' : 'windows-1252'), digest };
};

const decodes = (decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array, stream: boolean): boolean => {
  try {
    decoder.decode(chunk, { stream });
    return true;
  } catch {
    return false;
  }
};

/** The text, without its mark, piece by piece. */
export async function* decoded(bytes: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  if (rest !== '') yield rest;
}
