import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, type SandboxOptions, startSandbox } from '../src/index.ts';
import { type ToyState, toy } from './toy-vendor.ts';

type Toy = RunningSandbox<ToyState, { readonly shelf: string }>;
const running: Toy[] = [];
const folders: string[] = [];

async function start(options: SandboxOptions = {}): Promise<Toy> {
  const sandbox = await startSandbox(toy, { clock: { now: () => 1_000_000 }, ...options });
  running.push(sandbox);
  return sandbox;
}

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'heed-sandbox-'));
  folders.push(path);
  return path;
}

function call(sandbox: Toy, method: string, path: string, body?: unknown, init: RequestInit = {}): Promise<Response> {
  return fetch(sandbox.url + path, {
    method,
    headers: { authorization: `Bearer ${sandbox.accessToken}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...init,
  });
}

const steer = (sandbox: Toy, name: string, body?: unknown): Promise<Response> =>
  fetch(`${sandbox.url}/__sandbox/${name}`, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });

/** Waits for something that another connection brings about; every turn goes once through the event loop. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true })));
});

describe('a running sandbox', () => {
  test('listens on loopback and announces how to connect', async () => {
    const sandbox = await start();
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(sandbox.announcement).toEqual({
      url: sandbox.url,
      connection: {
        connector: 'toy',
        baseUrl: sandbox.url,
        auth: { method: 'bearer', token: { env: 'SANDBOX_TOY_TOKEN' } },
      },
      env: { SANDBOX_TOY_TOKEN: sandbox.accessToken },
      accessToken: sandbox.accessToken,
      shelf: 'top',
    });
    expect(sandbox.shelf).toBe('top');
  });

  test('routes with parameters, with or without a slash at the end, and knows 404 from 405', async () => {
    const sandbox = await start();
    expect(await (await call(sandbox, 'GET', '/counters/a%20b')).json()).toEqual({ name: 'a b', value: 0 });
    expect((await call(sandbox, 'GET', '/counters/a/')).status).toBe(200);
    expect((await call(sandbox, 'GET', '/nothing')).status).toBe(404);
    const wrong = await call(sandbox, 'PUT', '/counters/a');
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, DELETE']);
    expect(wrong.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('reads JSON and forms; JSON that is none is answered in the words of the vendor', async () => {
    const sandbox = await start();
    expect(await (await call(sandbox, 'POST', '/counters/a/add', { by: 2 })).json()).toEqual({ value: 2 });
    const form = await call(sandbox, 'POST', '/form', undefined, { body: new URLSearchParams({ a: '1 2' }) });
    expect(await form.json()).toEqual({ a: '1 2' });
    const broken = await call(sandbox, 'POST', '/counters/a/add', undefined, { body: '{' });
    expect(await broken.json()).toEqual({ error: 'unreadable' });
  });

  test('asks for credentials except on open routes', async () => {
    const sandbox = await start();
    expect((await fetch(`${sandbox.url}/counters/a`)).status).toBe(401);
    expect((await fetch(`${sandbox.url}/token`)).status).toBe(200);
  });

  test('has a clock that only moves forward', async () => {
    const sandbox = await start();
    expect(await (await steer(sandbox, 'clock', { advanceMs: 500 })).json()).toEqual({
      now: new Date(1_000_500).toISOString(),
    });
    expect((await steer(sandbox, 'clock', { advanceMs: -1 })).status).toBe(400);
    expect((await steer(sandbox, 'clock', {})).status).toBe(400);
    expect(sandbox.clock.now()).toBe(1_000_500);
  });

  test('logs every vendor call without secrets, and no steering call', async () => {
    const sandbox = await start();
    await call(sandbox, 'GET', '/counters/a?page=2&access_token=hush&sig=x');
    await fetch(`${sandbox.url}/nothing`);
    const { calls } = (await (await steer(sandbox, 'calls')).json()) as { calls: unknown[] };
    const startedAt = new Date(1_000_000).toISOString();
    expect(calls).toEqual([
      {
        number: 1,
        method: 'GET',
        path: '/counters/a?page=2&access_token=[redacted]&sig=[redacted]',
        status: 200,
        touched: ['a'],
        startedAt,
        concurrent: 1,
      },
      { number: 2, method: 'GET', path: '/nothing', status: 401, touched: [], startedAt, concurrent: 1 },
    ]);
  });

  test('carries out acts of people and administrators, and names those it has', async () => {
    const sandbox = await start();
    expect(await (await steer(sandbox, 'person/press', { name: 'a' })).json()).toEqual({ done: true });
    expect(sandbox.state().counters).toEqual({ a: 99 });
    expect(await (await steer(sandbox, 'person/admin/wipe', {})).json()).toEqual({ wiped: true });
    const unknown = await steer(sandbox, 'person/fly', {});
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('person/press')]);
  });

  test('has switches, and refuses unknown names and values', async () => {
    const sandbox = await start({ switches: { doubt: true } });
    expect(await (await steer(sandbox, 'switches')).json()).toEqual({ doubt: true, flavour: 'sweet' });
    expect((await steer(sandbox, 'switches', { doubt: false, flavour: 'salty' })).status).toBe(400);
    expect((await steer(sandbox, 'switches', { dout: false })).status).toBe(400);
    expect(await (await steer(sandbox, 'switches', { flavour: 'sour' })).json()).toEqual({
      doubt: true,
      flavour: 'sour',
    });
    await expect(start({ switches: { nonsense: 1 } })).rejects.toThrow('No switch is called nonsense');
  });

  test('resets to what it was at the start', async () => {
    const sandbox = await start({ demo: true, switches: { doubt: true } });
    await call(sandbox, 'POST', '/counters/a/add', { by: 1 });
    sandbox.clock.advance(5);
    sandbox.switches({ doubt: false });
    sandbox.faults([{ kind: 'server-error' }]);
    await steer(sandbox, 'reset', {});
    expect(sandbox.state()).toEqual({ token: sandbox.accessToken, counters: { demo: 7 } });
    expect(sandbox.clock.now()).toBe(1_000_000);
    expect(sandbox.calls()).toEqual([]);
    expect((await call(sandbox, 'GET', '/counters/a')).status).toBe(200);
    expect(await (await steer(sandbox, 'switches')).json()).toMatchObject({ doubt: true });
  });

  test('a call from before the reset is not among the calls after it, however late it ends', async () => {
    const sandbox = await start();
    sandbox.faults([{ kind: 'timeout-before', count: 1 }]);
    const gone = new AbortController();
    const held = call(sandbox, 'GET', '/counters/a', undefined, { signal: gone.signal }).catch(() => 'gave up');
    const open = () => sandbox.calls().at(-1)?.concurrent ?? 0;
    while (open() < 2) await call(sandbox, 'GET', '/counters/a');
    sandbox.reset();
    gone.abort();
    expect(await held).toBe('gave up');
    do await call(sandbox, 'GET', '/counters/a');
    while (open() > 1); // until it has ended for the sandbox as well
    expect(sandbox.calls().map(({ status }) => status)).not.toContain(0);
    expect(sandbox.calls()[0]?.number).toBe(1);
  });

  test('counts parallel calls, so that a vendor can refuse the eleventh', async () => {
    const sandbox = await start();
    sandbox.faults([{ kind: 'timeout-before', count: 10 }]);
    const gone = new AbortController();
    const held = Array.from({ length: 10 }, () =>
      call(sandbox, 'GET', '/counters/a', undefined, { signal: gone.signal }).catch(() => 'gave up'),
    );
    let refused = await call(sandbox, 'GET', '/counters/a');
    while (refused.status === 200) refused = await call(sandbox, 'GET', '/counters/a'); // until all ten have arrived
    expect(refused.status).toBe(429);
    gone.abort();
    expect(new Set(await Promise.all(held))).toEqual(new Set(['gave up']));
    await until(() => sandbox.calls().filter((one) => one.status === 0).length === 10);
    expect((await call(sandbox, 'GET', '/counters/a')).status).toBe(200);
  });

  test('closes although a call is being held, and twice', async () => {
    const sandbox = await start();
    sandbox.faults([{ kind: 'timeout-before', route: 'DELETE /counters/a' }]);
    const held = call(sandbox, 'DELETE', '/counters/a').catch(() => 'cut off');
    while ((sandbox.calls().at(-1)?.concurrent ?? 0) < 2) await call(sandbox, 'GET', '/counters/a');
    await sandbox.close();
    await sandbox.close();
    expect(await held).toBe('cut off');
  });
});

describe('a state file', () => {
  test('brings account, clock, switches and keys back', async () => {
    const stateFile = join(await folder(), 'deep', 'toy.json');
    const first = await start({ stateFile, seed: 5 });
    await call(first, 'POST', '/counters/a/add', { by: 3 });
    first.clock.advance(60_000);
    first.switches({ flavour: 'sour' });
    await first.close();
    expect((await stat(stateFile)).mode & 0o777).toBe(0o600);

    const second = await start({ stateFile, demo: true });
    expect(second.accessToken).toBe(first.accessToken);
    expect(second.state().counters).toEqual({ a: 3 });
    expect(second.clock.now()).toBe(1_060_000);
    expect(await (await steer(second, 'switches')).json()).toMatchObject({ flavour: 'sour' });
    second.reset();
    expect(second.accessToken).toBe(second.state().token);
  });

  test('of another sandbox is refused and left alone', async () => {
    const stateFile = join(await folder(), 'other.json');
    await writeFile(stateFile, JSON.stringify({ version: 1, sandbox: 'other' }));
    await expect(start({ stateFile })).rejects.toThrow('no state file of the toy sandbox');
    expect(await readFile(stateFile, 'utf8')).toContain('other');
  });
});

test('closing twice writes once: a later sandbox on the same file is not overwritten', async () => {
  const stateFile = join(await folder(), 'toy.json');
  const first = await start({ stateFile });
  await first.close();
  const second = await start({ stateFile });
  second.act('person/press', { name: 'a' });
  await second.close();
  await first.close();
  expect((await start({ stateFile })).state().counters).toEqual({ a: 99 });
});

test('the state file is written in the background too, for a sandbox that is killed', async () => {
  const stateFile = join(await folder(), 'toy.json');
  const sandbox = await start({ stateFile });
  await call(sandbox, 'POST', '/counters/a/add', { by: 3 });
  const written = (): Promise<string> => readFile(stateFile, 'utf8').catch(() => '');
  while (!(await written()).includes('"a":3')) await new Promise((resolve) => setImmediate(resolve));
  expect(JSON.parse(await written())).toMatchObject({ version: 1, sandbox: 'toy', state: { counters: { a: 3 } } });
});
