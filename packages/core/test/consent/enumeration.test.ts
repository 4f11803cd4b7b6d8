import { describe, expect, it } from 'vitest';
import { type Case, decide, isMailable, type MemberView, type Verdict } from '../../src/consent/decide.ts';
import {
  applied,
  caseOf,
  inWords,
  MEMBERS,
  RECORDS,
  type RecordState,
  SETTINGS,
  type Setting,
  type Tale,
  tales,
  without,
} from './small-world.ts';

type Look = (one: Case, verdict: Verdict, words: () => string, at: At) => string | null;
interface At {
  readonly tale: Tale;
  readonly member: MemberView;
  readonly records: readonly RecordState[];
  readonly setting: Setting;
}

/** Decides every case of the small world and collects what is wrong; shows the first few. */
const everywhere = (
  world: readonly Tale[],
  members: readonly MemberView[],
  records: readonly (readonly RecordState[])[],
  settings: readonly Setting[],
  look: Look,
): { readonly cases: number; readonly wrong: readonly string[] } => {
  let cases = 0;
  const wrong: string[] = [];
  for (const tale of world)
    for (const member of members)
      for (const state of records)
        for (const setting of settings) {
          cases += 1;
          const one = caseOf(tale, member, state, setting);
          const said = look(one, decide(one), () => inWords(tale, member, state, setting), {
            tale,
            member,
            records: state,
            setting,
          });
          if (said !== null && wrong.length < 5) wrong.push(said);
        }
  return { cases, wrong };
};

const SHORT = tales(2);
const LONG = tales(3);
const LONG_RECORDS = RECORDS.slice(0, 3);
const LONG_MEMBERS = MEMBERS.slice(0, 2);
const LONG_SETTINGS = SETTINGS.filter((_, i) => i % 4 === 0);

/** The table, once more and from the text, as to which row decides. */
const rowOf = ({ bindings, crm, marketing, member }: Case): Verdict['row'] => {
  const sure = bindings.filter((binding) => binding.via !== 'doubtful');
  const stands = sure.filter((binding) => binding.stands(crm) || binding.stands(marketing));
  if (stands.some((binding) => binding.origin.source.role === 'list')) return 2;
  if (stands.some(({ origin }) => origin.complaint || origin.source.role === 'marketing')) return 3;
  if (stands.length > 0) return 4;
  if (bindings.some((binding) => binding.via === 'doubtful' && binding.stands(marketing))) return 4;
  if (sure.length > 0) return 1;
  if (member.kind === 'vanished') return 5;
  if (member.kind === 'none') return 6;
  const gone = member.refusedForever || member.state.status === 'undeliverable' || member.state.status === 'archived';
  return gone ? 5 : 6;
};

const oneAnswer: Look = (one, verdict, words) => {
  const bad = (what: string): string => `${what}: ${words()}`;
  if (verdict.row !== rowOf(one)) return bad(`row ${verdict.row} instead of ${rowOf(one)}`);
  const stands = one.bindings.filter((binding) => binding.stands(one.crm) || binding.stands(one.marketing));
  if (stands.length > 0 && (verdict.fields || verdict.create || verdict.clear.length > 0))
    return bad('somebody opted out is not left alone');
  if (verdict.create && verdict.row !== 6) return bad('created outside row 6');
  if (verdict.fields && verdict.row !== 6 && verdict.row !== 1) return bad('fields outside rows 1 and 6');
  if (verdict.clear.length > 0 && verdict.row !== 1) return bad('cleared outside row 1');
  if (verdict.set.length > 0 && (verdict.row < 2 || verdict.row > 4)) return bad('set without an opt-out that stands');
  if (verdict.guarded && verdict.member !== 'opt-out') return bad('guarded, but nothing to hold');
  if (verdict.member === 'opt-out' && !isMailable(one.member) && one.member.kind !== 'none')
    return bad('unsubscribes somebody who gets no mail');
  if (verdict.row <= 4 && verdict.because.length === 0) return bad('rests on no fact (I4)');
  const origins = new Set(one.bindings.map((binding) => binding.origin.n));
  const optIns = one.bindings.map((binding) => binding.liftedBy(one.crm)?.n);
  if (verdict.because.some((n) => !origins.has(n) && !optIns.includes(n))) return bad('rests on an echo (C8)');
  return null;
};

