import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, populate, type Running, type World } from '../e2e/kit.ts';

// What a process leaves behind that does not end as it should, and what others on the machine can see of one that runs.

let world: World;
let reports = '';
beforeAll(async () => {
  world = await openWorld();
  populate(world, 8);
  reports = join(world.folder, 'reports');
  mkdirSync(reports);
});
afterAll(() => world.close());

const secrets = (): readonly string[] => [
  ...Object.values(world.salesforce.env),
  ...Object.values(world.mailchimp.env),
  ...world.salesforce.state().accessTokens.keys(),
];

const expectNoSecretIn = (text: string): void => {
  for (const secret of secrets()) expect(text).not.toContain(secret);
};

const stateFiles = (): string =>
  readdirSync(world.stateDir)
    .map((file) => readFileSync(join(world.stateDir, file), 'latin1'))
    .join('\n');

/** A library that throws where nobody can catch it, an error with everything of the request on it. */
const CRASH = `
  const real = globalThis.fetch;
  globalThis.fetch = (url, options) => {
    const error = new Error('boom at ' + url + ' for canary.person@example.org with token=canary-token');
    Object.assign(error, { request: { url: String(url), headers: options.headers, body: options.body }, env: { ...process.env } });
    error.cause = new Error('Bearer canary-token-in-cause');
    if (process.env.CANARY_HOW === 'rejection') Promise.reject(error);
    else setImmediate(() => { throw error; });
    return new Promise(() => {});
  };
  globalThis.fetch.real = real;
`;

describe('an error that nobody catches', () => {
  it.each(['exception', 'rejection'])(
    '(%s) ends the run with exit 1 and tells neither secrets nor people',
    async (how) => {
      const preload = join(world.folder, 'crash.mjs');
      writeFileSync(preload, CRASH);
      const options = `--import ${preload} --report-uncaught-exception --report-directory=${reports}`;
      const ended = await world.heed(['sync', 'acme', '--yes', '--json'], {
        NODE_OPTIONS: options,
        CANARY_HOW: how,
        HEED_DEBUG: '1',
      });
      expect(ended.code).toBe(1);
      expect(ended.stderr).toContain('Heed failed unexpectedly: boom at');
      expect(JSON.parse(ended.stdout)).toEqual({ error: expect.stringContaining('boom at') });
      const left = readdirSync(reports).map((file) => readFileSync(join(reports, file), 'utf8'));
      for (const text of [ended.stderr, ended.stdout, ...left, stateFiles()]) {
        expectNoSecretIn(text);
        expect(text).not.toMatch(/canary/i);
      }
      expect(left).toEqual([]);
    },
  );
});

/** Starts a sync and answers once a stand-in holds one of its reads: it is surely in the middle of its work. */
const heldSync = (more: Readonly<Record<string, string>> = {}): Promise<Running> => {
  world.mailchimp.faults([{ kind: 'timeout-after', route: 'GET /3.0/lists/{list}/members', count: 1 }]);
  return new Promise((resolve) => {
    const running = world.start(['sync', 'acme', '--yes'], more);
    world.watch(({ path }) => {
      if (/\/members$/.test(path)) resolve(running);
    });
  });
};

const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a process in the middle of a sync', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('leaves no secret in its files after %s', async (signal) => {
    const { child, ended } = await heldSync();
    child.kill(signal);
    const { stdout, stderr } = await ended;
    for (const text of [stdout, stderr, stateFiles()]) expectNoSecretIn(text);
    expect(stdout + stderr).not.toContain('@example.org');
  });

  it('writes a diagnostic report, when it is asked for one, without its environment', async () => {
    const options = `--report-on-signal --report-signal=SIGUSR2 --report-directory=${reports} --report-filename=asked.json`;
    const { child, ended } = await heldSync({ NODE_OPTIONS: options });
    const written = new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => String(chunk).includes('report completed') && resolve());
    });
    child.kill('SIGUSR2');
    await written;
    child.kill('SIGKILL');
    await ended;
    const report = readFileSync(join(reports, 'asked.json'), 'utf8');
    expect(JSON.parse(report)).toMatchObject({ header: { processId: child.pid } });
    expectNoSecretIn(report);
    expect(report).not.toContain('environmentVariables');
  });

  onLinux('has nothing secret on its command line, and no children (Linux: /proc shows them)', async () => {
    const { child, ended } = await heldSync();
    const lineOf = (pid: string): string => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    const parentOf = (pid: string): string => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? '';
      } catch {
        return ''; // ended meanwhile
      }
    };
    const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === String(child.pid));
    const line = lineOf(String(child.pid));
    child.kill('SIGKILL');
    await ended;
    expect(children).toEqual([]);
    expect(line).toContain('sync acme');
    expectNoSecretIn(line);
  });
});

describe('what is typed', () => {
  it('an address can be given by standard input, and a mistake does not repeat what would steer a terminal', async () => {
    const asked = await world.heed(['explain', 'acme', '-'], {}, 'canary.person@example.org\n');
    expect(asked.stderr).not.toContain('canary');
    const wrong = await world.heed(['sync', `acme/\u001b]0;owned\u0007`, '--nonsense\u009b2J']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
