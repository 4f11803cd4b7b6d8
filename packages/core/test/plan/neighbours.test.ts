import { describe, expect, it } from 'vitest';
import type { AddressKey } from '../../src/identity/address.ts';
import { type Surroundings, surroundingsOf } from '../../src/plan/neighbours.ts';
import { recordKey, type Shadow } from '../../src/state/shadow.ts';
import type { Neighbourhood, SetAside } from '../../src/state/store.ts';
import { AUDIENCE_A1, factOf, NOON, SALESFORCE } from '../consent/made-up.ts';
import { key } from '../consent/story.ts';
import { at, contact, hoodOf, lead, linkOf, member, movedFrom, viewWith } from './hood.ts';

const ANN = key('ann@x.org');
const BOB = key('bob@x.org');
const around = (hood: Partial<Neighbourhood>, address: AddressKey = ANN): Surroundings =>
  surroundingsOf(hoodOf(hood), viewWith())(address);
const names = (shadows: readonly Shadow[]): readonly string[] => shadows.map(({ record }) => recordKey(record)).sort();

describe('C14 C15 C16 who surrounds an address', () => {
  it('C15 whoever has or had it, and who else lives where they lived', () => {
    const mover = contact('1', movedFrom('old@x.org', 'ann@x.org'));
    const left = contact('2', movedFrom('ann@x.org', 'new@x.org'));
    const sibling = lead('3', at('old@x.org'));
    const later = lead('4', at('new@x.org'));
    const stranger = lead('5', at('bob@x.org'));
    const further = contact('6', movedFrom('far@x.org', 'new@x.org'));
    const { people } = around({ shadows: [mover, left, sibling, later, stranger, further] });
    expect(names(people)).toEqual(['Contact/1', 'Contact/2', 'Contact/6', 'Lead/3', 'Lead/4']);
  });

  it('C16 with everybody who was merged into them, wherever they lived, each once', () => {
    const heir = contact('1');
    const into = { life: { kind: 'continued', as: { type: 'Contact', id: '1' } } } as const;
    const loser = contact('2', { ...at('lost@x.org'), ...into });
    const shadows = [heir, loser, lead('3', at('lost@x.org'))];
    expect(names(around({ shadows }).people)).toEqual(['Contact/1', 'Contact/2', 'Lead/3']);
    expect(names(around({ shadows }, key('lost@x.org')).people)).toEqual(['Contact/1', 'Contact/2', 'Lead/3']);
  });

  it('C16 also where the heir itself is not known', () => {
    const loser = contact('2', { life: { kind: 'continued', as: { type: 'Contact', id: '9' } } });
    expect(names(around({ shadows: [loser] }).people)).toEqual(['Contact/2']);
  });

  it('C26 only of the two systems of the profile', () => {
    const shadows = [
      contact('1'),
      contact('2', { system: { ...SALESFORCE, connection: 'other' } }),
      member('subscribed'),
      member('subscribed', { record: { type: 'member', id: 'm2' }, system: { ...AUDIENCE_A1, container: 'a2' } }),
    ];
    const one = around({ shadows });
    expect([names(one.people), names(one.members)]).toEqual([['Contact/1'], ['member/m1']]);
  });

  it('nobody, where nobody is known', () => {
    expect(around({})).toMatchObject({
      people: [],
      members: [],
      member: null,
      ledger: { facts: [], decisions: [] },
      owed: [],
      setAside: [],
      createdBefore: false,
      invitedBefore: false,
      inJob: false,
    });
  });
});

describe('C12a the member of an address', () => {
  const m = (id: string, more: Partial<Shadow> = {}) =>
    member('subscribed', { record: { type: 'member', id }, ...more });
  const here = (...shadows: readonly Shadow[]): string | null => around({ shadows }).member?.record.id ?? null;
  const vanished = { life: { kind: 'vanished' } } as const;

  it('C12a the live one, else one that is gone', () => {
    expect(here(m('gone', vanished), m('live'))).toBe('live');
    expect(here(m('live'), m('gone', { ...vanished, seenAt: NOON }))).toBe('live');
    expect(here(m('gone', vanished))).toBe('gone');
  });

  it('C12a of two the one seen last, then the one known last', () => {
    expect(here(m('old', { seenAt: 1 }), m('new', { seenAt: 2 }))).toBe('new');
    expect(here(m('new', { seenAt: 2 }), m('old', { seenAt: 1 }))).toBe('new');
    expect(here(m('old', { firstReadAt: 1 }), m('new', { firstReadAt: 2 }))).toBe('new');
    expect(here(m('new', { firstReadAt: 2 }), m('old', { firstReadAt: 1 }))).toBe('new');
    expect(here(m('seen', { seenAt: 2, firstReadAt: 1 }), m('other', { seenAt: 1, firstReadAt: 2 }))).toBe('seen');
  });

  it('C15 one that lived here is remembered, and is not the member of the address', () => {
    const moved = m('m1', movedFrom('ann@x.org', 'new@x.org'));
    const one = around({ shadows: [moved] });
    expect([names(one.members), one.member]).toEqual([['member/m1'], null]);
  });
});

