import { type Answer, ConnectorError } from '@heed/contract';
import { kindOfStatus, unreachable } from '@heed/toolkit';
import { createTarDecoder } from 'modern-tar';

/**
 * Where Mailchimp keeps the results of batches: in a bucket of its own at Amazon's storage service (recorded answers of 2016 to
 * 2019), since May 2022 at Google's (mailchimp/mc-magento2#1414, which does not name the bucket), or at its own hosts. No
 * other host is asked.
 */
const HOSTS: readonly RegExp[] = [
  /^mailchimp-api-batch\.s3(\.dualstack)?([.-][a-z]{2}(-[a-z]+){1,2}-\d)?\.amazonaws\.com$/,
  /^([a-z0-9][\w.-]*\.)?storage\.googleapis\.com$/,
  /^([a-z0-9-]+\.)+mailchimp\.com$/,
];
const LOOPBACK = /^(127(\.\d{1,3}){3}|\[::1\])$/;

const MIB = 1024 * 1024;
export interface Bounds {
  readonly packedBytes: number;
  readonly bytes: number;
  /** A larger file is passed over. */
  readonly fileBytes: number;
}

/** Some times as much as 1,000 members with everything about them. */
const BOUNDS: Bounds = { packedBytes: 32 * MIB, bytes: 128 * MIB, fileBytes: 32 * MIB };

/** Takes the text of one file of an archive. */
export type TakeFile = (text: string) => void;

/**
 * Reads the archive that a link leads to, a gzipped tar, file by file; names in it mean nothing. Nothing of ours goes along
 * but the link, which is a secret of its own and stands in no error. Throws `protocol` for what no further try makes better:
 * a host that is not Mailchimp's, a redirect, an archive beyond all measure; else `unavailable`, or what a refusal means.
 */
export const readArchive = async (
  link: string,
  onLoopback: boolean,
  take: TakeFile,
  signal: AbortSignal,
  bounds: Bounds = BOUNDS,
): Promise<Answer<void>> => {
  const url = archiveUrl(link, onLoopback);
  const packed = { bytes: 0 };
  try {
    const response = await fetch(url, { redirect: 'manual', headers: { 'accept-encoding': 'identity' }, signal });
    // Also a redirect: whoever answers it is not on the list.
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new ConnectorError(kindOfStatus(response.status), `batch results: answered ${response.status}`, {
        code: `HTTP ${response.status}`,
      });
    }
    await readFiles(response.body.pipeThrough(counted(packed, bounds.packedBytes)), bounds, take);
  } catch (error) {
    throw error instanceof ConnectorError ? error : unreachable('Mailchimp, batch results', error);
  }
  // Another host's clock: no date.
  return { value: undefined, bytes: packed.bytes };
};

const archiveUrl = (link: string, onLoopback: boolean): URL => {
  const url = URL.parse(link);
  const allowed =
    url !== null &&
    url.username === '' &&
    url.password === '' &&
    (onLoopback
      ? LOOPBACK.test(url.hostname) && /^https?:$/.test(url.protocol)
      : url.protocol === 'https:' && url.port === '' && HOSTS.some((host) => host.test(url.hostname)));
  if (allowed) return url;
  throw new ConnectorError('protocol', 'batch results: the link leads to a host that is not known as Mailchimp’s', {
    code: 'foreign host',
  });
};

const readFiles = async (packed: ReadableStream<Uint8Array>, bounds: Bounds, take: TakeFile): Promise<void> => {
  const files = (await unpacked(packed))
    .pipeThrough(counted({ bytes: 0 }, bounds.bytes))
    .pipeThrough(createTarDecoder({ strict: true }));
  for await (const { header, body } of files) {
    if (header.type === 'file' && header.size <= bounds.fileBytes) take(await new Response(body).text());
    else await body.cancel();
  }
};

/** A server that labels the archive as packed has it unpacked by `fetch` already; no tar begins like that. */
const unpacked = async (archive: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> => {
  const [head, whole] = archive.tee();
  const reader = head.getReader();
  const { value } = await reader.read();
  reader.cancel().catch(() => {}); // it ends together with the other half
  return value?.[0] === GZIP ? whole.pipeThrough(new DecompressionStream('gzip')) : whole;
};

const GZIP = 0x1f;

const counted = (sofar: { bytes: number }, most: number): TransformStream<Uint8Array, Uint8Array> =>
  new TransformStream({
    transform(chunk, controller) {
      sofar.bytes += chunk.byteLength;
      if (sofar.bytes > most) throw tooLarge();
      controller.enqueue(chunk);
    },
  });

const tooLarge = (): ConnectorError =>
  new ConnectorError('protocol', 'batch results: the archive is larger than any that was asked for', {
    code: 'answer-too-large',
  });
