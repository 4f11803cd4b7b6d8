import { describe, expect, it } from 'vitest';
import { type Case, decide, type MemberView, type Verdict } from '../../src/consent/decide.ts';
import type { FieldReading } from '../../src/consent/opt-out-field.ts';
import { memberState } from './made-up.ts';
import { caseOf, LETTERS, type RecordState, type Setting, taleOf } from './small-world.ts';
import { type Rules, viewFor } from './story.ts';

interface Told {
  readonly member?: MemberView;
  readonly records?: readonly RecordState[];
  readonly rules?: Rules;
  readonly wasOwed?: boolean;
  readonly edited?: boolean;
}

const known = (status: Parameters<typeof memberState>[0], refusedForever = false): MemberView => ({
  kind: 'known',
  record: { type: 'member', id: 'ann' },
  state: memberState(status),
  showsOptOut: status === 'unsubscribed',
  refusedForever,
});
const NONE: MemberView = { kind: 'none' };
const record = (reading: FieldReading, inLists = true): RecordState => ({ reading, inLists });

/** One case: what was said, letter by letter of the small world, and how things are by now. */
const told = (
  said: readonly string[],
  {
    member = known('subscribed'),
    records = [record('not-opted-out')],
    rules = {},
    wasOwed = false,
    edited = false,
  }: Told = {},
): Case => {
  const word = said.map((name) => LETTERS.findIndex((letter) => letter.name === name));
  const tale = taleOf(word);
  if (tale === null || word.includes(-1)) throw new Error(`no such tale: ${said.join(', ')}`);
  const setting: Setting = { settings: viewFor(rules).settings, wasOwed, edited };
  return caseOf(tale, member, records, setting);
};
const verdict = (said: readonly string[], more: Told = {}): Verdict => decide(told(said, more));
const says = ({ rule, member, guarded, remark }: Verdict) => [rule, member, guarded, remark?.reason ?? null];

const TICK = 'tick in the CRM';
const OWN = 'unsubscribed by the person';
const BY_OPERATOR = 'unsubscribed by an operator';
const LIST = 'opt-out list';
const ELSEWHERE = 'complaint elsewhere';
const OPT_IN = 'own opt-in, dated';

describe('I4 C8 what a verdict rests on', () => {
  it('C8 C20 the origin that ends last comes first, so that an echo keeps it', () => {
    expect(verdict([TICK, OWN, 'complaint here', LIST]).because).toEqual([4, 3, 2, 1]);
    expect(verdict([LIST, 'complaint here', OWN, TICK]).because).toEqual([1, 2, 3, 4]);
    expect(verdict([ELSEWHERE, TICK, OWN]).because).toEqual([1, 3, 2]);
  });

  // Two profiles of one CRM fought over its box: the echo of both audiences kept the one that was lifted (seed 39444).
  it('C7 C8 C26 first one that stands where it is carried to: an echo of what was lifted there would end at once', () => {
    const liftedInCrm = verdict([ELSEWHERE, 'own opt-in elsewhere', OWN]);
    expect(`${liftedInCrm.because} and ${liftedInCrm.memberBecause}`).toBe('3,1 and 1,3');
    const liftedHere = verdict([ELSEWHERE, OPT_IN, TICK]);
    expect(`${liftedHere.because} and ${liftedHere.memberBecause}`).toBe('1,3 and 3,1');
  });

  it('C8 an echo is never a reason, its origin is one once', () => {
    expect(verdict([OWN, 'CRM echo']).because).toEqual([1]);
  });

  it('C7 the latest opt-in first, then what it lifted', () => {
    expect(verdict([OWN, OPT_IN]).because).toEqual([2, 1]);
    expect(verdict([OWN, OPT_IN, TICK, OPT_IN]).because).toEqual([4, 1, 3]);
    expect(verdict([]).because).toEqual([]);
    expect(verdict([ELSEWHERE, TICK, 'own opt-in elsewhere', OPT_IN]).because[0]).toBe(4);
  });
});

