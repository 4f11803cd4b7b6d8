import { describe, expect, it } from 'vitest';
import { writeDigest } from '../../src/plan/op.ts';
import type { AddressPlan } from '../../src/plan/plan-address.ts';
import type { Neighbourhood, SetAside } from '../../src/state/store.ts';
import { AUDIENCE_SOURCE, factOf } from '../consent/made-up.ts';
import { key } from '../consent/story.ts';
import { ANN_AGREED, at, contact, lead, linkOf, member, NOW, planOf, viewWith } from './hood.ts';

const ANN = key('ann@x.org');
const own = factOf(1, { source: AUDIENCE_SOURCE, by: 'person', record: { type: 'member', id: 'm1' } });
const tick = factOf(1, { record: { type: 'Contact', id: '1' } });
const optedOut = (...facts: Neighbourhood['ledger']['facts']) => ({ ledger: { facts, decisions: [] } });
const kinds = (plan: AddressPlan) => [...plan.consent, ...plan.fields].map(({ op, side }) => `${side} ${op.kind}`);
const lines = ({ listed }: AddressPlan) => listed.map(({ side, reason, rule, detail }) => [side, reason, rule, detail]);

describe('what is said about an address', () => {
  it.each<[string, Partial<Neighbourhood>, readonly string[]]>([
    ['archived', { shadows: [contact(), member('archived')] }, ['marketing', 'archived', 'C12a', 'C0.5 C12a']],
    [
      'undeliverable',
      { shadows: [contact(), member('undeliverable')] },
      ['marketing', 'undeliverable', 'C10', 'C0.5 C10'],
    ],
    [
      'subscribed again',
      { shadows: [contact(), member('subscribed')], ...optedOut(own) },
      ['marketing', 'subscribed-again-not-by-own-act', 'C6', 'C0.3 C6 C1'],
    ],
    [
      'unticked',
      { shadows: [contact(), member('subscribed')], ...optedOut(tick) },
      ['crm', 'unticked-still-opted-out', 'C6', 'C0.4 C2'],
    ],
    [
      'vanished',
      { shadows: [contact(), member('subscribed', { life: { kind: 'vanished' } })] },
      ['crm', 'vanished', 'C12a', 'C0.5 C12a'],
    ],
  ])('C0 %s: on the side where somebody can do something, with the rule', (_what, hood, line) => {
    const plan = planOf(hood);
    expect(lines(plan)).toEqual([line]);
    expect(plan.listed[0]?.address).toBe(ANN);
  });

  it('nothing where nobody lives any more, and nothing where all is well', () => {
    expect(lines(planOf({ shadows: [contact('1', { life: { kind: 'deleted' } })], ...optedOut(tick) }))).toEqual([]);
    expect(lines(planOf({ ...optedOut(tick) }))).toEqual([]);
    expect(lines(planOf({ shadows: [member('unsubscribed')], ...optedOut(own) }))).toHaveLength(1);
    expect(
      lines(planOf({ shadows: [member('unsubscribed', { life: { kind: 'vanished' } })], ...optedOut(own) })),
    ).toEqual([]);
    expect(lines(planOf({ shadows: [contact(), member('subscribed')] }))).toEqual([]);
  });

  it('C16 a record without a usable address: its opt-outs count, nothing else of it does', () => {
    const address = 'salesforce:Contact/1' as typeof ANN;
    const bare = (email: string | null) =>
      contact('1', { email, address, stays: [{ address, from: null, until: null }] });
    const why = (email: string | null) => planOf({ shadows: [bare(email)] }, viewWith(), {}, address);
    expect([lines(why(null)), kinds(why(null))]).toEqual([[['crm', 'no-address', 'C0', 'C0.6']], []]);
    expect(lines(why('not an address'))).toEqual([['crm', 'invalid-address', 'C0', 'C0.6']]);
    expect(why(null).buckets.map(({ reason }) => reason)).toEqual(['no-address']);
  });
});

