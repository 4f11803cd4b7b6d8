import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run as importCommand } from '../../packages/cli/src/commands/optouts-import.ts';
import { contact, member, memberNow, stored } from '../bad-input/stage/people.ts';
import { type ImportJson, importText, jsonOf, newWorld, openWorld, type World } from './kit.ts';

// C20 through the front door: a file comes in, and what the next syncs make of it at both stand-ins.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => newWorld(world));
afterAll(() => world.close());

const synced = async (): Promise<number> => (await world.heed(['sync', 'acme', '--yes'])).code;
const listFile = (): string => join(world.place.profilesDir, 'list.csv');

describe('C20: an imported list', () => {
  it('C20 C0.2: opts known people out in every system, whatever crmToMarketing says, and names broken lines', async () => {
    const ann = contact(world, 'ann@example.org');
    member(world, 'ann@example.org');
    const bob = contact(world, 'bob@example.org');
    member(world, 'bob@example.org');
    expect(await synced()).toBe(0);

    const { code, json, said } = await importText(
      world,
      'Name;E-Mail\n"Ann; the first";ANN@example.org\nCat;cat@example.org\nDan;dan.example.org\n',
    );
    expect([code, json]).toMatchObject([5, { rows: 3, addresses: 2, already: 0, subscribed: 1, entered: 2 }]);
    expect(json.broken).toEqual({ count: 1, lines: [{ line: 4, reason: 'not an e-mail address: no @' }] });
    expect(said).not.toContain('dan.example.org');

    expect(await synced()).toBe(0);
    expect(stored(world, ann).HasOptedOutOfEmail).toBe(true);
    expect(memberNow(world, 'ann@example.org')).toMatch(/^unsubscribed/);
    expect(stored(world, bob).HasOptedOutOfEmail).toBe(false);
    expect(memberNow(world, 'bob@example.org')).toMatch(/^subscribed/);
  });

  it('C20 C26: an unknown address is created by no profile later, in no system', async () => {
    const { audience } = world.mailchimp.act('admin/audience', { name: 'Second' }) as { readonly audience: string };
    world.profile(
      {
        optOut: { crmToMarketing: false },
        marketing: { connection: 'mailchimp', audience },
        create: { crm: 'Contact' },
      },
      'second',
    );
    expect(await synced()).toBe(0);
    expect((await importText(world, 'cat@example.org\ndog@example.org\n')).code).toBe(0);

    const cat = contact(world, 'cat@example.org');
    const eve = contact(world, 'eve@example.org');
    world.mailchimp.act('admin/subscribe', { audience, email: 'dog@example.org', mergeFields: { LNAME: 'Dog' } });
    world.mailchimp.act('admin/subscribe', { audience, email: 'fay@example.org', mergeFields: { LNAME: 'Fay' } });
    expect(await synced()).toBe(0);

    const everybody = [...world.mailchimp.state().audiences.values()].flatMap((one) => [...one.members.all()]);
    const seen = [...new Set(everybody.map(({ email, status }) => `${email} ${status}`))].sort();
    // Eve, whom no list names, is made; cat is not, by either profile, and the dog that came by itself is unsubscribed.
    expect(seen).toEqual(['dog@example.org unsubscribed', 'eve@example.org subscribed', 'fay@example.org subscribed']);
    expect(stored(world, cat).HasOptedOutOfEmail).toBe(true);
    expect(stored(world, eve).HasOptedOutOfEmail).toBe(false);
    const contacts = world.salesforce.state().needTable('Contact').rows();
    expect([...contacts].map((one) => one.Email).sort()).toEqual(
      ['cat', 'eve', 'fay'].map((name) => `${name}@example.org`),
    );
  });

  it('C20: again is no new fact, a shorter file opts nobody in, an address more is one more', async () => {
    expect((await importText(world, 'ann@x.org\nbob@x.org\n')).json.entered).toBe(2);
    expect((await importText(world, 'ann@x.org\nbob@x.org\n')).json).toMatchObject({ already: 2, entered: 0 });
    expect((await importText(world, 'ann@x.org\n')).json).toMatchObject({ already: 1, entered: 0 });
    const longer = (await importText(world, 'ann@x.org\nbob@x.org\ncat@x.org\n')).json;
    expect(longer).toMatchObject({ already: 2, entered: 1 });
    const bob = contact(world, 'bob@x.org');
    expect(await synced()).toBe(0);
    expect(stored(world, bob).HasOptedOutOfEmail).toBe(true);
    expect(memberNow(world, 'bob@x.org')).toBe('nobody');
  });

  it('C20: a list for one connection leaves profiles of another alone, yet nobody is created by them (C26)', async () => {
    world.connections({ other: world.mailchimp.connection });
    const ann = contact(world, 'ann@x.org');
    member(world, 'ann@x.org');
    expect(await synced()).toBe(0);
    expect((await importText(world, 'ann@x.org\ncat@x.org\n', ['--connection', 'other'])).code).toBe(0);
    contact(world, 'cat@x.org');
    expect(await synced()).toBe(0);
    expect([stored(world, ann).HasOptedOutOfEmail, memberNow(world, 'ann@x.org')]).toEqual([false, 'subscribed Bad']);
    expect(memberNow(world, 'cat@x.org')).toBe('nobody');
    // Said of a connection of the profile, it counts there.
    expect((await importText(world, 'ann@x.org\n', ['--connection', 'mailchimp'])).json.entered).toBe(1);
    expect(await synced()).toBe(0);
    expect(memberNow(world, 'ann@x.org')).toMatch(/^unsubscribed/);
  });

  it('C20: warns loudly when most of the addresses are active subscribers', async () => {
    for (const name of ['ann', 'bob', 'cat']) member(world, `${name}@x.org`);
    expect(await synced()).toBe(0);
    const half = await importText(world, 'Email\nann@x.org\nnew@x.org\n', ['--list', 'half']);
    expect(half.json.warning).toBeNull();
    const most = await importText(world, 'Email\nann@x.org\nbob@x.org\nnew@x.org\n', ['--list', 'most']);
    expect(most.json).toMatchObject({
      subscribed: 2,
      warning: expect.stringContaining('2 of these 3 addresses ARE ACTIVE SUBSCRIBERS'),
    });
    expect(most.said).toContain('ARE ACTIVE SUBSCRIBERS');
  });

  it('C20: a hundred thousand lines, streamed', async () => {
    const people = 100_000;
    const names = Array.from({ length: people }, (_, i) => `"Person, ${i}";person${i % 99_000}@example.org`);
    world.file('list.csv', `Name;Mail\n${names.join('\n')}\n`);
    const done = await world.heed(['optouts', 'import', listFile(), 'acme', '--confirm', '99000']);
    expect(jsonOf<ImportJson>(done)).toMatchObject({ rows: people, addresses: 99_000, entered: 99_000 });
    const verified = await world.heed(['ledger', 'verify', 'acme']);
    expect(verified.code).toBe(0);
  });
});

