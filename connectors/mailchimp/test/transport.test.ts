import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { ConnectorError } from '@heed/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { config, type MailchimpConfig } from '../src/config.ts';
import { errorOf } from '../src/errors.ts';
import { createSend } from '../src/sdk.ts';
import { add, openFor, readAll, signal, startMailchimp } from './support.ts';

const KEY = `${'c0ffee'.repeat(5)}42-us6`;
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.closeAllConnections();
});

/** A server that answers as told, on this machine. */
const serve = async (
  answer: Parameters<typeof createServer>[1],
): Promise<{ readonly config: MailchimpConfig; readonly url: string }> => {
  const server = createServer(answer ?? (() => {}));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url,
    config: config.parse({ connector: 'mailchimp', baseUrl: url, auth: { method: 'api-key', apiKey: KEY } }),
  };
};

const failureOf = async (work: Promise<unknown>): Promise<ConnectorError> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ConnectorError)) throw new Error('no ConnectorError');
  return error;
};

describe('the SDK', () => {
  it('is not led to another host: redirects are refused, and the key stays here', async () => {
    let led = 0;
    const elsewhere = await serve((_, response) => {
      led += 1;
      response.end('{}');
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const { config: here } = await serve((_, response) =>
        response.writeHead(status, { location: `${elsewhere.url}/3.0/` }).end(),
      );
      const error = await failureOf(createSend(here)({ name: 'account', method: 'GET', path: '/' }, signal));
      expect(error).toMatchObject({ kind: 'protocol', details: { mayHaveApplied: false } });
    }
    expect(led).toBe(0);
  });

  it('leaves the word "server" in a URL alone', async () => {
    const { config: here } = await serve((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ url: request.url }));
    });
    const answer = await createSend(here)(
      {
        name: 'x',
        method: 'GET',
        path: '/lists/{list_id}',
        params: { list_id: 'server' },
        query: { email: 'a@server.com', fields: 'id,x+y' },
      },
      signal,
    );
    expect(answer.value).toEqual({ url: '/3.0/lists/server?email=a%40server.com&fields=id%2Cx%2By' });
  });

  it('ends a request when it is told to, before and while it runs', async () => {
    let arrived: () => void = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const closed = Promise.withResolvers<void>();
    const { config: here } = await serve((request) => {
      request.socket.once('close', () => closed.resolve());
      arrived();
    });
    const stop = new AbortController();
    const waiting = failureOf(createSend(here)({ name: 'x', method: 'GET', path: '/' }, stop.signal));
    await arrival;
    stop.abort(new Error('enough'));
    expect((await waiting).kind).toBe('unavailable');
    await closed.promise; // the connection is gone as well
    await expect(createSend(here)({ name: 'x', method: 'GET', path: '/' }, stop.signal)).rejects.toThrow();
  });

  it('serves two accounts side by side', async () => {
    const keys: (string | undefined)[] = [];
    const { url } = await serve((request, response) => {
      keys.push(request.headers.authorization);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const sends = ['a', 'b'].map((accessToken) =>
      createSend(
        config.parse({ connector: 'mailchimp', server: 'us6', baseUrl: url, auth: { method: 'oauth', accessToken } }),
      ),
    );
    await Promise.all(sends.map((send) => send({ name: 'x', method: 'GET', path: '/' }, signal)));
    expect(keys.toSorted()).toEqual(['Bearer a', 'Bearer b']);
  });

  it('is not loaded by importing the connector', () => {
    const loaded = (more: string): string => {
      const script = `import { createRequire } from 'node:module';
        await import('@heed/connector-mailchimp'); ${more}
        console.log(Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('superagent')).length > 0)`;
      const given = ['--conditions=@heed/source', '--input-type=module', '--no-warnings', '-e', script];
      return execFileSync(process.execPath, given, { cwd: import.meta.dirname, encoding: 'utf8' }).trim();
    };
    expect(loaded('')).toBe('false');
    expect(loaded("await import('@mailchimp/mailchimp_marketing/src/ApiClient.js');")).toBe('true');
  });
});

