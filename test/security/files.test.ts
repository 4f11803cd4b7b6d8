import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { printProfileError, secretsOf } from '@heed/core';
import { openStateFolder } from '@heed/store';
import { fakeClock, type SealedStorage, sealedVault } from '@heed/toolkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCustomers } from '../../packages/core/src/profile/index.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'heed-security-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const onLinux = process.platform === 'linux' ? it : it.skip;

const pipe = (path: string): void => {
  execFileSync('mkfifo', [path]);
};

describe('a profiles folder with what is no profile in it', () => {
  const errorsOf = async (): Promise<readonly string[]> => {
    const { errors } = await loadCustomers(dir, { connectors: [], validateCron: () => null });
    return errors
      .map((error) => printProfileError(error).replace(`${dir}/`, ''))
      .filter((text) => !text.includes('connections.yaml'));
  };
  beforeEach(() => mkdirSync(join(dir, 'acme')));
  const at = (name: string): string => join(dir, 'acme', name);

  it('a pipe is not waited for', async () => {
    pipe(at('x.yaml'));
    expect(await errorsOf()).toEqual(['acme/x.yaml:1:1: this is no regular file. Put a file in its place.']);
  });
  it('a link to a device is not read for ever', async () => {
    symlinkSync('/dev/zero', at('x.yaml'));
    expect(await errorsOf()).toEqual(['acme/x.yaml:1:1: this is no regular file. Put a file in its place.']);
  });
  it('a link that leads nowhere, or round in a circle, is told', async () => {
    symlinkSync(at('gone'), at('x.yaml'));
    symlinkSync(at('z.yaml'), at('y.yaml'));
    symlinkSync(at('y.yaml'), at('z.yaml'));
    symlinkSync(join(dir, 'nobody'), join(dir, 'nobody'));
    const why = 'the file cannot be read. Check that it exists and that this user may read it.';
    expect(await errorsOf()).toEqual(['x', 'y', 'z'].map((name) => `acme/${name}.yaml:1:1: ${why}`));
  });
  it('a link to a file is read, as where secrets and settings are mounted', async () => {
    writeFileSync(join(dir, 'elsewhere'), 'hello\n');
    symlinkSync(join(dir, 'elsewhere'), at('x.yaml'));
    expect(await errorsOf()).toEqual(['acme/x.yaml:1:1: the file must be a map of keys, and this is text.']);
  });
  onLinux('a file that is larger than it says is not read to its end (Linux: /proc has one)', async () => {
    symlinkSync('/proc/kallsyms', at('x.yaml')); // says 0 bytes, has megabytes
    expect(await errorsOf()).toEqual(['acme/x.yaml:1:1: the file is larger than 256 KiB. Split it up.']);
  });
  it.each([
    ['another encoding', Buffer.from([0xff, 0xfe, 0x61, 0x00])],
    ['a cut letter', Buffer.from([0x61, 0xc3])],
    ['zero bytes', Buffer.from('a\0b')],
  ])('%s is no text', async (_, bytes) => {
    writeFileSync(at('x.yaml'), bytes);
    expect(await errorsOf()).toEqual(['acme/x.yaml:1:1: the file is not text in UTF-8. Save it as UTF-8.']);
  });
  it('a secret in a file without end is not read to its end', async () => {
    await expect(secretsOf({}).file('/dev/zero')).rejects.toThrow('too long for a secret');
    writeFileSync(join(dir, 'key'), 'abc\n');
    expect(await secretsOf({}).file(join(dir, 'key'))).toBe('abc\n');
  });
});

describe('the state folder', () => {
  const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
  const open = (more: { readonly keyFile?: string } = {}) =>
    openStateFolder(join(dir, 'state'), { clock: fakeClock(), random: (n) => new Uint8Array(n).fill(7), ...more });

  it.each([0o000, 0o022, 0o077])("is its owner's only under the umask %o, log and shared memory too", (umask) => {
    const before = process.umask(umask);
    try {
      const folder = open();
      folder.customer('acme');
      const files = readdirSync(join(dir, 'state'));
      expect(files).toEqual(
        expect.arrayContaining(['acme.db', 'acme.db-wal', 'acme.db-shm', 'acme.head', 'accounts.db', 'key']),
      );
      expect([mode(join(dir, 'state')), ...files.map((file) => mode(join(dir, 'state', file)))]).toEqual([
        '700',
        ...files.map(() => '600'),
      ]);
      folder.close();
    } finally {
      process.umask(before);
    }
  });

  onLinux('refuses a key that everybody may read and that it cannot close (Linux: /proc has such a file)', () => {
    // A file of the kernel: readable by all, and nobody can change that.
    expect(() => open({ keyFile: '/proc/sys/kernel/random/boot_id' })).toThrow(
      '/proc/sys/kernel/random/boot_id holds the key, everybody on this computer may read it',
    );
    const own = join(dir, 'key');
    writeFileSync(own, Buffer.alloc(32, 1));
    chmodSync(own, 0o666);
    open({ keyFile: own }).close();
    expect(mode(own)).toBe('600');
  });

  it('does not write a key through a link that lies in its way', () => {
    const victim = join(dir, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, join(dir, `outside.key.${process.pid}.tmp`));
    open({ keyFile: join(dir, 'outside.key') }).close();
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(mode(join(dir, 'outside.key'))).toBe('600');
  });
});

describe('sealed tokens', () => {
  it('do not open after any single change, cut or addition, nor as those of another connection', async () => {
    const key = new Uint8Array(32).fill(7);
    const kept: { bytes: Uint8Array } = { bytes: new Uint8Array() };
    const storage: SealedStorage = {
      load: async () => kept.bytes,
      save: async (sealed) => {
        kept.bytes = sealed;
      },
    };
    await sealedVault(key, storage, 'acme/crm').save({ refreshToken: 'canary-token', from: 'x' });
    const sealed = kept.bytes;
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('canary');
    const tampered: Uint8Array[] = [];
    for (let i = 0; i < sealed.length; i += 1) {
      for (const bit of [1, 128]) tampered.push(sealed.map((byte, at) => (at === i ? byte ^ bit : byte)));
      tampered.push(sealed.slice(0, i));
    }
    tampered.push(Buffer.concat([sealed, Buffer.of(0)]), new Uint8Array(1_000));
    for (const bytes of tampered) {
      kept.bytes = bytes;
      await expect(sealedVault(key, storage, 'acme/crm').load()).rejects.toMatchObject({ kind: 'config' });
    }
    kept.bytes = sealed;
    for (const label of ['acme/marketing', 'acm/ecrm', 'acme/cr', ''])
      await expect(sealedVault(key, storage, label).load()).rejects.toMatchObject({ kind: 'config' });
    expect(await sealedVault(key, storage, 'acme/crm').load()).toEqual({ refreshToken: 'canary-token', from: 'x' });
  });
});
