import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contact, member } from '../bad-input/stage/people.ts';
import { type ImportJson, importText, jsonOf, openWorld, type World } from './kit.ts';

// C20: what comes out again, one customer for all tests.

interface Line {
  readonly address: string;
  readonly state: string;
  readonly reason: string;
  readonly source: string;
  readonly date: string;
}

let world: World;
let file: string;
beforeAll(async () => {
  world = await openWorld();
  contact(world, 'ann@x.org', { HasOptedOutOfEmail: true });
  contact(world, 'free@x.org');
  member(world, 'bob@x.org', {}, true);
  member(world, 'cat@x.org');
  world.mailchimp.act('person/complain', { email: 'cat@x.org' });
  member(world, 'dan@x.org');
  world.mailchimp.act('person/bounce', { email: 'dan@x.org' });
  const moved = contact(world, 'eve@x.org', { HasOptedOutOfEmail: true });
  expect((await world.heed(['sync', 'acme', '--yes'])).code).toBe(0);
  world.salesforce.act('admin/edit', { type: 'Contact', id: moved, fields: { Email: 'eve@y.org' } });
  expect((await world.heed(['sync', 'acme'])).code).toBe(0);
  await importText(world, '=cmd|calc@x.org\n+fay@x.org\n', ['--because', '=HYPERLINK("http://x")', '--by', 'Ops']);
  file = join(world.place.folder, 'out.csv');
});
afterAll(() => world.close());

describe('heed optouts export', () => {
  it('C20: every opted-out and undeliverable address with reason, source and date; nobody else', async () => {
    const { said } = await world.heed(['optouts', 'export', 'acme']);
    const { addresses } = JSON.parse(said) as { readonly addresses: readonly Line[] };
    const lines = addresses.map(({ address, state, reason }) => `${address}: ${state}, ${reason}`);
    expect(lines).toEqual([
      '+fay@x.org: opted-out, opt-out list: =HYPERLINK("http://x")',
      '=cmd|calc@x.org: opted-out, opt-out list: =HYPERLINK("http://x")',
      'ann@x.org: opted-out, opted out in the CRM (HasOptedOutOfEmail) by unknown',
      'bob@x.org: opted-out, unsubscribed by the person',
      'cat@x.org: opted-out, complaint',
      'dan@x.org: undeliverable, mail bounces',
      'eve@x.org: opted-out, opted out in the CRM (HasOptedOutOfEmail) by unknown',
      'eve@y.org: opted-out, opted out in the CRM (HasOptedOutOfEmail) by unknown, at another address of the person',
    ]);
    for (const { date } of addresses) expect(new Date(date).toISOString()).toBe(date);
    expect(addresses.map(({ source }) => source)).toContain('opt-out list, entered by Ops');
  });

  it('goes to a file that only its owner may read, whatever was there before', async () => {
    writeFileSync(file, 'old', { mode: 0o644 });
    const done = await world.heed(['optouts', 'export', 'acme', '--file', file]);
    expect([done.code, done.json]).toEqual([
      0,
      { customer: 'acme', file, addresses: 8, erased: 0, interrupted: false },
    ]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is safe to open in a spreadsheet: no cell begins like a formula', async () => {
    await world.heed(['optouts', 'export', 'acme', '--file', file]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const rows = lines.map((line) => line.slice(1, -1).split('","'));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([7]));
    expect(rows).toHaveLength(9);
    expect(rows.flat().filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    expect(rows.flat().filter((cell) => cell.startsWith("'"))).toHaveLength(2);
  });

  it('comes in again as the same addresses', async () => {
    await world.heed(['optouts', 'export', 'acme', '--file', file]);
    const again = await world.heed(['optouts', 'import', file, 'acme', '--column', 'address', '--confirm', '8']);
    expect(jsonOf<ImportJson>(again)).toMatchObject({ addresses: 8, already: 2, entered: 6, broken: { count: 0 } });
  });

  it('says where it cannot write', async () => {
    const { code, said } = await world.heed(['optouts', 'export', 'acme', '--file', '/nowhere/out.csv']);
    expect([code, said]).toEqual([2, expect.stringContaining('cannot be written (ENOENT)')]);
  });
});
