import { readdirSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { ConnectorError } from '@heed/contract';
import {
  boundedText,
  createMeter,
  createTools,
  fakeClock,
  MAX_ANSWER_BYTES,
  memoryQuota,
  memoryVault,
} from '@heed/toolkit';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { send as sendToHubspot } from '../../connectors/hubspot/src/sdk.ts';
import { config as mailchimp } from '../../connectors/mailchimp/src/config.ts';
import { createSend } from '../../connectors/mailchimp/src/sdk.ts';
import { askerOf } from '../../connectors/netsuite/src/ask.ts';
import { configSchema as netsuite } from '../../connectors/netsuite/src/config.ts';
import { send } from '../../connectors/salesforce/src/sdk.ts';

// Answers of a vendor, or of whoever answers in its place, that mean harm. Each goes through the real SDKs.

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
};

const signal = new AbortController().signal;
const SDKS = {
  mailchimp: async (baseUrl: string): Promise<unknown> => {
    const auth = { method: 'oauth', accessToken: 'token' };
    const ask = createSend(mailchimp.parse({ connector: 'mailchimp', baseUrl, auth }));
    return (await ask({ name: 'account', method: 'GET', path: '/' }, signal)).value;
  },
  salesforce: async (origin: string): Promise<unknown> =>
    (
      await send(
        { origin, apiVersion: '66.0', accessToken: 'token' },
        { name: 'query', method: 'GET', path: '/' },
        signal,
      )
    ).body,
  hubspot: async (origin: string): Promise<unknown> =>
    (await sendToHubspot(origin, 'token', { name: 'contacts', method: 'GET', path: '/' }, signal)).body,
  // By its signer alone: NetSuite is asked by fetch, under the toolkit's limits.
  netsuite: async (baseUrl: string): Promise<unknown> => {
    const auth = { method: 'token-based', consumerKey: 'a', consumerSecret: 'b', tokenId: 'c', tokenSecret: 'd' };
    const config = netsuite.parse({ account: '1234567', baseUrl, auth });
    const clock = fakeClock();
    const tools = createTools({
      ...{ connector: 'netsuite', account: 'x', limits: [], clock, random: () => 0.5, meter: createMeter() },
      ...{ quota: memoryQuota(clock), vault: memoryVault() },
    });
    const ask = askerOf(config, tools, signal);
    // Writes that may not be repeated: each is asked once.
    const once = { kind: 'write', repeatable: false } as const;
    return (await ask({ name: 'query', method: 'GET', path: '/' }, once, signal)).body;
  },
};
const sdks = Object.entries(SDKS);

const failure = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  );

/** JSON that never ends, in pieces of 1 MiB; says how many bytes were taken. */
const endless = (taken: { bytes: number }): RequestListener => {
  const piece = Buffer.alloc(1024 * 1024, ' ');
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const more = (error?: Error | null): void => {
      if (error != null || response.destroyed) return;
      taken.bytes += piece.length;
      response.write(piece, more);
    };
    more();
  };
};

const bomb = gzipSync(Buffer.alloc(MAX_ANSWER_BYTES + 1, ' '), { level: 9 });

describe.each(sdks)('%s', (_, ask) => {
  it('an answer without end is read to a bound and no further', async () => {
    const warned = vi.spyOn(console, 'warn');
    const taken = { bytes: 0 };
    const error = await failure(ask(await serve(endless(taken))));
    expect(error).toBeInstanceOf(ConnectorError);
    expect(error).toMatchObject({ kind: 'protocol', details: { code: 'answer-too-large' } });
    // The rest is what was on the way.
    expect(taken.bytes).toBeLessThan(2 * MAX_ANSWER_BYTES);
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  it('a small packed answer that becomes a large one is refused', async () => {
    expect(bomb.length).toBeLessThan(100_000);
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb);
    });
    expect(await failure(ask(url))).toMatchObject({ kind: 'protocol', details: { code: 'answer-too-large' } });
  });

  it.each([
    'multipart/form-data; boundary=b',
    'multipart/mixed; boundary=b',
    'application/x-www-form-urlencoded',
    'image/png',
    'text/xml',
  ])('an answer of the type %s is no way in: no file is written, nothing is taken for data', async (type) => {
    const before = new Set(readdirSync(tmpdir()));
    const body = [
      '--b',
      'Content-Disposition: form-data; name="f"; filename="canary.txt"',
      'Content-Type: text/plain',
      '',
      'canary-in-a-file',
      '--b--',
      '',
    ].join('\r\n');
    const url = await serve((_request, response) => response.writeHead(200, { 'content-type': type }).end(body));
    const answered = await failure(ask(url));
    expect(JSON.stringify(answered) ?? '').not.toContain('canary');
    const fresh = readdirSync(tmpdir()).filter((name) => !before.has(name));
    expect(fresh.filter((name) => /^upload_|^[0-9a-f]{32}$/.test(name))).toEqual([]);
  });

  it('JSON that is nested a hundred thousand deep ends in an answer or an error, not in the end of the process', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(deep),
    );
    const error = await failure(ask(url));
    if (error !== 'no error') expect(error).toBeInstanceOf(ConnectorError);
  });

  it('JSON with the names of JavaScript in it changes no other object', async () => {
    const text =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"polluted":1}}}';
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(text),
    );
    await ask(url);
    expect('polluted' in {}).toBe(false);
  });
});

describe('Mailchimp: an id that is a step in a path', () => {
  it.each(['', '.', '..'])('%j is never sent: DELETE /lists/x/members/.. would name the audience', async (id) => {
    let visits = 0;
    const baseUrl = await serve((_, response) => {
      visits += 1;
      response.end();
    });
    const ask = createSend(
      mailchimp.parse({ connector: 'mailchimp', baseUrl, auth: { method: 'oauth', accessToken: 'x' } }),
    );
    const params = { list_id: 'x', subscriber_hash: id };
    const path = '/lists/{list_id}/members/{subscriber_hash}';
    expect(await failure(ask({ name: 'archive', method: 'DELETE', path, params }, signal))).toMatchObject({
      kind: 'missing',
    });
    expect(visits).toBe(0);
  });
});

describe('the text of an answer', () => {
  it('of exactly the bound is read, one byte more is not', async () => {
    expect(await boundedText('x', new Response('é12'), 4)).toBe('é12');
    await expect(boundedText('x', new Response('é123'), 4)).rejects.toMatchObject({ kind: 'protocol' });
    expect(await boundedText('x', new Response(null), 4)).toBe('');
  });
});