describe('C0 rows 2 to 4: the member', () => {
  const enabled = { rules: { crmToMarketing: true } };

  it.each<[string, readonly string[], Told, readonly unknown[]]>([
    ['C20 a list, whatever the setting', [LIST], {}, ['C0.2 C20 C1', 'opt-out', false, 'opted-out']],
    [
      'C20 a list, already unsubscribed',
      [LIST],
      { member: known('unsubscribed') },
      ['C0.2 C20 C1', 'leave', false, 'opted-out'],
    ],
    ['C1 made here, shown', [OWN], { member: known('unsubscribed') }, ['C0.3 C1', 'leave', false, 'opted-out']],
    ['C6 made here, subscribed again', [OWN], {}, ['C0.3 C6 C1', 'leave', false, 'subscribed-again-not-by-own-act']],
    ['C6 the same, enabled', [OWN], enabled, ['C0.3 C6 C1', 'opt-out', false, 'opted-out']],
    ['C6 C23 by an operator, enabled', [BY_OPERATOR], enabled, ['C0.3 C6 C1', 'opt-out', true, 'opted-out']],
    ['C26 a complaint elsewhere', [ELSEWHERE], {}, ['C0.3 C26 C1', 'opt-out', false, 'opted-out']],
    [
      'C15 made at an older address',
      ['unsubscribed at an older address'],
      {},
      ['C0.3 C15 C1', 'opt-out', false, 'opted-out'],
    ],
    ['C2 made in the CRM', [TICK], { records: [record('opted-out')] }, ['C0.4 C2', 'leave', false, 'opted-out-in-crm']],
    [
      'C2 nobody mails them',
      [TICK],
      { member: NONE, records: [record('opted-out')] },
      ['C0.4 C2', 'leave', false, 'opted-out'],
    ],
    [
      'C3 made in the CRM, enabled',
      [TICK],
      { ...enabled, records: [record('opted-out')] },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
    [
      'C3 enabled, no member',
      [TICK],
      { ...enabled, member: NONE, records: [record('opted-out')] },
      ['C0.4 C3', 'leave', false, 'opted-out'],
    ],
    [
      'C3 C20 enabled, no member, where the tool suppresses',
      [TICK],
      { rules: { crmToMarketing: true, suppressUnknown: true }, member: NONE },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
    [
      'C2 the tool suppresses, but not enabled',
      [TICK],
      { rules: { suppressUnknown: true }, member: NONE, records: [record('opted-out')] },
      ['C0.4 C2', 'leave', false, 'opted-out-in-crm'],
    ],
    [
      'C20 a list, no member, where the tool suppresses',
      [LIST],
      { rules: { suppressUnknown: true }, member: NONE },
      ['C0.2 C20 C1', 'opt-out', false, 'opted-out'],
    ],
    ['C20 a list, no member', [LIST], { member: NONE }, ['C0.2 C20 C1', 'leave', false, 'opted-out']],
    [
      'C1 made here, deleted since: nobody is suppressed for it',
      [OWN],
      { rules: { suppressUnknown: true, crmToMarketing: true }, member: NONE },
      ['C0.3 C1', 'leave', false, 'opted-out'],
    ],
    [
      'C12a vanished is not absent: nothing is suppressed',
      [TICK],
      {
        rules: { crmToMarketing: true, suppressUnknown: true },
        member: { kind: 'vanished' },
        records: [record('opted-out')],
      },
      ['C0.4 C3', 'leave', false, 'opted-out'],
    ],
    [
      'C11 pending is not mailed',
      [TICK],
      { ...enabled, member: known('pending'), records: [record('opted-out')] },
      ['C0.4 C3', 'leave', false, 'opted-out'],
    ],
    [
      'C3 non-subscribed is mailable',
      [TICK],
      { ...enabled, member: known('non-subscribed'), records: [record('opted-out')] },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
    [
      'C23 rejected',
      [TICK, 'rejection'],
      { ...enabled, records: [record('opted-out')] },
      ['C0.4 C23', 'leave', false, 'opted-out-in-crm'],
    ],
    [
      'C23 rejected, a newer one is not',
      [TICK, 'rejection', TICK],
      { ...enabled, records: [record('opted-out')] },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
    [
      'C23 rejected does not count for C2',
      [TICK, 'rejection'],
      { records: [record('opted-out')] },
      ['C0.4 C2', 'leave', false, 'opted-out-in-crm'],
    ],
  ])('%s', (_name, said, more, wanted) => {
    expect(says(verdict(said, more))).toEqual(wanted);
  });

  it.each<[string, Told, readonly unknown[]]>([
    ['no record in the lists', { records: [record('opted-out', false)] }, ['C0.4 C5', 'leave', false, 'outside-lists']],
    [
      'one of two in the lists',
      { records: [record('opted-out', false), record('opted-out')] },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
    [
      'owed before it left the lists',
      { records: [record('opted-out', false)], wasOwed: true },
      ['C0.4 C3', 'opt-out', true, 'opted-out'],
    ],
  ])('C5 scope lists: %s', (_name, more, wanted) => {
    expect(says(verdict([TICK], { rules: { crmToMarketing: true, scope: 'lists' }, ...more }))).toEqual(wanted);
  });

  it('C26 C8 the word from elsewhere demands its opt-out here once, then row 4 decides who opts out again', () => {
    const echoed = [ELSEWHERE, 'audience echo'];
    expect(says(verdict(echoed))).toEqual(['C0.3 C6 C1', 'leave', false, 'subscribed-again-not-by-own-act']);
    expect(says(verdict(echoed, enabled))).toEqual(['C0.3 C6 C1', 'opt-out', false, 'opted-out']);
    expect(verdict(['unsubscribed at an older address', ELSEWHERE]).rule).toBe('C0.3 C26 C1');
    expect(says(verdict([...echoed, ELSEWHERE]))).toEqual(['C0.3 C26 C1', 'opt-out', false, 'opted-out']);
  });

  it('C23 a tick that a person stands behind as well is never held', () => {
    const guarded = (...said: readonly string[]): boolean => verdict(said, enabled).guarded;
    expect(guarded(BY_OPERATOR, TICK)).toBe(true);
    expect(guarded(BY_OPERATOR, OWN)).toBe(false);
    expect(guarded(ELSEWHERE, 'audience echo', TICK)).toBe(false);
  });

  it('C7 it stands for the CRM alone: the person opted in again here, so the member is left for review', () => {
    const one = verdict([ELSEWHERE, OPT_IN]);
    expect(says(one)).toEqual(['C0.3 C7 C1', 'leave', false, 'waits-for-review']);
    expect(one).toMatchObject({ set: [{ id: '0' }], fields: false, create: false, remark: { rule: 'C7' } });
  });
});

describe('C1 C6 C16 the records', () => {
  const set = (said: readonly string[], more: Told = {}): readonly string[] =>
    verdict(said, more).set.map(({ id }) => id);
  const three = { records: [record('not-opted-out'), record('opted-out'), record('unlisted')] };

  it('C1 C20 what marketing or a list said goes to every record that does not show it', () => {
    for (const said of [[OWN], [LIST], [ELSEWHERE], ['unsubscribed at an older address']]) {
      expect(set(said, three)).toEqual(['0', '2']);
      expect(verdict(said).spreads).toBe(true);
    }
  });

  it('C2 what only the CRM said stays where it was said, until marketing says it too (C8)', () => {
    expect(set([TICK], three)).toEqual([]);
    expect(verdict([TICK]).spreads).toBe(false);
    expect(verdict([TICK]).rule).not.toContain('C1');
    expect(set([TICK, 'audience echo'], three)).toEqual(['2']);
    expect(verdict([TICK, 'audience echo']).spreads).toBe(true);
  });

  it('C7 lifted for the CRM by an opt-in in another marketing system, it stands here alone: no record is set', () => {
    const one = verdict([LIST, 'own opt-in elsewhere'], three);
    expect(one).toMatchObject({ row: 2, spreads: false, set: [], member: 'opt-out', rule: 'C0.2 C20' });
  });

  it('C6 the untick of what only the CRM had said is left; of what marketing or a list said it is not', () => {
    expect(set([TICK, 'audience echo'])).toEqual([]);
    expect(set([TICK, OWN])).toEqual(['0']);
    expect(set([TICK, LIST])).toEqual(['0']);
  });

  it('C16 a lost opt-out is set again in every setting, where it can be', () => {
    expect(set(['tick on a record that was merged'])).toEqual(['0']);
    expect(set(['tick on a record that was merged'], { records: [record('opted-out')] })).toEqual([]);
  });
});

describe('C6 what the reader is told about an untick', () => {
  const reason = (said: readonly string[], more: Told = {}): string | undefined => verdict(said, more).remark?.reason;
  const two = (a: FieldReading, b: FieldReading): Told => ({ records: [record(a), record(b)] });

  it('C6 "unticked, still opted out" only if every record is unticked, and nothing is written for it', () => {
    expect(verdict([TICK]).remark).toEqual({ reason: 'unticked-still-opted-out', rule: 'C6' });
    expect(reason([TICK], two('not-opted-out', 'opted-out'))).toBe('opted-out-in-crm');
    expect(reason([TICK], { records: [] })).toBe('opted-out-in-crm');
    expect(reason([TICK], { rules: { crmToMarketing: true } })).toBe('opted-out');
    expect(reason([OWN], { member: known('unsubscribed') })).toBe('opted-out');
  });

  it('C3 C5 C23 it does not hide why nothing was written, where that is news', () => {
    const rules = { crmToMarketing: true } as const;
    expect(reason([TICK, 'rejection'], { rules })).toBe('opted-out-in-crm');
    expect(reason([TICK], { rules: { ...rules, scope: 'lists' }, records: [record('not-opted-out', false)] })).toBe(
      'outside-lists',
    );
    expect(reason([TICK], { rules, member: NONE })).toBe('opted-out');
  });

  it('C0 the row is named where nothing else is said', () => {
    expect(verdict([LIST]).remark?.rule).toBe('C0.2');
    expect(verdict([TICK, 'rejection'], { rules: { crmToMarketing: true } }).remark?.rule).toBe('C23');
    const lists = { rules: { crmToMarketing: true, scope: 'lists' }, records: [record('opted-out', false)] } as const;
    expect(verdict([TICK], lists).remark?.rule).toBe('C5');
    expect(verdict([TICK], { member: NONE, records: [record('opted-out')] }).remark?.rule).toBe('C0.4');
    expect(verdict([OWN], { member: known('unsubscribed') }).remark?.rule).toBe('C0.3');
    expect(verdict([TICK], { rules: { crmToMarketing: true } }).remark?.rule).toBe('C0.4');
  });
});

describe('C0.1 C7 after the own opt-in', () => {
  const said = [OWN, 'CRM echo', OPT_IN];
  const clear = { rules: { clearWhenConfirmed: true }, records: [record('opted-out')] } as const;
  const cleared = (more: Told, letters: readonly string[] = said): readonly string[] =>
    verdict(letters, more).clear.map(({ id }) => id);

  it('C7 cleared only if it is wanted, the member subscribed, and no record edited or unreadable', () => {
    expect(cleared(clear)).toEqual(['0']);
    expect(cleared({ ...clear, rules: {} })).toEqual([]);
    expect(cleared({ ...clear, rules: {} }, [...said, 'acceptance'])).toEqual(['0']);
    expect(cleared({ ...clear, edited: true })).toEqual([]);
    expect(cleared({ ...clear, member: NONE })).toEqual([]);
    expect(cleared({ ...clear, member: known('non-subscribed') })).toEqual([]);
    expect(cleared({ ...clear, records: [record('opted-out'), record('unreadable')] })).toEqual([]);
    expect(cleared({ ...clear, records: [record('not-opted-out'), record('unlisted')] })).toEqual(['1']);
    expect(cleared({ ...clear, records: [record('not-opted-out')] })).toEqual([]);
  });

  it('C7 fields travel once nothing is left to clear, or somebody accepted it', () => {
    const still = { records: [record('opted-out')] };
    expect(verdict(said, still)).toMatchObject({
      fields: false,
      create: false,
      remark: { reason: 'waits-for-review', rule: 'C7' },
    });
    expect(verdict([...said, 'acceptance'], still)).toMatchObject({ fields: true, create: false, remark: null });
    expect(verdict(said)).toMatchObject({ row: 1, rule: 'C0.1 C7', fields: true, create: false, remark: null });
  });

  it.each<[string, MemberView, string | null, string | null]>([
    ['vanished', { kind: 'vanished' }, 'vanished', 'C12a'],
    ['archived', known('archived'), 'archived', 'C12a'],
    ['undeliverable', known('undeliverable'), 'undeliverable', 'C10'],
    ['refused for ever', known('subscribed', true), 'refused-by-vendor', 'C0.5'],
    ['no member any more', NONE, null, null],
  ])('C0.1 C0.5 but not to a member that is %s', (_which, member, reason, rule) => {
    const one = verdict(said, { member });
    expect(one.fields).toBe(reason === null);
    expect([one.remark?.reason ?? null, one.remark?.rule ?? null]).toEqual([reason, rule]);
  });
});

describe('C15 a doubtful opt-out', () => {
  const shared = 'unsubscribed at a shared address';

  it('C15 stops everything for this address and writes nothing', () => {
    expect(verdict([shared])).toEqual({
      row: 4,
      rule: 'C0.4 C15',
      because: [1],
      memberBecause: [],
      spreads: false,
      set: [],
      clear: [],
      member: 'leave',
      guarded: false,
      fields: false,
      create: false,
      remark: { reason: 'shared-address', rule: 'C15' },
    });
  });

  it('C15 a sure one comes before it, and an own opt-in here lifts it', () => {
    expect(verdict([shared, LIST]).row).toBe(2);
    expect(verdict([shared, OPT_IN]).row).toBe(6);
    expect(verdict([shared, OWN, OPT_IN]).row).toBe(1);
  });
});

describe('C0.5 C0.6 nobody opted out', () => {
  it.each<[string, MemberView, string, string]>([
    ['vanished', { kind: 'vanished' }, 'vanished', 'C0.5 C12a'],
    ['archived', known('archived'), 'archived', 'C0.5 C12a'],
    ['undeliverable', known('undeliverable'), 'undeliverable', 'C0.5 C10'],
    ['refused for ever', known('subscribed', true), 'refused-by-vendor', 'C0.5'],
  ])('C0.5 %s: left', (_which, member, reason, rule) => {
    expect(verdict([], { member })).toMatchObject({
      row: 5,
      rule,
      because: [],
      fields: false,
      create: false,
      member: 'leave',
      remark: { reason },
    });
  });

  it.each<[string, readonly FieldReading[], boolean, string | null, string]>([
    ['plain', ['not-opted-out'], true, null, 'C0.6'],
    ['ticked without a fact', ['not-opted-out', 'opted-out'], false, 'opted-out-in-crm', 'C0.6'],
    ['a value that the profile does not list', ['unlisted'], false, 'opted-out-in-crm', 'C0.6'],
    ['unreadable (C18)', ['not-opted-out', 'unreadable'], false, 'consent-unreadable', 'C0.6 C18'],
    ['unreadable and ticked', ['opted-out', 'unreadable'], false, 'consent-unreadable', 'C0.6 C18'],
    ['no record', [], true, null, 'C0.6'],
  ])('C0.6 %s', (_which, readings, may, reason, rule) => {
    const one = verdict([], { records: readings.map((reading) => record(reading)) });
    expect(one).toMatchObject({ row: 6, fields: may, create: may, rule, member: 'leave', set: [], clear: [] });
    expect(one.remark?.reason ?? null).toBe(reason);
    expect(one.remark?.rule ?? null).toBe(reason === null ? null : rule === 'C0.6' ? 'C0' : 'C18');
  });
});
