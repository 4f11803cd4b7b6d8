import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/consent/reach.ts';
import { demands, HOUR_MS, key, LIST, MINUTE_MS, OTHER_AUDIENCE, type Rules, reasonOf, Story } from './story.ts';

const viaAt = (story: Story, email: string): readonly string[] =>
  reachOf(
    key(email),
    [...story.shadows.values()],
    { facts: story.facts, decisions: story.decisions },
    story.view.scope,
  ).bindings.map((binding) => binding.via);

describe('C15 a changed address', () => {
  it('C15 forward: the opt-out follows the person to every later address, with its date', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    const [origin] = story.member('a@x.org', 'unsubscribed', { by: 'person' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.record('Contact 1', { email: 'c@x.org' });
    expect(viaAt(story, 'b@x.org')).toEqual(['followed']);
    expect(viaAt(story, 'c@x.org')).toEqual(['followed']);
    expect(story.plan('c@x.org').verdict.because).toEqual([origin?.n]);
    expect(demands(story.plan('c@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C15 it stays on the old address', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'unsubscribed');
    story.record('Contact 1', { email: 'b@x.org' });
    expect(viaAt(story, 'a@x.org')).toEqual(['own']);
    story.record('Lead 9', { email: 'a@x.org' });
    expect(demands(story.plan('a@x.org'))).toEqual(['Lead 9 opt-out']);
  });

  it('C15 it follows also when it is read after the change', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('a@x.org', 'unsubscribed', { by: 'person', modifiedAt: story.now - 3 * HOUR_MS });
    expect(viaAt(story, 'b@x.org')).toEqual(['followed']);
  });

  it('C15 back to an older address, if no other live record has it', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('b@x.org', 'unsubscribed', { by: 'person' });
    expect(viaAt(story, 'a@x.org')).toEqual(['followed']);
    story.record('Lead 9', { email: 'a@x.org' });
    expect(viaAt(story, 'a@x.org')).toEqual([]);
  });

  it('C15 there and back again: a returned person is still opted out', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('b@x.org', 'unsubscribed');
    story.record('Contact 1', { email: 'a@x.org' });
    expect(viaAt(story, 'a@x.org')).toEqual(['followed']);
  });

  it('C15 what surely happened after the record left an address does not follow it', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('a@x.org', 'subscribed');
    story.member('a@x.org', 'unsubscribed');
    expect(viaAt(story, 'a@x.org')).toEqual(['own']);
    expect(viaAt(story, 'b@x.org')).toEqual([]);
  });

  it('C15 in doubt about the order it follows', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('a@x.org', 'unsubscribed');
    expect(viaAt(story, 'b@x.org')).toEqual(['followed']);
  });

  it('C15 made in this marketing system: the member at the later address is unsubscribed under any setting', () => {
    const story = new Story({ crmToMarketing: false });
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('a@x.org');
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('b@x.org', 'subscribed');
    expect(demands(story.plan('b@x.org'))).toEqual(['member opt-out']);
    expect(story.plan('b@x.org').verdict.guarded).toBe(false);
  });

  it.each([true, false])('C15 only the CRM made it: C2 and C3 decide at the later address, enabled %s', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1', { email: 'a@x.org', optedOut: true });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('b@x.org', 'subscribed');
    expect(demands(story.plan('b@x.org'))).toEqual(enabled ? ['member opt-out'] : []);
  });

  const shared = (rules: Rules = {}) => {
    const story = new Story(rules);
    story.record('Contact 1', { email: 'family@x.org' });
    story.record('Contact 2', { email: 'family@x.org' });
    return story;
  };

  it('C15 several people shared the address: listed, nothing written, nobody created', () => {
    const story = shared();
    story.member('family@x.org', 'unsubscribed', { by: 'person' });
    story.record('Contact 1', { email: 'own@x.org' });
    const plan = story.plan('own@x.org');
    expect(viaAt(story, 'own@x.org')).toEqual(['doubtful']);
    expect(demands(plan)).toEqual([]);
    expect(plan.verdict).toMatchObject({ fields: false, create: false });
    expect(reasonOf(plan)).toBe('shared-address');
  });

  it('C15 C8 an echo on this record demands no more than the doubtful opt-out behind it', () => {
    const story = shared({ crmToMarketing: true });
    story.member('family@x.org', 'unsubscribed', { by: 'person' });
    story.carryOut('family@x.org');
    story.record('Contact 1', { email: 'own@x.org' });
    story.member('own@x.org', 'subscribed');
    const plan = story.plan('own@x.org');
    expect(demands(plan)).toEqual([]);
    expect(plan.verdict).toMatchObject({ fields: false, create: false });
    expect(reasonOf(plan)).toBe('shared-address');
  });

  it('C15 shared, but made on this very record: it follows', () => {
    const story = shared({ crmToMarketing: true });
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { email: 'own@x.org' });
    story.record('Contact 2', { email: 'two@x.org' });
    expect(viaAt(story, 'own@x.org')).toEqual(['followed']);
    expect(viaAt(story, 'two@x.org')).toEqual(['doubtful']);
  });

  it('C15 the other one had left before: not shared any more', () => {
    const story = shared();
    story.record('Contact 2', { email: 'two@x.org' });
    story.member('family@x.org', 'subscribed');
    story.member('family@x.org', 'unsubscribed', { by: 'person' });
    story.record('Contact 1', { email: 'own@x.org' });
    expect(viaAt(story, 'own@x.org')).toEqual(['followed']);
    expect(viaAt(story, 'two@x.org')).toEqual([]);
  });

  it("C15 an opted-out person's member is not renamed, a clean one is", () => {
    for (const optedOut of [true, false]) {
      const story = new Story();
      story.record('Contact 1', { email: 'a@x.org' });
      story.member('a@x.org', 'subscribed');
      story.links.push({
        member: { type: 'member', id: 'a@x.org' },
        crm: { type: 'Contact', id: '1' },
        agreed: {},
        left: false,
      });
      story.record('Contact 1', { email: 'b@x.org', optedOut });
      expect(demands(story.plan('b@x.org'))).toEqual(optedOut ? [] : ['marketing rename']);
    }
  });

  it('C15 C12a the member of somebody who once opted out is not renamed, and an archived one is not', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'archived');
    story.links.push({
      member: { type: 'member', id: 'a@x.org' },
      crm: { type: 'Contact', id: '1' },
      agreed: {},
      left: false,
    });
    story.record('Contact 1', { email: 'b@x.org' });
    expect(demands(story.plan('b@x.org'))).not.toContain('marketing rename');
  });

  it('C7 C15 an own opt-in at the old address, after the person left it, lifts nothing at the new one', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'unsubscribed', { by: 'person' });
    story.record('Contact 1', { email: 'b@x.org' });
    story.member('a@x.org', 'pending');
    story.member('a@x.org', 'subscribed');
    expect(story.plan('b@x.org').verdict.row).toBe(3);
  });
});