/** Carried out and read back, nothing is left to do; an echo may put it on sibling records first (C1, C8, example 5). */
const stable: Look = (_one, verdict, words, { tale, member, records, setting }) => {
  let now = { tale, member, records };
  let next = verdict;
  for (let round = 1; round <= 2; round += 1) {
    if (next.set.length + next.clear.length === 0 && next.member === 'leave') return null;
    now = applied(now.tale, now.member, now.records, next);
    const after = decide(caseOf(now.tale, now.member, now.records, setting));
    if (after.clear.length > 0) return `clears after a write: ${words()}`;
    if (after.member === 'opt-out' && next.member === 'opt-out') return `unsubscribes twice: ${words()}`;
    if (after.set.length > 0 && next.member !== 'opt-out') return `sets again: ${words()}`;
    next = after;
  }
  return next.set.length + next.clear.length === 0 && next.member === 'leave' ? null : `does not rest: ${words()}`;
};

/** One more opt-out never makes anybody mailable, nor leaves anybody mailable who would have been unsubscribed. */
const monotone: Look = (_one, verdict, words, { tale, member, records, setting }) => {
  for (const place of tale.word.keys()) {
    const fewer = without(tale, place);
    if (fewer === null) continue;
    const before = decide(caseOf(fewer, member, records, setting));
    const bad = (what: string): string => `letter ${place + 1} ${what}: ${words()}`;
    // A ticked field of which no fact is known (rows 5, 6) is a barrier, and nobody's to clear; once its fact is lifted, it is.
    if (before.row <= 4 && verdict.fields && !before.fields) return bad('lets fields travel');
    if (verdict.create && !before.create) return bad('creates a member');
    if (before.row <= 4 && verdict.clear.length > before.clear.length) return bad('clears a field');
    if (isMailable(member) && before.member === 'opt-out' && verdict.member !== 'opt-out')
      return bad('leaves a member mailable');
    const set = new Set(verdict.set.map((record) => record.id));
    // An opt-out that was read on a record which no longer shows it was unticked there, and that is left (C6).
    const unticked = tale.facts.find((fact) => fact.n === place + 1)?.record?.id;
    if (before.set.some((record) => !set.has(record.id) && record.id !== unticked))
      return bad('leaves a record without the opt-out');
  }
  return null;
};

describe('C0 the whole small world', () => {
  it('C0 exactly one answer for every state, setting and order', () => {
    const short = everywhere(SHORT, MEMBERS, RECORDS, SETTINGS, oneAnswer);
    const long = everywhere(LONG, LONG_MEMBERS, LONG_RECORDS, LONG_SETTINGS, oneAnswer);
    expect(short.wrong.concat(long.wrong)).toEqual([]);
    expect(short.cases + long.cases).toBeGreaterThan(400_000);
  });

  it('C0 the same answer every time', () => {
    for (const tale of SHORT.filter((_, i) => i % 5 === 0))
      for (const setting of LONG_SETTINGS) {
        const verdicts = [0, 1].map(() => decide(caseOf(tale, MEMBERS[0] as MemberView, RECORDS[2] ?? [], setting)));
        expect(verdicts[0]).toEqual(verdicts[1]);
      }
  });

  it('C8 stable: once carried out, an echo demands nothing more', () => {
    const short = everywhere(SHORT, MEMBERS, LONG_RECORDS, SETTINGS, stable);
    const long = everywhere(LONG, LONG_MEMBERS, LONG_RECORDS, LONG_SETTINGS, stable);
    expect(short.wrong.concat(long.wrong)).toEqual([]);
  });

  it('C6 monotone: one more opt-out never makes anybody mailable', () => {
    const short = everywhere(SHORT, MEMBERS, LONG_RECORDS, SETTINGS, monotone);
    const long = everywhere(LONG, LONG_MEMBERS, LONG_RECORDS, LONG_SETTINGS, monotone);
    expect(short.wrong.concat(long.wrong)).toEqual([]);
  });
});
