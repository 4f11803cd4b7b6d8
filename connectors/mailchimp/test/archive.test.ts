import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bounds, readArchive } from '../src/bulk/archive.ts';

const signal = new AbortController().signal;
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A storage service with one answer; tells what it was asked with. */
const storageWith = async (
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly url: string; readonly asked: readonly Readonly<Record<string, unknown>>[] }> => {
  const asked: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers);
    response.writeHead(200, headers);
    // In two pieces, the first a single byte.
    response.write(body.subarray(0, 1), () => response.end(body.subarray(1)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x-response.tar.gz?Signature=abc`, asked };
};

const tarOf = (files: Readonly<Record<string, string>>): Promise<Uint8Array> =>
  packTar(
    Object.entries(files).map(([name, body]) => ({
      header: { name, type: 'file' as const, size: Buffer.byteLength(body) },
      body,
    })),
  );

const filesIn = async (url: string, bounds?: Bounds): Promise<readonly string[]> => {
  const files: string[] = [];
  await readArchive(url, true, (text) => files.push(text), signal, bounds);
  return files;
};

const ROOM: Bounds = { packedBytes: 100_000, bytes: 100_000, fileBytes: 100_000 };

describe('an archive', () => {
  it('is a gzipped tar, read file by file, whatever the names', async () => {
    const { url, asked } = await storageWith(
      gzipSync(await tarOf({ '../../etc/a.json': '[1]', 'b/': '', 'c.json': '[2]' })),
    );
    expect((await filesIn(url)).filter((text) => text !== '')).toEqual(['[1]', '[2]']);
    expect(Object.keys(asked[0] ?? {}).sort()).not.toContain('authorization');
  });

  it('that the server calls packed comes unpacked, and is read all the same', async () => {
    const { url } = await storageWith(gzipSync(await tarOf({ 'a.json': '[1]' })), { 'content-encoding': 'gzip' });
    expect(await filesIn(url)).toEqual(['[1]']);
  });

  it('with a file beyond measure is read past it; beyond measure as a whole, packed or unpacked, it is not read further', async () => {
    const { url } = await storageWith(gzipSync(await tarOf({ 'a.json': ' '.repeat(50_000), 'b.json': '[2]' })));
    expect(await filesIn(url, { ...ROOM, fileBytes: 40_000 })).toEqual(['[2]']);
    await expect(filesIn(url, { ...ROOM, bytes: 40_000 })).rejects.toMatchObject({ kind: 'protocol' });
    await expect(filesIn(url, { ...ROOM, packedBytes: 100 })).rejects.toMatchObject({ kind: 'protocol' });
  });

  it('that is no archive, or empty, tells nothing and harms nobody', async () => {
    for (const body of ['<html>no</html>', '']) {
      const { url } = await storageWith(Buffer.from(body));
      const read = await filesIn(url).then(
        (files) => files.length,
        (error: unknown) => (error as { readonly kind?: string }).kind,
      );
      expect([0, 'unavailable']).toContain(read);
    }
  });
});

describe('the link', () => {
  const refused = (link: string, onLoopback = false): Promise<unknown> =>
    readArchive(link, onLoopback, () => {}, AbortSignal.abort()).then(
      () => 'read',
      (error: unknown) => error,
    );

  it('leads to a host of Mailchimp’s by https, or nowhere', async () => {
    const lookalikes = [
      'http://mailchimp-api-batch.s3.amazonaws.com/x',
      'https://mailchimp-api-batch.s3.amazonaws.com.example/x',
      'https://mailchimp-api-batch.s3.amazonaws.com:8443/x',
      'https://us7.api.mailchimp.com@evil.example/x',
      'https://user@mailchimp-api-batch.s3.amazonaws.com/x',
      'https://evil-mailchimp.com/x',
      'https://mailchimp.com.evil.example/x',
      'https://other-bucket.s3.amazonaws.com/x',
      'https://mailchimp-api-batch.s3.x.elb.amazonaws.com/x',
      'https://storage.googleapis.com.evil.example/x',
      'https://evilstorage.googleapis.com/x',
      'https://www.googleapis.com/x',
      'https://169.254.169.254/latest/meta-data',
      'https://127.0.0.1/x',
      'http://127.0.0.1:8080/x',
      'ftp://mailchimp-api-batch.s3.amazonaws.com/x',
      'not a link',
      '',
    ];
    for (const link of lookalikes)
      expect([link, await refused(link)]).toMatchObject([link, { details: { code: 'foreign host' } }]);
    // These pass, and end at the signal.
    for (const link of [
      'https://mailchimp-api-batch.s3.amazonaws.com/x',
      'https://mailchimp-api-batch.s3.us-east-1.amazonaws.com/x',
      'https://mailchimp-api-batch.s3-us-west-2.amazonaws.com/x',
      'https://storage.googleapis.com/bucket/x?GoogleAccessId=a&Expires=1&Signature=b%2Bc',
      'https://bucket.storage.googleapis.com/x',
      'https://us7.api.mailchimp.com/x',
    ])
      expect([link, await refused(link)]).toMatchObject([link, { kind: 'unavailable' }]);
  });

  it('of a sandbox leads to this machine, by address', async () => {
    for (const link of ['https://mailchimp-api-batch.s3.amazonaws.com/x', 'http://localhost:1/x', 'http://10.0.0.1/x'])
      expect(await refused(link, true)).toMatchObject({ details: { code: 'foreign host' } });
    expect(await refused('http://127.0.0.1:1/x', true)).toMatchObject({ kind: 'unavailable' });
  });

  it('stands in no error', async () => {
    const { url } = await storageWith(gzipSync('x'.repeat(600)));
    const broken = await filesIn(url).catch((error: unknown) => String(error));
    expect(String(broken)).not.toContain('Signature');
  });
});
