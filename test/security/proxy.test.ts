import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { openWorld, populate, type World } from '../e2e/kit.ts';

// What a proxy gets to see. Nobody asked for one: nothing. Somebody did: nothing of this machine's own addresses, and of
// the vendors' only the name of the host, because they are asked by https, through a tunnel.

let world: World;
const seen: string[] = [];
const proxy = createServer((request, response) => {
  seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)}`);
  response.writeHead(502).end();
}).on('connect', (request, socket) => {
  seen.push(`CONNECT ${request.url} ${JSON.stringify(request.headers)}`);
  socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
});
let proxyUrl = '';

beforeAll(async () => {
  world = await openWorld();
  populate(world, 6);
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  proxyUrl = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
});
afterEach(() => {
  seen.length = 0;
});
afterAll(async () => {
  proxy.close().closeAllConnections();
  await world.close();
});

const everyVariable = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'ALL_PROXY',
      'FTP_PROXY',
      'npm_config_proxy',
      'npm_config_https_proxy',
      'GLOBAL_AGENT_HTTP_PROXY',
    ].flatMap((name) => [
      [name, proxyUrl],
      [name.toLowerCase(), proxyUrl],
    ]),
  );

describe('the sandboxes on this machine', () => {
  it('are asked without a proxy, whatever the environment says', async () => {
    const environments: readonly Readonly<Record<string, string>>[] = [
      {},
      { NODE_OPTIONS: '--use-env-proxy' },
      { NODE_USE_ENV_PROXY: '1', NO_PROXY: 'example.org', no_proxy: '' },
    ];
    const checks = environments.map((more) => world.heed(['check', 'acme'], { ...everyVariable(), ...more }));
    for (const ended of await Promise.all(checks)) expect([ended.code, ended.stderr]).toEqual([0, '']);
    expect(seen).toEqual([]);
  });
});

describe('the vendors', () => {
  it('are asked through a tunnel when Node was told to use a proxy, which sees neither key nor path', async () => {
    const key = `${'c0ffee'.repeat(5)}42-us6`;
    const connections = {
      salesforce: {
        connector: 'salesforce',
        domain: 'canary.my.salesforce.com',
        auth: { method: 'client-credentials', clientId: 'c', clientSecret: { env: 'CANARY_SECRET' } },
      },
      mailchimp: { connector: 'mailchimp', auth: { method: 'api-key', apiKey: { env: 'CANARY_KEY' } } },
    };
    writeFileSync(join(world.folder, 'profiles', 'acme', 'connections.yaml'), stringify(connections));
    const secrets = { CANARY_SECRET: 'canary-secret', CANARY_KEY: key };
    const both = [
      world.heed(['lists', 'acme', 'mailchimp'], more()),
      world.heed(['lists', 'acme', 'salesforce'], more()),
    ];
    for (const ended of await Promise.all(both)) expect(ended.code).toBe(3);
    expect(seen.length).toBeGreaterThan(1);
    const hosts = new Set(seen.map((line) => line.split(' ').slice(0, 2).join(' ')));
    expect(hosts).toEqual(new Set(['CONNECT us6.api.mailchimp.com:443', 'CONNECT canary.my.salesforce.com:443']));
    expect(seen.join('\n')).not.toMatch(/c0ffee|canary-secret|authorization"|Bearer|Basic/i);

    function more(): Readonly<Record<string, string>> {
      return { NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: proxyUrl, ...secrets };
    }
  });

  it('are not asked at all when certificates are not to be checked', async () => {
    const ended = await world.heed(['check', 'acme'], { NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('NODE_EXTRA_CA_CERTS');
  });
});
