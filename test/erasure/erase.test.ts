import { randomBytes } from 'node:crypto';
import { globSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { openStateFolder } from '@heed/store';
import { systemClock } from '@heed/toolkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run as eraseCommand } from '../../packages/cli/src/commands/erase.ts';
import type { Invocation } from '../../packages/cli/src/invocation.ts';
import { contact, member, memberNow, stored } from '../bad-input/stage/people.ts';
import type { Answered } from '../bad-input/stage/run-heed.ts';
import { openWorld, type World } from '../bad-input/stage/world.ts';

// C25 through the command line: a person is erased, both vendors go on as they are, and what Heed keeps is read from its files.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
beforeEach(() => {
  world.clear();
  direction(false);
});
afterAll(() => world.close());

const direction = (crmToMarketing: boolean): void => world.profile({ optOut: { crmToMarketing } });
const heed = (...args: string[]): Promise<Answered> => world.heed(args);
const sync = (...more: string[]): Promise<Answered> => heed('sync', 'acme', ...more);
const erase = (address = 'ann@x.org', ...more: string[]): Promise<Answered> =>
  heed('erase', 'acme', address, '--yes', ...more);

/** Files of the state folder that hold a text, as they lie on the disk. */
const filesWith = (text: string): readonly string[] =>
  globSync('**/*', { cwd: world.place.stateDir }).filter(
    (path) =>
      statSync(join(world.place.stateDir, path)).isFile() &&
      readFileSync(join(world.place.stateDir, path)).includes(text),
  );
const optedOut = (id: string, type = 'Contact'): unknown => stored(world, id, type).HasOptedOutOfEmail;
const tick = (id: string): void => {
  world.salesforce.act('admin/edit', { id, fields: { HasOptedOutOfEmail: true } });
};
const MD5_OF_ANN = 'd249273c41f89b03bc92f5bf33fa4b96';

/** Ann and Bob in both systems, Ann by a name that nobody else has. */
const annAndBob = async (): Promise<{ readonly ann: string; readonly bob: string }> => {
  const ann = contact(world, 'Ann@x.org', { FirstName: 'Annabella', LastName: 'Annason' });
  const bob = contact(world, 'bob@x.org', { FirstName: 'Robert' });
  member(world, 'ann@x.org', { FNAME: 'Annabella' });
  expect((await sync('--yes')).code).toBe(0);
  return { ann, bob };
};

describe('C25: heed erase', () => {
  it('C25: leaves nothing of the person in any file, names what remains at the vendors, and the chain is whole', async () => {
    const { ann } = await annAndBob();
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).not.toEqual([]);
    const { code, json, said } = await erase();
    expect(code).toBe(0);
    expect(json).toMatchObject({
      erased: true,
      hash: expect.stringMatching(/^erased-[0-9a-f]{64}$/),
      removed: { records: 2 },
      remaining: [
        { system: 'Salesforce (salesforce)', type: 'Contact', id: ann },
        { system: expect.stringContaining('Mailchimp (mailchimp/'), type: 'member' },
      ],
    });
    expect(said).toContain(`Contact ${ann}`);
    for (const text of ['ann@x.org', 'Ann@x.org', 'Annabella', 'Annason', ann, MD5_OF_ANN])
      expect(filesWith(text), text).toEqual([]);
    expect(filesWith('bob@x.org')).not.toEqual([]);
    expect((await heed('ledger', 'verify', 'acme')).code).toBe(0);
    expect(memberNow(world, 'ann@x.org')).toBe('subscribed Annabella');
  });

  it('C25: later reads keep the hash and nothing else; the person is never created, changed or mailed by Heed again', async () => {
    const { ann } = await annAndBob();
    await erase();
    world.salesforce.act('admin/edit', { id: ann, fields: { FirstName: 'Annabella the Second' } });
    contact(world, 'ann@x.org', { FirstName: 'Reimported' });
    world.mailchimp.act('admin/delete', { email: 'ann@x.org' });
    const before = world.writes().length;
    expect((await sync('--full')).code).toBe(0);
    expect(world.writes().slice(before)).toEqual([]);
    expect(memberNow(world, 'ann@x.org')).toBe('nobody');
    for (const text of ['ann@x.org', 'Annabella', 'Reimported', ann]) expect(filesWith(text), text).toEqual([]);
    expect((await heed('ledger', 'verify', 'acme')).code).toBe(0);
  });

  it('C25 C1: a new opt-out of an erased address in marketing still reaches every CRM record, in that very run', async () => {
    const { ann } = await annAndBob();
    const lead = contact(world, 'ANN@x.org', { LastName: 'Twin' });
    await sync();
    await erase();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    expect((await sync()).code).toBe(0);
    expect([optedOut(ann), optedOut(lead)]).toEqual([true, true]);
    for (const text of ['ann@x.org', 'Annabella', ann, lead]) expect(filesWith(text), text).toEqual([]);
    const { json } = await heed('ledger', 'export', 'acme', 'ann@x.org');
    expect(json).toMatchObject({ erased: { kept: [{ says: 'opted-out', by: 'person' }] } });
    // A record that is made later gets it as well (C1), and another sync writes nothing.
    const third = contact(world, 'ann@x.org');
    await sync();
    expect(optedOut(third)).toBe(true);
    const writes = world.writes().length;
    await sync();
    expect(world.writes().slice(writes)).toEqual([]);
  });

  it('C25 C22: what a CRM record refuses stays owed under the hash, and is tried again', async () => {
    const { ann } = await annAndBob();
    await erase();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    world.salesforce.act('admin/lock', { id: ann, times: 99 });
    const refused = await sync();
    expect([refused.code, optedOut(ann)]).toEqual([5, false]);
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
    const waits = await heed('status', 'acme', '--people');
    expect(waits.json).toMatchObject({
      profiles: [{ owed: { people: 1, who: [{ address: expect.stringMatching(/^erased-/), side: 'crm' }] } }],
    });
    world.salesforce.act('admin/lock', { id: ann, times: 0 });
    expect([(await sync('--full')).code, optedOut(ann)]).toEqual([0, true]);
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
  });

  it('C25 C3: an opt-out in the CRM reaches the member of an erased address where crmToMarketing is on', async () => {
    direction(true);
    const { ann } = await annAndBob();
    await erase();
    tick(ann);
    expect((await sync()).code).toBe(0);
    expect(memberNow(world, 'ann@x.org')).toBe('unsubscribed Annabella');
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
  });

  it('C25 C20: optouts add and a list keep the hash alone, and opt the person out everywhere', async () => {
    const { ann } = await annAndBob();
    await erase();
    expect((await heed('optouts', 'add', 'acme', 'ann@x.org', '--because', 'Annabella called')).code).toBe(0);
    for (const text of ['ann@x.org', 'Annabella']) expect(filesWith(text), text).toEqual([]);
    expect((await sync()).code).toBe(0);
    expect([memberNow(world, 'ann@x.org'), optedOut(ann)]).toEqual(['unsubscribed Annabella', true]);
    world.file('list.csv', 'Email\nann@x.org\nbob@x.org\n');
    const file = join(world.place.profilesDir, 'list.csv');
    const { json } = await heed('optouts', 'import', file, 'acme', '--confirm', '2');
    expect(json).toMatchObject({ addresses: 2, already: 1, entered: 1 });
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
    const exported = await heed('optouts', 'export', 'acme');
    expect(exported.said).toContain('Not listed: 1 opted-out person, erased since.');
    expect(exported.said).not.toContain('ann@x.org');
  });

  it('C25: delivers what is owed first: an opt-out made after the last run is in the CRM before the person is erased', async () => {
    const { ann } = await annAndBob();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    const { code, json } = await erase();
    expect([code, optedOut(ann)]).toEqual([0, true]);
    expect(json).toMatchObject({ erased: true, kept: [{ says: 'opted-out', by: 'person' }] });
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
  });

  it('C25: refuses with the list while something is owed; nothing is erased', async () => {
    const { ann } = await annAndBob();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    world.salesforce.act('admin/lock', { id: ann });
    const { code, json, said } = await erase();
    expect(code).toBe(5);
    expect(json).toMatchObject({ erased: false, owed: [{ side: 'crm', record: { type: 'Contact', id: ann } }] });
    expect(said).toContain('1 opt-out of this person is still owed');
    expect(filesWith('Annabella')).not.toEqual([]);
    expect((await heed('explain', 'acme', 'ann@x.org')).json).not.toHaveProperty('erased');
  });

  it('C25: refuses while a system cannot be asked: nobody knows what it would owe (exit 3)', async () => {
    await annAndBob();
    world.mailchimp.faults([{ kind: 'expired-token' }]);
    const { code, json } = await erase();
    expect(code).toBe(3);
    expect(json).toMatchObject({ erased: false });
    expect(filesWith('Annabella')).not.toEqual([]);
  });

  it('C25: explain and ledger export say that it was erased, when, and what is kept', async () => {
    await annAndBob();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    await erase();
    const explained = await heed('explain', 'acme', 'ann@x.org');
    expect(explained.json).toMatchObject({ erased: { at: expect.any(String), kept: [{ says: 'opted-out' }] } });
    expect(explained.said).toContain('This address was erased from acme on');
    const exported = await heed('ledger', 'export', 'acme', 'ann@x.org');
    expect(exported.said).toContain('This address was erased from acme on');
    expect((exported.json as { entries: readonly { kind: string }[] }).entries.map(({ kind }) => kind)).toEqual([
      'fact',
      'erased',
    ]);
  });

  it('is asked about: off a terminal only with --yes; --dry-run changes nothing; a second time says so', async () => {
    await annAndBob();
    const durable = world.durable();
    const unasked = await heed('erase', 'acme', 'ann@x.org');
    expect([unasked.code, unasked.said]).toEqual([2, expect.stringContaining('--yes. Nothing was erased.')]);
    const dry = await heed('erase', 'acme', 'ann@x.org', '--dry-run');
    expect([dry.code, dry.json]).toEqual([
      0,
      expect.objectContaining({ erased: false, removed: expect.objectContaining({ records: 2 }) }),
    ]);
    expect(world.durable()).toEqual(durable);
    expect((await world.heed(['erase', 'acme', '-', '--yes'], 'ann@x.org\n')).code).toBe(0);
    const again = await erase();
    expect([again.code, again.json]).toEqual([0, expect.objectContaining({ erased: true, already: true })]);
    expect((await erase('nobody at all')).code).toBe(2);
  });

  it('C25 C15: the erased person is known again by their record, whatever address that has by now', async () => {
    const { ann } = await annAndBob();
    world.mailchimp.act('person/unsubscribe', { email: 'ann@x.org' });
    await erase();
    world.salesforce.act('admin/edit', { id: ann, fields: { Email: 'anna@new.org' } });
    member(world, 'anna@new.org', { FNAME: 'New' });
    direction(true);
    await sync('--yes');
    expect(memberNow(world, 'anna@new.org')).toBe('unsubscribed New');
    for (const text of ['ann@x.org', 'Annabella', ann]) expect(filesWith(text), text).toEqual([]);
  });

  it('C25: whoever had the address before lives on without it, and is synced as ever', async () => {
    const early = contact(world, 'ann@x.org', { FirstName: 'Early' });
    await sync('--yes');
    world.salesforce.act('admin/edit', { id: early, fields: { Email: 'early@x.org' } });
    await sync();
    contact(world, 'ann@x.org', { FirstName: 'Annabella' });
    await sync();
    expect((await erase()).json).toMatchObject({ erased: true });
    for (const text of ['ann@x.org', 'Annabella']) expect(filesWith(text), text).toEqual([]);
    world.salesforce.act('admin/edit', { id: early, fields: { FirstName: 'Late' } });
    expect((await sync()).code).toBe(0);
    expect(memberNow(world, 'early@x.org')).toBe('subscribed Late');
    const state = new DatabaseSync(join(world.place.stateDir, 'acme.db'));
    // A mark of the erased person would have everything read anew by the next run.
    expect(state.prepare("SELECT * FROM dirty WHERE address LIKE 'erased-%'").all()).toEqual([]);
    state.close();
  });

  it('C25: is not done for a profile that is paused or has errors, nor while another process runs the customer', async () => {
    await annAndBob();
    await heed('pause', 'acme');
    const paused = await erase();
    expect([paused.code, paused.said]).toEqual([5, expect.stringContaining('acme/newsletter is paused')]);
    await heed('resume', 'acme');
    world.file('acme/second.yaml', 'version: 1\ncrm: oops\n');
    expect((await erase()).code).toBe(2);
    rmSync(join(world.place.profilesDir, 'acme/second.yaml'));
    const folder = openStateFolder(world.place.stateDir, { clock: systemClock, random: randomBytes });
    const lease = await folder.leases.acquire('acme', 'somebody else', 60_000);
    expect((await erase()).code).toBe(6);
    expect(filesWith('Annabella')).not.toEqual([]);
    if (lease !== null) await folder.leases.release(lease);
    folder.close();
    expect((await erase()).code).toBe(0);
  });

  it('on a terminal the word is typed, after what is removed and what remains was shown', async () => {
    await annAndBob();
    const shown: string[] = [];
    const typing = (word: string) => eraseCommand(invocationOf(word, shown), ['acme', 'ann@x.org'], {});
    await expect(typing('yes')).rejects.toThrow('It was not confirmed. Nothing was erased.');
    expect(filesWith('Annabella')).not.toEqual([]);
    expect(shown.join('\n')).toMatch(
      /2 records, 0 facts[\s\S]+These records remain at the vendors[\s\S]+type erase: $/,
    );
    expect((await typing(' Erase ')).code).toBe(0);
    expect(filesWith('Annabella')).toEqual([]);
  });
});

const invocationOf = (typed: string, shown: string[]): Invocation => ({
  json: false,
  profilesDir: world.place.profilesDir,
  stateDir: world.place.stateDir,
  keyFile: undefined,
  environment: world.place.environment,
  signal: new AbortController().signal,
  progress: { show: () => {}, clear: () => {} },
  tell: (text) => shown.push(text),
  say: (text) => shown.push(text),
  readInput: async () => '',
  inputBytes: () => Readable.from([]),
  ask: async (question) => {
    shown.push(question);
    return typed;
  },
});
