import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contact, member, memberNow } from '../bad-input/stage/people.ts';
import { newWorld, openWorld, type World } from './kit.ts';

// C20, recurring: `optOut.importFrom` in a profile, a file that changes every day.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => {
  newWorld(world);
  from('optouts.csv');
});
afterAll(() => world.close());

const from = (importFrom: unknown): void => world.profile({ optOut: { crmToMarketing: false, importFrom } });
const sync = () => world.heed(['sync', 'acme', '--yes']);
const people = (n: number, from = 0): string => Array.from({ length: n }, (_, i) => `p${from + i}@x.org\n`).join('');

/** What the ledger says of an address. */
const facts = async (address: string): Promise<number> => {
  const { json } = await world.heed(['ledger', 'export', 'acme', address]);
  return (json as { readonly entries: readonly unknown[] }).entries.length;
};

describe('C20: a list in a profile', () => {
  it('C20: is imported before the run, and again only if it changed', async () => {
    world.file('acme/optouts.csv', 'Email\nann@x.org\n');
    member(world, 'ann@x.org');
    contact(world, 'cat@x.org');
    const first = await sync();
    expect([first.code, first.said]).toEqual([
      0,
      expect.stringContaining('1 address opted out by the list optouts.csv'),
    ]);
    expect(memberNow(world, 'ann@x.org')).toMatch(/^unsubscribed/);
    expect(memberNow(world, 'cat@x.org')).toMatch(/^subscribed/);

    expect((await sync()).said).not.toContain('optouts.csv');
    expect(await facts('ann@x.org')).toBeGreaterThan(0);

    // Ann is gone from the list and stays opted out; two others came.
    world.file('acme/optouts.csv', 'Email\nbob@x.org\ndan@x.org\neve@x.org\n');
    expect((await sync()).said).toContain('3 addresses opted out by the list optouts.csv');
    expect(memberNow(world, 'ann@x.org')).toMatch(/^unsubscribed/);
  });

  it('names broken lines, without their text, and takes the rest: exit 5', async () => {
    world.file('acme/optouts.csv', 'Email\nann.x.org\nbob@x.org\n');
    const { code, said } = await sync();
    expect(code).toBe(5);
    expect(said).toContain('1 broken line left out: line 2: not an e-mail address: no @');
    expect(said).not.toContain('ann.x.org');
    expect(await facts('bob@x.org')).toBe(1);
  });

  it('C20: that grew too much is not imported: exit 4, and the command that imports it; the run goes on', async () => {
    world.file('acme/optouts.csv', people(1_001));
    contact(world, 'new@x.org');
    const { code, said } = await sync();
    expect(code).toBe(4);
    expect(memberNow(world, 'new@x.org')).toMatch(/^subscribed/);
    expect(await facts('p0@x.org')).toBe(0);
    const command = /if it is right: heed (?<words>.+)/.exec(said)?.groups?.words ?? '';
    expect(command).toContain('--list optouts.csv --confirm 1001');

    expect((await world.heed(command.split(' '))).code).toBe(0);
    expect(await facts('p0@x.org')).toBe(1);
    expect((await sync()).code).toBe(0);
    // Twice the last version and a thousand are no surprise.
    world.file('acme/optouts.csv', people(3_002));
    expect((await sync()).code).toBe(0);
    expect(await facts('p3001@x.org')).toBe(1);
  });

  it('C20: that is mostly active subscribers is not imported either', async () => {
    for (const name of ['ann', 'bob', 'cat']) member(world, `${name}@x.org`);
    world.file('acme/optouts.csv', 'Email\n');
    expect((await sync()).code).toBe(0);
    world.file('acme/optouts.csv', 'Email\nann@x.org\nbob@x.org\nnew@x.org\n');
    const { code, said } = await sync();
    expect([code, said]).toEqual([4, expect.stringContaining('mostly ACTIVE SUBSCRIBERS: 2 of 3 addresses')]);
    expect(memberNow(world, 'ann@x.org')).toBe('subscribed');
  });

  it('C20: a plan enters nothing, and says exactly what the sync does that enters it first', async () => {
    world.file('acme/optouts.csv', 'Email\n');
    contact(world, 'ann@x.org');
    contact(world, 'bob@x.org');
    expect((await sync()).code).toBe(0);
    const before = await facts('ann@x.org');
    world.file('acme/optouts.csv', 'Email\nann@x.org\nzed@x.org\nno address\n');
    for (const _again of [1, 2]) {
      const { code, json, said } = await world.heed(['plan', 'acme']);
      expect([code, said]).toEqual([
        5,
        expect.stringContaining('sync first opts out 2 addresses by it, and this plan'),
      ]);
      expect(said).toContain('1 broken line left out: line 4');
      const writes = (json as { readonly runs: readonly { readonly writes: readonly object[] }[] }).runs[0]?.writes;
      expect(writes).toHaveLength(2);
      for (const side of ['crm', 'marketing'])
        expect(writes).toContainEqual({ side, kind: 'opt-out', planned: 1, held: 0 });
      expect([await facts('ann@x.org'), await facts('zed@x.org')]).toEqual([before, 0]);
      expect(memberNow(world, 'ann@x.org')).toMatch(/^subscribed/);
    }
    const { code, json } = await sync();
    expect(code).toBe(5);
    expect(json).toMatchObject({ runs: [{ crm: { optedOut: 1 }, marketing: { optedOut: 1 } }] });
    expect(memberNow(world, 'ann@x.org')).toMatch(/^unsubscribed/);
    expect(memberNow(world, 'bob@x.org')).toMatch(/^subscribed/);
    const after = await world.heed(['plan', 'acme']);
    expect(after.said).not.toContain('optouts.csv');
    expect(after.json).toMatchObject({ runs: [{ writes: [] }] });
  });

  it('C20: a list that one profile brings is in the plans of the others after it, and is told once', async () => {
    world.file('acme/optouts.csv', 'Email\n');
    contact(world, 'ann@x.org');
    const change = { optOut: { crmToMarketing: false, importFrom: 'optouts.csv' } };
    world.profile(change, 'alpha');
    world.profile(change);
    expect((await sync()).code).toBe(0);
    world.file('acme/optouts.csv', 'Email\nann@x.org\nzed@x.org\n');
    const { json, said } = await world.heed(['plan', 'acme']);
    expect(said.match(/sync first opts out/g)).toHaveLength(1);
    const { runs } = json as { readonly runs: readonly { readonly writes: readonly object[] }[] };
    expect(runs.map(({ writes }) => writes.length)).toEqual([2, 2]);
  });

  it('is read as the profile says', async () => {
    from({ path: 'lists/daily.txt', column: '2', delimiter: ':', encoding: 'utf-16le' });
    world.file('acme/lists/daily.txt', Buffer.from('1:ann@x.org\n2:bob@x.org\n', 'utf16le'));
    expect((await sync()).said).toContain('2 addresses opted out by the list lists/daily.txt');
  });
});