describe('nothing is written', () => {
  const TEXT = 'Email\nann@example.org\nbob@example.org\n';
  it.each([
    ['by a dry run', ['--dry-run'], 0, '2 distinct valid addresses'],
    ['without the number', [], 2, 'confirm that number with --confirm 2'],
    [
      'with another number',
      ['--confirm', '3'],
      2,
      'holds 2 distinct valid addresses, and --confirm says 3. Nothing was written.',
    ],
    [
      'for an unknown topic',
      ['--topic', 'news', '--confirm', '2'],
      2,
      'acme has no topic "news" (C17). Its profiles name no topics.',
    ],
    ['for an unknown connection', ['--connection', 'mailchump', '--confirm', '2'], 2, 'Did you mean "mailchimp"?'],
    ['for an unknown column', ['--column', 'Mail', '--confirm', '2'], 2, 'There is no column "Mail"'],
    ['in an unknown encoding', ['--encoding', 'klingon', '--confirm', '2'], 2, 'does not know "klingon"'],
  ])('%s', async (_, args, code, says) => {
    expect(await synced()).toBe(0);
    world.file('list.csv', TEXT);
    const before = world.durable();
    const ended = await world.heed(['optouts', 'import', listFile(), 'acme', ...args]);
    expect([ended.code, ended.said]).toEqual([code, expect.stringContaining(says)]);
    expect(world.durable()).toEqual(before);
  });

  it.each([
    ['a file that is not there', 'nowhere.csv', 'there is no such file'],
    ['a folder', '.', 'is a folder; name the file in it'],
  ])('from %s', async (_, name, says) => {
    const ended = await world.heed([
      'optouts',
      'import',
      join(world.place.profilesDir, name),
      'acme',
      '--confirm',
      '1',
    ]);
    expect([ended.code, ended.said]).toEqual([2, expect.stringContaining(says)]);
  });

  it('from a file without an address, or with a quote that is never closed', async () => {
    world.file('list.csv', 'Email\nann\n');
    const none = await world.heed(['optouts', 'import', listFile(), 'acme', '--confirm', '0']);
    expect([none.code, none.said]).toEqual([2, expect.stringContaining('holds 0 distinct valid addresses')]);
    world.file('list.csv', 'Email\nann@x.org\n"bob@x.org\ncat@x.org\n');
    const open = await world.heed(['optouts', 'import', listFile(), 'acme', '--confirm', '1']);
    expect([open.code, open.said]).toEqual([2, expect.stringContaining('A quote is opened and never closed')]);
  });
});

