import { afterAll, beforeAll, expect, it } from 'vitest';
import { contact, member, memberNow, stored } from '../bad-input/stage/people.ts';
import { openWorld, type World } from '../bad-input/stage/world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  world.clear();
});
afterAll(() => world.close());

it('C25 C17: the collapsed opt-out of an erased person stays one of the topic', async () => {
  world.profile({
    optOut: { crmToMarketing: true },
    topics: { events: { crm: 'Newsletter_Opt_Out__c', collapse: 'any' } },
  });
  const ann = contact(world, 'ann@x.org');
  member(world, 'ann@x.org');
  const sync = async (...more: string[]): Promise<number> => (await world.heed(['sync', 'acme', ...more])).code;
  expect(await sync('--yes')).toBe(0);
  expect((await world.heed(['erase', 'acme', 'ann@x.org', '--yes'])).code).toBe(0);
  world.salesforce.act('admin/edit', { id: ann, fields: { Newsletter_Opt_Out__c: true } });
  expect(await sync()).toBe(0);
  expect(memberNow(world, 'ann@x.org')).toMatch(/^unsubscribed/);
  // What Heed unsubscribed for the sake of the topic is no opt-out of everything, whenever it is read again (C8).
  expect([await sync(), await sync('--full')]).toEqual([0, 0]);
  expect(stored(world, ann)).toMatchObject({ Newsletter_Opt_Out__c: true, HasOptedOutOfEmail: false });
});
