import { describe, expect, it } from 'vitest';
import { reachOf } from '../../src/consent/reach.ts';
import { demands, key, MINUTE_MS, Story } from './story.ts';

const viaAt = (story: Story, email: string): readonly string[] =>
  reachOf(
    key(email),
    [...story.shadows.values()],
    { facts: story.facts, decisions: story.decisions },
    story.view.scope,
  ).bindings.map((binding) => binding.via);

describe('an opt-out of a record without a usable address', () => {
  it.each([[null], ['not an address']])('C16 is set on the record it was converted to (%s)', (email) => {
    const story = new Story();
    story.record('Lead 1', { email, optedOut: true });
    story.record('Contact 2', { email: 'b@x.org' });
    story.record('Lead 1', { email, life: { kind: 'continued', as: { type: 'Contact', id: '2' } } });
    expect(demands(story.plan('b@x.org'))).toEqual(['Contact 2 opt-out']);
  });

  it('C15 follows the record to its first address', () => {
    const story = new Story({ crmToMarketing: true });
    story.member('a@x.org', 'subscribed');
    story.record('Contact 1', { email: null, optedOut: true });
    story.record('Contact 1', { email: 'a@x.org' });
    expect(viaAt(story, 'a@x.org')).toEqual(['followed']);
    expect(demands(story.plan('a@x.org'))).toEqual(['member opt-out']);
  });

  it('C15 made after the record lost its address, goes back to it if nobody else lives there', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: null });
    story.record('Contact 1', { email: null, optedOut: true });
    expect(viaAt(story, 'a@x.org')).toEqual(['followed']);
    story.record('Contact 2', { email: 'a@x.org' });
    expect(viaAt(story, 'a@x.org')).toEqual([]);
  });
});

describe('a read that lacks the opt-out field says nothing about it', () => {
  const hides = ['HasOptedOutOfEmail'];

  it('C15 C18 a tick found after a move that hid it counts for every address since it was shown last', () => {
    const story = new Story();
    story.record('Contact 1', { email: 'before@x.org' });
    story.record('Contact 1', { email: 'a@x.org' });
    story.record('Contact 1', { email: 'b@x.org', hides });
    story.record('Contact 1', { email: 'c@x.org', hides });
    const facts = story.record('Contact 1', { email: 'c@x.org', optedOut: true });
    expect(facts.map((fact) => fact.address).sort()).toEqual(['a@x.org', 'b@x.org', 'c@x.org']);
  });

  it('C7 it may have been made at any time since then', () => {
    const story = new Story();
    story.record('Contact 1');
    const shown = story.now;
    story.record('Contact 1', { hides });
    const [fact] = story.record('Contact 1', { optedOut: true });
    expect(fact?.when.from).toBe(shown);
  });

  it('C7 a field that no read ever showed may have been ticked at any time', () => {
    const story = new Story();
    story.record('Contact 1', { hides });
    const [fact] = story.record('Contact 1', { optedOut: true });
    expect(fact?.when.from).toBeNull();
  });
});

describe('what surely came before, and what did not', () => {
  const moved = (): { readonly story: Story; readonly left: number } => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    const left = story.now + 30 * MINUTE_MS;
    story.record('Contact 1', { email: 'b@x.org', modifiedAt: left });
    return { story, left };
  };

  it.each([
    [4 * MINUTE_MS, ['followed']],
    [6 * MINUTE_MS, []],
  ])('C15 an opt-out at the old address %d ms after the record left it', (afterMs, via) => {
    const { story, left } = moved();
    story.member('a@x.org', 'unsubscribed', { since: left + afterMs });
    expect(viaAt(story, 'b@x.org')).toEqual(via);
  });

  it.each([
    [-10 * MINUTE_MS, 3],
    [4 * MINUTE_MS, 3],
    [6 * MINUTE_MS, 1],
  ])('C7 C15 an opt-in at the new address %d ms after the record came there', (afterMs, row) => {
    const story = new Story();
    story.record('Contact 1', { email: 'a@x.org' });
    story.member('a@x.org', 'unsubscribed', { by: 'person' });
    story.member('b@x.org', 'pending');
    const came = story.now + 30 * MINUTE_MS;
    story.record('Contact 1', { email: 'b@x.org', modifiedAt: came });
    story.member('b@x.org', 'subscribed', { optIn: { at: came + afterMs, proof: 'sign-up' } });
    expect(story.plan('b@x.org').verdict.row).toBe(row);
  });
});
