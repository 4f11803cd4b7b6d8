import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { contact, memberNow, stored } from '../bad-input/stage/people.ts';
import { importText, jsonOf, newWorld, openWorld, type World } from './kit.ts';

const ANN = 'ann@example.org';
const BOB = 'bob@example.org';

/** Mailchimp's own key of a member. */
const hashOf = (email: string): string => createHash('md5').update(email).digest('hex');

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Topics {
  readonly topics: readonly { readonly id: string; readonly name: string }[];
}
interface Exported {
  readonly addresses: readonly { readonly address: string; readonly topic: string }[];
}

const exported = async (more: readonly string[]): Promise<Exported['addresses']> => {
  const { said } = await world.heed(['optouts', 'export', 'acme', '--json', ...more]);
  return (JSON.parse(said) as Exported).addresses;
};

it('C17 C20 a list about one topic opts out of that topic everywhere, and of nothing else', async () => {
  newWorld(world);
  const { topics } = jsonOf<Topics>(await world.heed(['lists', 'acme', 'mailchimp', '--json']));
  const events = topics.find(({ name }) => name.endsWith('Events'))?.id ?? '';
  world.profile({
    optOut: { crmToMarketing: false },
    topics: { events: { crm: 'Newsletter_Opt_Out__c', marketing: events } },
  });
  const [ann, bob] = [contact(world, ANN), contact(world, BOB)];
  expect((await world.heed(['sync', 'acme', '--yes'])).code).toBe(0);
  for (const email of [ANN, BOB]) world.mailchimp.act('person/preferences', { email, interests: { [events]: true } });
  expect((await world.heed(['sync', 'acme'])).code).toBe(0);

  const { json } = await importText(world, `email\n${ANN}\n`, ['--topic', 'events']);
  expect(json).toMatchObject({ entered: 1, topic: 'events' });
  expect((await world.heed(['optouts', 'add', 'acme', BOB, '--topic', 'event'])).said).toContain(
    'Did you mean "events"?',
  );
  expect((await world.heed(['sync', 'acme'])).code).toBe(0);
  expect(stored(world, ann)).toMatchObject({ Newsletter_Opt_Out__c: true, HasOptedOutOfEmail: false });
  expect(stored(world, bob)).toMatchObject({ Newsletter_Opt_Out__c: false, HasOptedOutOfEmail: false });
  const joined = (email: string) =>
    world.mailchimp.state().audiences.get(world.mailchimp.audience)?.members.get(hashOf(email))?.interests;
  expect([joined(ANN), joined(BOB)]).toEqual([[], [events]]);
  for (const email of [ANN, BOB]) expect(memberNow(world, email)).toMatch(/^subscribed/);

  // The same people again bring nothing new; for all mail they do.
  expect((await importText(world, `email\n${ANN}\n`, ['--topic', 'events'])).json.entered).toBe(0);
  expect(await exported(['--topics'])).toMatchObject([{ address: ANN, topic: 'events' }]);
  expect(await exported([])).toEqual([]);
  expect((await world.heed(['explain', 'acme', ANN])).said).toContain('Topic events: opted out by a list');
});
