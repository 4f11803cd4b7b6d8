import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badMailchimpAnswers } from './catalogue/mailchimp-answers.ts';
import { badSalesforceAnswers } from './catalogue/salesforce-answers.ts';
import { contact, member, memberNow, stored } from './stage/people.ts';
import { openWorld, type World } from './stage/world.ts';

// Answers of the vendors that are not as documented: the run says so and writes nothing on the strength of them, and the first
// run after it with right answers brings both systems together.

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

describe('a wrong answer', () => {
  it.each([...badSalesforceAnswers, ...badMailchimpAnswers])('$from: $name', async (bad) => {
    const { from, to, answer, later = false, refusals = false, says, exit, written = false } = bad;
    world.clear();
    if (later) await world.heed(['sync', 'acme', '--yes']);
    contact(world, 'new@example.org', { FirstName: 'Newt' });
    const left = contact(world, 'left@example.org');
    member(world, 'left@example.org', {}, true);
    contact(world, 'out@example.org', { HasOptedOutOfEmail: true });
    member(world, 'out@example.org');
    const before = world.writes();
    let hits = 0;
    world.rewrite(from, ({ method, url }, reply) => {
      if (!to.test(`${method} ${url}`) || (reply.status >= 400 && !refusals)) return null;
      hits += 1;
      const right = typeof reply.body === 'string' && reply.body !== '' ? JSON.parse(reply.body) : {};
      const headers = { ...reply.headers, 'content-type': 'application/json; charset=utf-8' };
      return { status: 200, headers, body: JSON.stringify(answer(right)) };
    });

    const { code, said } = await world.heed(['sync', 'acme', '--yes']);
    const shown = said.replaceAll(world.place.profilesDir, 'profiles');
    expect(hits).toBeGreaterThan(0);
    expect(hits).toBeLessThan(20);
    for (const text of says) expect(shown).toContain(text);
    if (!written) expect(world.writes()).toEqual(before);
    expect({ code, said }).toMatchObject({ code: exit });

    world.rewrite(from, () => null);
    const healed = await world.heed(['sync', 'acme', '--yes']);
    expect({ code: healed.code, said: healed.said }).toMatchObject({ code: 0 });
    expect(memberNow(world, 'new@example.org')).toBe('subscribed Newt');
    expect(stored(world, left).HasOptedOutOfEmail).toBe(true);
    expect(memberNow(world, 'out@example.org')).toBe('unsubscribed');
  });
});
