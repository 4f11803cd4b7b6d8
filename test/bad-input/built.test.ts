import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, type World } from '../e2e/kit.ts';

// A few of the catalogue through the built command line, a process each: what goes to which stream, and standard input as it is.
// More of them: test/e2e/exit-codes.test.ts.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const calls = (): number => world.salesforce.calls().length + world.mailchimp.calls().length;

describe('through the built command line', () => {
  it.concurrent.each([
    ['a misspelt command', ['synk', 'acme'], '', 'Did you mean sync?'],
    ['a list on standard input', ['optouts', 'add', 'acme', '-'], 'ann@example.org\nbob@example.org\n', '2 lines'],
    ['nothing on standard input', ['explain', 'acme', '-'], '', 'is not an e-mail address'],
    ['an address that is none', ['explain', 'acme', 'ann.example.org'], '', 'is not an e-mail address'],
    ['a number that is none', ['plan', '--limit', '٣'], '', 'A whole number is needed'],
    ['a path in place of a customer', ['sync', '../profiles/acme'], '', 'is not customer or customer/profile'],
  ])('%s', async (_, args, input, says) => {
    const [plain, json] = await Promise.all([world.heed(args, {}, input), world.heed([...args, '--json'], {}, input)]);
    expect(plain.stderr).toContain(says);
    expect([plain.code, plain.stdout]).toEqual([2, '']);
    expect(json.code).toBe(2);
    expect(String((JSON.parse(json.stdout) as { readonly error: unknown }).error)).not.toBe('');
    expect(calls()).toBe(0);
  });

  it('a file of bytes, and a profile beside it that is right: both are said, nothing is asked', async () => {
    const file = join(world.folder, 'profiles', 'acme', 'bytes.yaml');
    writeFileSync(file, new Uint8Array([0x89, 0x50, 0x4e, 0x47]));
    const checked = await world.heed(['check', 'acme', '--offline', '--json']);
    rmSync(file);
    expect(checked.code).toBe(2);
    expect(JSON.parse(checked.stdout)).toMatchObject({
      errors: [{ line: 1, column: 1, what: 'the file is not text in UTF-8', fix: 'Save it as UTF-8' }],
      profiles: [{ profile: 'acme/newsletter', ok: true }],
    });
    expect(calls()).toBe(0);
  });

  it('a secret that is not there: which, where it is named, and no run', async () => {
    const ended = await world.heed(['sync', 'acme', '--yes', '--json'], { SANDBOX_MAILCHIMP_KEY: '' });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /connections\.yaml:\d+:\d+: the environment variable SANDBOX_MAILCHIMP_KEY is empty\. Provide it/,
    );
    expect(JSON.parse(ended.stdout)).toEqual({ runs: [] });
    expect(calls()).toBe(0);
  });
});