describe('C16 merge, conversion, restore: the stricter state survives', () => {
  it.each([true, false])('C16 merge: the survivor is set, enabled %s', (enabled) => {
    const story = new Story({ crmToMarketing: enabled });
    story.record('Contact 1');
    story.record('Contact 2', { optedOut: true });
    story.record('Contact 2', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
    story.carryOut('ann@x.org');
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
  });

  it('C16 merge: the loser had another address; the survivor inherits its opt-out', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 2', { email: 'b@x.org', optedOut: true });
    story.record('Contact 2', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(viaAt(story, 'a@x.org')).toEqual(['inherited']);
    expect(demands(story.plan('a@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C16 conversion of a lead: the contact is set', () => {
    const story = new Story();
    story.record('Lead 1', { optedOut: true });
    story.record('Contact 1');
    story.record('Lead 1', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C16 a chain of merges: the last heir is set', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Contact 2');
    story.record('Contact 3', { optedOut: true });
    story.record('Contact 3', { life: { kind: 'continued', as: { type: 'Contact', id: '2' } } });
    story.record('Contact 2', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C16 restored without its flag: set again', () => {
    const story = new Story();
    story.record('Contact 1', { optedOut: true });
    story.record('Contact 1', { life: { kind: 'deleted' } });
    story.record('Contact 1', { optedOut: false, life: { kind: 'live' } });
    expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out']);
  });

  it('C16 what was lifted is not set on an heir', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Contact 2', { optedOut: true });
    story.member('ann@x.org', 'pending');
    story.later(24 * HOUR_MS);
    story.member('ann@x.org', 'subscribed', { optIn: { at: story.now, proof: 'signup' } });
    story.record('Contact 2', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(story.plan('ann@x.org').verdict.row).toBe(1);
  });

  it('C16 C6 after it was set, an untick of what only the CRM had said is left', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Contact 2', { optedOut: true });
    story.record('Contact 2', { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } });
    story.carryOut('ann@x.org');
    story.record('Contact 1', { optedOut: false });
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(story.plan('ann@x.org').verdict.row).toBe(4);
  });

  it('C14 an address alone never makes two records one person', () => {
    const story = new Story();
    story.record('Contact 1');
    story.record('Contact 2', { optedOut: true });
    story.record('Contact 1', { email: 'new@x.org' });
    expect(viaAt(story, 'new@x.org')).toEqual(['doubtful']);
  });
});

describe('C26 how far a fact reaches', () => {
  it('C26 another audience or connection does not bind this profile, but blocks creating', () => {
    const story = new Story();
    story.record('Contact 1');
    story.fact({ source: OTHER_AUDIENCE });
    expect(story.plan('ann@x.org').verdict.row).toBe(6);
    expect(demands(story.plan('ann@x.org'))).toEqual([]);
    expect(reasonOf(story.plan('ann@x.org'))).toBe('opted-out-elsewhere');
  });

  it('C26 C15 it blocks creating at a later address of the person as well', () => {
    const story = new Story();
    story.record('Contact 1');
    story.fact({ source: OTHER_AUDIENCE });
    story.record('Contact 1', { email: 'ann@new.org' });
    expect(demands(story.plan('ann@new.org'))).toEqual([]);
  });

  it('C26 lists and complaints bind the whole customer', () => {
    for (const more of [{ source: LIST }, { source: OTHER_AUDIENCE, complaint: true }]) {
      const story = new Story();
      story.record('Contact 1');
      story.member('ann@x.org', 'subscribed');
      story.fact(more);
      expect(demands(story.plan('ann@x.org'))).toEqual(['Contact 1 opt-out', 'member opt-out']);
    }
  });

  it('C17 a topic opt-out is not widened silently', () => {
    const story = new Story();
    story.record('Contact 1');
    story.fact({ source: LIST, topic: 'news' });
    expect(story.plan('ann@x.org').verdict.row).toBe(6);
  });
});

/** Random lives of two records that move between four addresses, with opt-outs at any time. */
const ADDRESSES = ['a@x.org', 'b@x.org', 'c@x.org', 'd@x.org'] as const;
const step = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), who: fc.constantFrom('1', '2'), to: fc.constantFrom(...ADDRESSES) }),
  fc.record({ kind: fc.constant('tick' as const), who: fc.constantFrom('1', '2') }),
  fc.record({ kind: fc.constant('out' as const), at: fc.constantFrom(...ADDRESSES) }),
);

