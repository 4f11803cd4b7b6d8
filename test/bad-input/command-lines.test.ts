import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badCommandLines } from './catalogue/command-lines.ts';
import { badDecisions } from './catalogue/decisions.ts';
import { openWorld, type World } from './stage/world.ts';

// Wrong command lines, on a customer who is synced already: each says what is wrong and what to do, ends with its exit code, and
// changes nothing at the vendors, in the state or in a file.

let world: World;
let run = '';
beforeAll(async () => {
  world = await openWorld();
  for (const name of ['ann', 'bob', 'left'])
    world.salesforce.act('admin/create', { type: 'Contact', fields: { LastName: name, Email: `${name}@example.org` } });
  world.mailchimp.act('admin/subscribe', { email: 'left@example.org' });
  world.mailchimp.act('person/unsubscribe', { email: 'left@example.org' });
  const synced = await world.heed(['sync', 'acme', '--yes']);
  expect(synced.code).toBe(0);
  run = (synced.json as { readonly runs: readonly { readonly run: string }[] }).runs[0]?.run ?? '';
  expect(world.writes()).not.toEqual([]);
});
afterAll(() => world.close());

describe('a wrong command line', () => {
  it.each([...badCommandLines, ...badDecisions])('$name', async ({ heed = [], piped, says, exit }) => {
    const [writes, durable] = [world.writes(), world.durable()];
    const { code, said } = await world.heed(
      heed.map((word) => word.replace('{run}', run)),
      piped,
    );

    const shown = said.replaceAll(world.place.profilesDir, 'profiles').replaceAll(run, '{run}');
    for (const text of says) expect(shown).toContain(text);
    expect(code).toBe(exit);
    expect(world.writes()).toEqual(writes);
    expect(world.durable()).toEqual(durable);
  });
});