describe('on a terminal, and from standard input', () => {
  const onTerminal = async (typed: string, options: Readonly<Record<string, unknown>> = {}) => {
    const asked: string[] = [];
    const told: string[] = [];
    const { profilesDir, stateDir, environment } = world.place;
    const answer = await importCommand(
      {
        json: false,
        profilesDir,
        stateDir,
        keyFile: undefined,
        environment,
        signal: new AbortController().signal,
        progress: { show: () => {}, clear: () => {} },
        tell: (text) => told.push(text),
        say: () => {},
        readInput: async () => '',
        async *inputBytes() {},
        ask: async (question) => {
          asked.push(question);
          return typed;
        },
      },
      [listFile(), 'acme'],
      options,
    ).catch((error: unknown) => (error instanceof Error ? error.message : ''));
    return { asked, told: told.join('\n'), answer };
  };

  it('C20: the number is shown, asked for and must be typed', async () => {
    world.file('list.csv', 'Email\nann@x.org\nbob@x.org\n');
    const wrong = await onTerminal('yes');
    expect(wrong.answer).toBe('That is not the number of addresses. Nothing was written.');
    expect(wrong.told).toContain('2 distinct valid addresses in 2 rows');
    expect(wrong.asked).toEqual(['To opt them out of all mail of acme, type the number of addresses: ']);
    expect((await onTerminal(' 2 ')).answer).toMatchObject({ code: 0, json: { entered: 2 } });
  });

  it('C20: the warning is in the question', async () => {
    member(world, 'ann@x.org');
    expect(await synced()).toBe(0);
    world.file('list.csv', 'Email\nann@x.org\n');
    const { asked, told } = await onTerminal('');
    expect(told.replaceAll(/\s+/g, ' ')).toContain('1 of these 1 address ARE ACTIVE SUBSCRIBERS');
    expect(asked[0]).toContain('READ THE WARNING ABOVE');
  });

  it('a FILE of - is standard input, which leaves no file behind', async () => {
    const done = await world.heed(['optouts', 'import', '-', 'acme', '--confirm', '1'], '\ufeffMail\r\nann@x.org\r\n');
    expect(jsonOf<ImportJson>(done)).toMatchObject({ entered: 1, encoding: 'utf-8', list: 'standard input' });
    expect(Object.keys(world.durable()).filter((path) => path.includes('import-'))).toEqual([]);
  });
});