describe('what is known about them', () => {
  it('C8 C15 the facts of every address they had, in ledger order, with the origins of echoes', () => {
    const mover = contact('1', movedFrom('old@x.org', 'ann@x.org'));
    const memberMoved = member('subscribed', movedFrom('was@x.org', 'ann@x.org'));
    const facts = [
      factOf(6, { address: key('was@x.org') }),
      factOf(5, { address: ANN, echoOf: 2 }),
      factOf(4, { address: key('old@x.org'), echoOf: 99 }),
      factOf(3, { address: BOB }),
      factOf(2, { address: BOB }),
      factOf(1, { address: ANN }),
    ];
    const decisions = [{ n: 7, kind: 'correction', facts: [1], by: 'op', because: '' }] as const;
    const { ledger } = around({ shadows: [mover, memberMoved], ledger: { facts, decisions } });
    expect(ledger.facts.map(({ n }) => n)).toEqual([1, 2, 4, 5, 6]);
    expect(ledger.decisions).toEqual(decisions);
  });

  it('C6a C23 of a decision about many people, only what is about these', () => {
    const facts = [
      factOf(1, { address: ANN }),
      factOf(2, { address: BOB }),
      factOf(3, { address: ANN }),
      factOf(4, { address: BOB }),
    ];
    const rejection = { n: 5, kind: 'rejection', profile: 'p', facts: [1, 2, 3], by: 'op' } as const;
    const correction = { n: 6, kind: 'correction', facts: [2, 4], by: 'op', because: '' } as const;
    const ledger = { facts, decisions: [rejection, correction] };
    expect(around({ ledger }).ledger.decisions).toEqual([{ ...rejection, facts: [1, 3] }]);
    expect(around({ ledger }, BOB).ledger.decisions).toEqual([{ ...rejection, facts: [2] }, correction]);
  });

  it('I8 links by either end, and shadows by their key', () => {
    const [record, other, ann] = [contact('1'), lead('1'), member('subscribed')];
    const link = linkOf(record, ann);
    const one = around({ shadows: [record, other, ann], links: [link] });
    expect(one.linkOfMember(ann)).toEqual(link);
    expect(one.linkOfRecord(record)).toEqual(link);
    expect(one.linkOfRecord(other)).toBeNull();
    expect(one.linkOfMember(member('subscribed', { record: { type: 'member', id: 'm2' } }))).toBeNull();
    expect(one.memberByRecord('member/m1')).toEqual(ann);
    expect(one.memberByRecord('Contact/1')).toBeNull();
    expect(one.recordByKey('Contact/1')).toEqual(record);
    expect(one.recordByKey('member/m1')).toBeNull();
  });

  it('C19 C22 what is owed, set aside and was created, of this address only', () => {
    const owed = (address: AddressKey) =>
      ({ address, side: 'crm', record: null, rule: 'C1', because: [1], since: 0, why: '' }) as const;
    const aside = (address: AddressKey): SetAside => ({
      address,
      side: 'crm',
      record: null,
      field: null,
      rule: 'fields',
      message: '',
      write: null,
      attempts: 0,
      retryAt: null,
    });
    const hood = {
      owed: [owed(BOB), owed(ANN), owed(ANN)],
      setAside: [aside(ANN), aside(BOB)],
      everCreated: [ANN],
      everInvited: [key('c@x.org')],
    };
    expect(around(hood)).toMatchObject({
      owed: [owed(ANN), owed(ANN)],
      setAside: [aside(ANN)],
      createdBefore: true,
      invitedBefore: false,
    });
    expect(around(hood, key('c@x.org'))).toMatchObject({
      owed: [],
      setAside: [],
      createdBefore: false,
      invitedBefore: true,
    });
  });

  it('I8 a write under way about any address that they had', () => {
    const mover = contact('1', movedFrom('old@x.org', 'ann@x.org'));
    const inJob = (...addresses: readonly AddressKey[]) => around({ shadows: [mover], inJob: addresses }).inJob;
    expect([inJob(ANN), inJob(key('old@x.org'), BOB), inJob(BOB)]).toEqual([true, true, false]);
  });

  it('one batch serves many addresses', () => {
    const cut = surroundingsOf(hoodOf({ shadows: [contact('1'), contact('2', at('bob@x.org'))] }), viewWith());
    expect([names(cut(ANN).people), names(cut(BOB).people), names(cut(ANN).people)]).toEqual([
      ['Contact/1'],
      ['Contact/2'],
      ['Contact/1'],
    ]);
  });
});