describe('C15 properties of reach', () => {
  const tell = (steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]) => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 2', { email: 'b@x.org' });
    for (const one of steps) {
      if (one.kind === 'move') story.record(`Contact ${one.who}`, { email: one.to });
      if (one.kind === 'tick') story.record(`Contact ${one.who}`, { optedOut: true });
      if (one.kind === 'out') story.member(one.at, 'unsubscribed');
    }
    return story;
  };

  it('C15 C2 a record that was ticked itself is under an opt-out at the address it has now', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const story = tell(steps);
        for (const shadow of story.shadows.values()) {
          if (shadow.system.role !== 'crm' || shadow.values.HasOptedOutOfEmail !== true) continue;
          const vias = viaAt(story, shadow.address ?? '');
          expect(vias.some((via) => via !== 'doubtful')).toBe(true);
        }
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('C15 every opt-out binds its own address, and no address is bound by a stranger’s', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const story = tell(steps);
        for (const fact of story.facts)
          if (fact.says === 'opted-out') expect(viaAt(story, fact.address)).toContain('own');
        expect(viaAt(story, 'stranger@x.org')).toEqual([]);
      }),
      { numRuns: 300, seed: 8 },
    );
  });

  it('C15 reading on never takes an own opt-out away, and the order of shadows does not matter', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), fc.constantFrom(...ADDRESSES), (steps, address) => {
        const story = tell(steps);
        const ledger = { facts: story.facts, decisions: [] };
        const shadows = [...story.shadows.values()];
        const one = reachOf(key(address), shadows, ledger, story.view.scope).bindings;
        const other = reachOf(key(address), [...shadows].reverse(), ledger, story.view.scope).bindings;
        expect(other.map((binding) => [binding.fact.n, binding.via])).toEqual(
          one.map((binding) => [binding.fact.n, binding.via]),
        );
      }),
      { numRuns: 300, seed: 9 },
    );
  });

  it('C15 the minute in which a record left an address still counts for it', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'subscribed');
    const left = story.now + HOUR_MS - MINUTE_MS;
    story.record('Contact 1', { email: 'b@x.org', modifiedAt: left });
    story.member('a@x.org', 'unsubscribed', { since: left });
    expect(viaAt(story, 'b@x.org')).toEqual(['followed']);
    const sure = new Story();
    sure.record('Contact 1', { email: 'a@x.org' });
    sure.record('Contact 1', { email: 'b@x.org', modifiedAt: left });
    sure.member('a@x.org', 'unsubscribed', { since: left + 1 });
    expect(viaAt(sure, 'b@x.org')).toEqual([]);
  });
});
