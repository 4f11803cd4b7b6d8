import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badCrmRecords } from './catalogue/crm-records.ts';
import { badMembers } from './catalogue/members.ts';
import { contact, member, memberNow, stored } from './stage/people.ts';
import { openWorld, type World } from './stage/world.ts';

// Bad records among good ones (I12): everybody else is synced, the bad one is set aside or listed with its reason, its opt-out
// flows, and nothing wrong is written for it.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('a bad record', () => {
  it.each([...badCrmRecords, ...badMembers])('$name', async (bad) => {
    const { given, profile = {}, syncs = 1, listed, exit, members = {}, record = {} } = bad;
    world.clear();
    world.profile(profile);
    contact(world, 'new@example.org', { FirstName: 'Newt' });
    const left = contact(world, 'left@example.org');
    member(world, 'left@example.org', {}, true);
    contact(world, 'out@example.org', { HasOptedOutOfEmail: true });
    member(world, 'out@example.org');
    const id = given(world);

    let { code, said, json } = await world.heed(['sync', 'acme', '--yes']);
    for (let again = 1; again < syncs; again += 1) ({ code, said, json } = await world.heed(['sync', 'acme']));
    const { runs } = json as { readonly runs: readonly { readonly run: string }[] };
    const told = (await world.heed(['run', runs[0]?.run ?? ''])).said;
    // The others.
    expect(memberNow(world, 'new@example.org')).toBe('subscribed Newt');
    expect(stored(world, left).HasOptedOutOfEmail).toBe(true);
    expect(memberNow(world, 'out@example.org')).toBe('unsubscribed');
    // The bad one.
    if (listed !== undefined) expect(told).toContain(listed);
    for (const [address, now] of Object.entries(members))
      expect([address, memberNow(world, address)]).toEqual([address, now]);
    expect(stored(world, id)).toMatchObject(record);
    expect({ code, said }).toMatchObject({ code: exit });
  });
});