describe('every record ends in one bucket', () => {
  const record = { type: 'Contact', id: '1' };
  const ann = { type: 'member', id: 'm1' };

  it('C14 all well, not synced with the reason they share, or not the winner', () => {
    expect(planOf({ shadows: [contact(), member('subscribed')] }).buckets).toEqual([
      { side: 'crm', record, bucket: 'unchanged', reason: null },
      { side: 'marketing', record: ann, bucket: 'unchanged', reason: null },
    ]);
    expect(planOf({ shadows: [contact(), member('archived')] }).buckets).toEqual([
      { side: 'crm', record, bucket: 'notSynced', reason: 'archived' },
      { side: 'marketing', record: ann, bucket: 'notSynced', reason: 'archived' },
    ]);
    expect(planOf({ shadows: [contact(), lead(), member('subscribed')] }).buckets).toEqual([
      { side: 'crm', record, bucket: 'unchanged', reason: null },
      { side: 'crm', record: { type: 'Lead', id: '1' }, bucket: 'notSynced', reason: 'not-winner' },
      { side: 'marketing', record: ann, bucket: 'unchanged', reason: null },
    ]);
  });

  it('only who lives here, and of the types of the profile', () => {
    const gone = { life: { kind: 'deleted' } } as const;
    const shadows = [contact('1', gone), contact('2', at('bob@x.org')), member('subscribed', gone)];
    expect(planOf({ shadows }).buckets).toEqual([]);
    const leads = viewWith({}, { crm: { connection: 'salesforce', records: ['Lead'], lists: null } });
    expect(planOf({ shadows: [contact()] }, leads).buckets).toEqual([]);
  });
});

describe('what was set aside before', () => {
  const hood = {
    shadows: [contact('1', { values: { FirstName: 'Anna', HasOptedOutOfEmail: false } }), member('unsubscribed')],
  };
  const linked = { ...hood, links: [linkOf(contact(), member('unsubscribed'), { agreed: ANN_AGREED })] };
  const both = {
    ...linked,
    shadows: [hood.shadows[0] ?? contact(), member('unsubscribed', { values: { FNAME: 'Ann' } })],
    ...optedOut(own),
  };
  const consentDigest = (): string => planOf(both).consent.map(writeDigest)[0] ?? '';
  const aside = (more: Partial<SetAside> = {}): SetAside => ({
    address: ANN,
    side: 'crm',
    record: { type: 'Contact', id: '1' },
    field: null,
    rule: 'C0.3 C1',
    message: 'locked',
    write: consentDigest(),
    attempts: 3,
    retryAt: NOW + 1,
    ...more,
  });

  it('C22 a write that was refused waits until it is time to try again, and stays owed', () => {
    expect(kinds(planOf(both))).toEqual(['crm opt-out']);
    const waiting = planOf({ ...both, setAside: [aside()] });
    expect([kinds(waiting), waiting.owed.length]).toEqual([[], 1]);
    expect(waiting.setAside).toEqual([aside({ attempts: 0 })]);
    for (const over of [aside({ retryAt: NOW }), aside({ retryAt: null })]) {
      const again = planOf({ ...both, setAside: [over] });
      expect([kinds(again), again.setAside]).toEqual([['crm opt-out'], []]);
    }
  });

  it('C22 another value is tried at once, and what is not planned any more is forgotten', () => {
    for (const other of [aside({ write: 'another' }), aside({ write: null })]) {
      const plan = planOf({ ...both, setAside: [other] });
      expect([kinds(plan), plan.setAside]).toEqual([['crm opt-out'], []]);
    }
  });

  it('C0.5 a final refusal stays, and holds no other write', () => {
    const forever = aside({ rule: 'C0.5', write: null, retryAt: null });
    const plan = planOf({ ...both, setAside: [forever] });
    expect([kinds(plan), plan.setAside]).toEqual([['crm opt-out'], [{ ...forever, attempts: 0 }]]);
  });

  it('fields wait in the same way', () => {
    const change = { ...linked, shadows: [hood.shadows[0] ?? contact(), member('subscribed')] };
    const [write] = planOf(change).fields;
    const refused = aside({ rule: 'fields', write: write === undefined ? '' : writeDigest(write) });
    expect(kinds(planOf(change))).toEqual(['marketing patch']);
    expect(kinds(planOf({ ...change, setAside: [refused] }))).toEqual([]);
    expect(kinds(planOf({ ...change, setAside: [refused] }, viewWith(), { now: NOW + 1 }))).toEqual([
      'marketing patch',
    ]);
  });

  it('how often each write was refused', () => {
    const tries = planOf({
      ...both,
      setAside: [aside(), aside({ write: 'other', attempts: 1 }), aside({ write: null })],
    }).tries;
    expect([...tries]).toEqual([
      [consentDigest(), 3],
      ['other', 1],
    ]);
  });
});