describe('a broken answer', () => {
  it.each([
    ['a page instead of JSON', 200, 'text/html', '<p>Welcome to the hotel</p>', 'unavailable', true],
    ['JSON cut off', 200, 'application/json', '{"members": [{"email_address": "ann@example.org"', 'unavailable', true],
    ['an error cut off', 400, 'application/problem+json', '{"detail": "ann@example.org', 'unavailable', false],
    ['the edge blocking', 403, 'text/html', 'Request Blocked', 'rate-limited', false],
    ['the edge overloaded', 503, 'text/html', 'Request Blocked', 'unavailable', true],
    ['a server error', 500, 'application/problem+json', '{"title": "Internal Server Error"}', 'unavailable', true],
  ])('%s', async (_, status, type, body, kind, mayHaveApplied) => {
    const { config: here } = await serve((_request, response) =>
      response.writeHead(status, { 'content-type': type }).end(body),
    );
    const error = await failureOf(createSend(here)({ name: 'x', method: 'GET', path: '/' }, signal));
    expect(error).toMatchObject({ kind, details: { mayHaveApplied } });
    expect(JSON.stringify([error, error.message, error.stack])).not.toMatch(/example\.org|c0ffee/);
  });

  it('with a connection that is cut, or was never made', async () => {
    const { config: here } = await serve((_, response) =>
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '50' })
        .write('{"a":', () => response.destroy()),
    );
    expect(await failureOf(createSend(here)({ name: 'x', method: 'GET', path: '/' }, signal))).toMatchObject({
      kind: 'unavailable',
      details: { mayHaveApplied: true },
    });
    const closed = await serve(() => {});
    servers.pop()?.close();
    const error = await failureOf(createSend(closed.config)({ name: 'x', method: 'GET', path: '/' }, signal));
    expect(error).toMatchObject({ kind: 'unavailable', details: { mayHaveApplied: false, code: 'ECONNREFUSED' } });
  });
});

describe('a problem of the vendor', () => {
  const problem = (status: number, title: string, detail = 'ann@example.org says hello', errors?: object) =>
    errorOf('x', {
      kind: 'answer',
      status,
      contentType: 'application/problem+json; charset=utf-8',
      retryAfter: null,
      date: null,
      body: { title, detail, errors },
    });

  it.each([
    [400, 'Member In Compliance State', undefined, { kind: 'refused', details: { forever: true } }],
    [400, 'Forgotten Email Not Subscribed', undefined, { kind: 'refused', details: { forever: true } }],
    [400, 'Member Exists', undefined, { kind: 'refused', details: { code: 'Member Exists' } }],
    [
      400,
      'Invalid Resource',
      'ann@example.org looks fake or invalid, please enter a real email address.',
      { kind: 'invalid' },
    ],
    [
      400,
      'Invalid Resource',
      "ann@example.org has signed up to a lot of lists very recently; we're not allowing more signups for now",
      { kind: 'refused' },
    ],
    [400, 'JSON Parse Error', undefined, { kind: 'protocol' }],
    [401, 'API Key Invalid', undefined, { kind: 'auth' }],
    [403, 'User Disabled', undefined, { kind: 'forbidden' }],
    [404, 'Resource Not Found', undefined, { kind: 'missing' }],
    [405, 'Method Not Allowed', undefined, { kind: 'refused' }],
    [422, 'Invalid Method Override', undefined, { kind: 'protocol' }],
    [429, 'Too Many Requests', undefined, { kind: 'rate-limited', details: { mayHaveApplied: false } }],
    [500, 'Internal Server Error', undefined, { kind: 'unavailable', details: { mayHaveApplied: true } }],
  ])('%i %s', (status, title, detail, expected) => {
    const error = problem(status, title, detail);
    expect(error).toMatchObject(expected);
    expect(error.message).not.toContain('ann@');
  });

  it('names the field, and of the text only what quotes no value', () => {
    const known = problem(400, 'Invalid Resource', 'Your merge fields were invalid.', [
      { field: 'LTV', message: 'Please enter a number' },
    ]);
    expect(known).toMatchObject({ kind: 'invalid', details: { field: 'LTV' } });
    expect(known.message).toContain('LTV: Please enter a number');
    const unknown = problem(400, 'Invalid Resource', '', [{ field: 'CITY', message: 'Bob from Ulm is not a city' }]);
    expect(unknown.message).not.toContain('Bob');
  });

  it('obeys a Retry-After, should there ever be one', () => {
    const error = errorOf('x', {
      kind: 'answer',
      status: 429,
      contentType: 'application/json',
      retryAfter: '7',
      date: null,
      body: {},
    });
    expect(error.details.retryAfterMs).toBe(7000);
  });
});

it('no key and no address is in any error, whatever goes wrong', async () => {
  const vendor = await startMailchimp();
  await add(vendor, 'ann@example.org');
  for (const kind of ['throttle', 'server-error', 'html', 'reset', 'reset-after', 'truncated', 'expired-token']) {
    vendor.faults([{ kind }]);
    const error = await failureOf(readAll(openFor(vendor).session));
    const text = `${JSON.stringify(error)} ${error.message} ${error.stack} ${String(error.cause)}`;
    expect(text).not.toContain(vendor.accessToken);
    expect(text).not.toContain(Buffer.from(`user:${vendor.accessToken}`).toString('base64'));
    expect(text).not.toContain('ann@');
  }
});
