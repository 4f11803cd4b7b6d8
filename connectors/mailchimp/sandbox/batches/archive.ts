import { gunzipSync, gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import type { AsyncBatch, Flaw, OperationResult } from './async-batch.ts';
import { finishedMs } from './progress.ts';

const MOST_ROWS = 250;

/**
 * The archive of a finished batch: a gzipped tar with a folder entry and several files, each a JSON array of rows. The
 * flaws of the link decide what is wrong with it.
 */
export async function archiveOf(batch: AsyncBatch, flaws: readonly Flaw[]): Promise<Uint8Array> {
  const whole = JSON.parse(gunzipSync(Buffer.from(batch.packed ?? '', 'base64')).toString('utf8'));
  const rows = flaws.reduce(spoiledRows, whole as readonly OperationResult[]); // written by progress.ts
  const mtime = new Date(finishedMs(batch)); // not the machine's
  const tar = await packTar(entriesOf(batch, rows, flaws).map((one) => ({ ...one, header: { ...one.header, mtime } })));
  const has = (kind: Flaw['kind']): Flaw | undefined => flaws.find((one) => one.kind === kind);
  // Ends in the middle of a 512-byte block, half way through.
  const shown =
    has('archive-truncated') === undefined ? tar : tar.subarray(0, Math.floor(tar.length / 1024) * 512 + 256);
  const zipped = gzipSync(shown);
  if (has('archive-corrupt') !== undefined) zipped.fill(0xff, Math.floor(zipped.length / 2), zipped.length - 8);
  return zipped;
}

/** Row by row: what the vendor may leave out, say twice, or say of somebody else's operations. */
function spoiledRows(rows: readonly OperationResult[], { kind, details }: Flaw): readonly OperationResult[] {
  const every = typeof details.every === 'number' ? details.every : 2;
  const isHit = (index: number): boolean => (index + 1) % every === 0;
  switch (kind) {
    case 'results-missing':
      return rows.filter((_, index) => !isHit(index));
    case 'results-doubled':
      return [...rows, ...rows.filter((_, index) => isHit(index)).map((row) => twin(row, details.contradicting))];
    case 'results-foreign':
      return rows.map((row, index) => (isHit(index) ? { ...row, operation_id: `foreign-${index}` } : row));
    default:
      return rows;
  }
}

/** The same row again, or one that says the opposite. */
function twin(row: OperationResult, contradicting: unknown): OperationResult {
  if (contradicting !== true) return row;
  return row.status_code < 400
    ? { ...row, status_code: 500, response: '{"status":500,"title":"Internal Server Error"}' }
    : { ...row, status_code: 200, response: '{}' };
}

type Entry = Parameters<typeof packTar>[0][number];

function entriesOf(batch: AsyncBatch, rows: readonly OperationResult[], flaws: readonly Flaw[]): Entry[] {
  const perFile = Math.min(MOST_ROWS, Math.max(1, Math.ceil(rows.length / 2)));
  const files = Math.max(1, Math.ceil(rows.length / perFile));
  const details = (kind: Flaw['kind']): Flaw['details'] | undefined => flaws.find((one) => one.kind === kind)?.details;
  const hugeBytes = Number(details('archive-huge')?.bytes ?? 64 * 1024 * 1024);
  return [
    { header: { name: './', type: 'directory', size: 0 } },
    ...(details('archive-huge') === undefined ? [] : [file('./huge.json', Buffer.alloc(hugeBytes, ' '))]),
    ...Array.from({ length: files }, (_, index) => {
      const part = JSON.stringify(rows.slice(index * perFile, (index + 1) * perFile));
      const name = `./${batch.id}-${index}.json`;
      const broken = details('archive-not-json') !== undefined && index === 0;
      return file(
        details('archive-names') === undefined ? name : hostileName(batch, index),
        broken ? part.slice(0, -3) : part,
      );
    }),
    ...(details('archive-names') === undefined ? [] : [link('./link.json', '/etc/hostname')]),
  ];
}

/** Names that lead out of the folder in which somebody unpacks without looking. */
function hostileName({ id }: AsyncBatch, index: number): string {
  const names = ['../../../../tmp/', '/tmp/', './../', 'C:\\'];
  return `${names[index % names.length]}heed-sandbox-${id}-${index}.json`;
}

function file(name: string, body: string | Buffer): Entry {
  return { header: { name, type: 'file', size: Buffer.byteLength(body) }, body };
}

function link(name: string, target: string): Entry {
  return { header: { name, type: 'symlink', size: 0, linkname: target } };
}
