import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { at, CRM } from '../../testkit/src/store-suite/made-up.ts';
import { openStateFolder } from '../src/index.ts';

const SCRIPT = fileURLToPath(new URL('store-process.ts', import.meta.url));
const clock = { now: Date.now, sleep: async () => {} };
const children: ChildProcess[] = [];
let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heed-processes-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
});

const start = (...args: readonly string[]) => {
  const child = spawn(process.execPath, ['--conditions=@heed/source', SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return { child, lines: createInterface({ input: child.stdout }), ended: once(child, 'exit') };
};

const all = async (lines: AsyncIterable<string>): Promise<readonly string[]> => {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
};

describe('processes', () => {
  test('one that is killed while it writes leaves whole pages and a whole ledger', async () => {
    const { child, lines, ended } = start('write', dir);
    let told = 0;
    for await (const line of lines) {
      told = Number(line);
      if (told === 25) child.kill('SIGKILL');
    }
    await ended;
    const folder = openStateFolder(dir, { clock, random: randomBytes });
    const store = folder.customer('acme');
    const pages = Number(await store.cursor('s'));
    expect(pages).toBeGreaterThanOrEqual(told);
    expect(await store.count(CRM)).toBe(20 * pages);
    expect(await store.verifyLedger()).toMatchObject({ entries: 20 * pages, broken: null });
    expect(await store.dirty('news', pages, null, 100_000)).toHaveLength(20 * pages);
    expect(await store.factsOf([at(`p${pages}-19`), at(`p${pages + 1}-0`)])).toHaveLength(1);
    expect(await store.restored('news')).toBeNull();
    // Its lease is still its own until the time is over.
    expect(await folder.leases.acquire('acme', 'parent', 1_000)).toBeNull();
    folder.close();
  });

  test('that compete for leases have one winner each', async () => {
    const competitors = ['a', 'b', 'c'].map((name) => start('compete', dir, name, '8'));
    const results = await Promise.all(competitors.map(({ lines }) => all(lines)));
    for (let n = 0; n < 8; n += 1) {
      const said = results.map((lines) => lines[n]?.split(' ')[1]).sort();
      expect(said, `customer${n}`).toEqual(['lost', 'lost', 'won']);
    }
  });

  test('read beside one that writes', async () => {
    const { child, lines, ended } = start('write', dir);
    const folder = openStateFolder(dir, { clock, random: randomBytes });
    const store = folder.customer('acme');
    for await (const line of lines) {
      const pages = Number(await store.cursor('s'));
      expect(pages).toBeGreaterThanOrEqual(Number(line));
      // A verb sees one state: all shadows of a page, or none of them.
      expect((await store.count(CRM)) % 20).toBe(0);
      if (pages >= 15) break;
    }
    await store.enter({ facts: [], decisions: [] }, [at('ann')], 1);
    child.kill('SIGKILL');
    await ended;
    expect((await store.verifyLedger()).broken).toBeNull();
    folder.close();
  });
});
