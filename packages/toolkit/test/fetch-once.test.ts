import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fetchOnce, formsOf } from '@heed/toolkit';
import { afterEach, describe, expect, it } from 'vitest';

let server: Server | null = null;
afterEach(() => server?.close());

const asked = async (answer: RequestListener) => {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/query`;
  const request = { method: 'POST', headers: { 'x-told': 'yes' }, body: 'question' };
  return fetchOnce('Acme, query', url, request, AbortSignal.timeout(10_000));
};

describe('one request', () => {
  it('brings status, headers and text, of a refusal as well', async () => {
    const answer = asked((request, response) => {
      response.writeHead(400, { 'X-Limit': '3' }).end(`${request.method} ${request.headers['x-told']}`);
    });
    expect(await answer).toMatchObject({ status: 400, headers: { 'x-limit': '3' }, text: 'POST yes' });
  });

  it('follows no redirect', async () => {
    let times = 0;
    const answer = asked((_, response) => {
      times += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    await expect(answer).rejects.toMatchObject({ kind: 'protocol', details: { mayHaveApplied: false } });
    expect(times).toBe(1);
  });

  it('that is cut off in the middle of its answer may have been carried out', async () => {
    const answer = asked((_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    });
    await expect(answer).rejects.toMatchObject({ kind: 'unavailable', details: { mayHaveApplied: true } });
  });
});

describe('the documented form', () => {
  const { understood } = formsOf('acme');
  const form = {
    parse(value: unknown): string {
      if (typeof value === 'string') return value;
      throw new TypeError(`${JSON.stringify(value)} is no text`);
    },
  };

  it('is handed on, or an error that quotes nothing of the answer', () => {
    expect(understood('query', form, 'text')).toBe('text');
    expect(() => understood('query', form, { email: 'ann@example.org' }, true)).toThrow(
      expect.objectContaining({
        kind: 'protocol',
        message: 'acme query: the answer has not the documented form',
        details: { mayHaveApplied: true },
      }),
    );
  });
});