describe('I8 while a job writes to it', () => {
  it('I8 C21 fields wait, opt-outs do not', () => {
    const shadows = [contact('1', { values: { FirstName: 'Anna', HasOptedOutOfEmail: false } }), member('subscribed')];
    const links = [linkOf(contact(), member('subscribed'), { agreed: ANN_AGREED })];
    expect(kinds(planOf({ shadows, links, inJob: [ANN] }))).toEqual([]);
    expect(kinds(planOf({ shadows, links, inJob: [key('bob@x.org')] }))).toEqual(['marketing patch']);
    expect(kinds(planOf({ shadows, links, inJob: [ANN], ...optedOut(own) }))).toEqual(['crm opt-out']);
  });
});

describe('C1 when the CRM is asked for records that no read has shown', () => {
  const asks = (hood: Partial<Neighbourhood>, view = viewWith()) => planOf(hood, view).asksCrm;
  const ticked = contact('1', { values: { FirstName: 'Ann', HasOptedOutOfEmail: true } });

  it('C1 for an opt-out that goes to every record, whether or not one of those known needs it', () => {
    expect(asks({ shadows: [ticked, member('unsubscribed')], ...optedOut(own) })).toBe(true);
    expect(asks({ shadows: [contact(), member('unsubscribed')], ...optedOut(own) })).toBe(true);
  });

  it('C2 C3 not for one that stays in the CRM, nor without any', () => {
    expect(asks({ shadows: [ticked, member('subscribed')], ...optedOut(tick) })).toBe(false);
    expect(asks({ shadows: [contact(), member('subscribed')] })).toBe(false);
  });

  it('C16 for one that a record lost', () => {
    const restored = contact('1', { lifeChangedAt: NOW });
    expect(asks({ shadows: [restored], ...optedOut(tick) })).toBe(true);
  });

  it('C7 before a clear', () => {
    const optIn = factOf(2, {
      source: AUDIENCE_SOURCE,
      says: 'opted-in',
      by: 'person',
      proof: 'signup',
      when: { from: NOW, until: NOW, exact: true },
    });
    const hood = { shadows: [ticked, member('subscribed')], ...optedOut(tick, optIn) };
    expect(asks(hood, viewWith({ clearWhenConfirmed: true }))).toBe(true);
    expect(asks(hood)).toBe(false);
  });

  it('C18 a record that was read while a field was hidden which can be read now', () => {
    const blind = contact('1', { values: { FirstName: 'Ann' } });
    expect(asks({ shadows: [contact('2'), blind] })).toBe(true);
    expect(asks({ shadows: [contact('2')] })).toBe(false);
    expect(asks({ shadows: [blind] }, viewWith({ hiddenOptOut: true }))).toBe(false);
  });
});

describe('I8 one write is told from another', () => {
  it('I8 by side, record and values; by nothing that says who it is', () => {
    const [write] = planOf({ shadows: [contact()] }).fields;
    if (write === undefined) throw new Error('nothing planned');
    const digest = writeDigest(write);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(writeDigest({ ...write, rule: 'x', because: [1] })).toBe(digest);
    expect(writeDigest({ ...write, side: 'crm' })).not.toBe(digest);
    expect(writeDigest({ ...write, op: { ...write.op, email: 'bob@x.org' } as typeof write.op })).not.toBe(digest);
  });
});