describe('a list that cannot be read: said, exit 5, and nobody is opted in or out', () => {
  it.each([
    ['that is not there', () => {}, 'there is no such file'],
    ['that is a folder', () => world.file('acme/optouts.csv/x', ''), 'is a folder'],
    [
      'without a column of addresses',
      () => world.file('acme/optouts.csv', 'Name,Phone\nAnn,1\n'),
      'No column is called',
    ],
    [
      'that leads out of the folder',
      () => {
        writeFileSync(join(world.place.folder, 'outside.csv'), 'Email\nann@x.org\n');
        symlinkSync(join(world.place.folder, 'outside.csv'), join(world.place.profilesDir, 'acme', 'optouts.csv'));
      },
      'it leads out of the folder of the profile',
    ],
  ])('%s', async (_, given, says) => {
    given();
    contact(world, 'new@x.org');
    const { code, said } = await sync();
    expect([code, said]).toEqual([5, expect.stringContaining(says)]);
    expect(memberNow(world, 'new@x.org')).toMatch(/^subscribed/);
    expect(await facts('ann@x.org')).toBe(0);
  });

  it('after it was there: those on it stay opted out', async () => {
    world.file('acme/optouts.csv', 'Email\nann@x.org\n');
    expect((await sync()).code).toBe(0);
    rmSync(join(world.place.profilesDir, 'acme', 'optouts.csv'));
    contact(world, 'ann@x.org');
    expect((await sync()).code).toBe(5);
    expect(memberNow(world, 'ann@x.org')).toBe('nobody');
  });
});
