import { approve, EXIT, RELEASED, reject, serviceOf } from '@heed/core';
import { afterEach, expect, it } from 'vitest';
import { contact, member, NOON, type PlainSystem, peopleIn, plainSyncs, plainSystem } from './plain-systems.ts';

const at = (name: string): string => `${name}@example.org`;
const CROWD = ['ann', 'bob', 'cat', 'dan'] as const;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
let clear = (): void => {};
afterEach(() => clear());

/** Who ticked whose box, and in which minute after noon, when both systems were read first. */
type Tick = readonly [name: string, minute: number, user: string | null];

const unsubscribed = ({ rows }: PlainSystem): readonly string[] =>
  [...rows.values()].flatMap((row) => (row.member?.status === 'unsubscribed' ? [row.email ?? ''] : [])).sort();

/** Any opt-out is one too many. Nobody is made a member of; whose record leaves gets a tag. */
const twoSystems = () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  for (const name of CROWD) {
    crm.rows.set(name, contact(name, at(name), { Title: 'x' }));
    marketing.rows.set(at(name), member(at(name), { TITLE: 'x' }));
  }
  const { sync, store, profile, pass, done } = plainSyncs(crm, marketing, {
    guards: { optOuts: { people: 0, percent: 0 }, creates: 5_000 },
    create: { marketing: false, crm: null },
    whenRecordLeaves: 'tag',
  });
  clear = done;
  const tick = (...ticks: readonly Tick[]): void => {
    for (const [name, minute, modifiedByUser] of ticks) {
      const row = contact(name, crm.rows.get(name)?.email ?? at(name), { Title: 'x', OptedOut: true });
      crm.rows.set(name, { ...row, modifiedAt: NOON + minute * MINUTE_MS, modifiedByUser });
    }
  };
  /** A sync when the CRM's clock shows so many minutes after noon: how it ends, who is held then, and who is out. */
  const syncAt = async (minute: number) => {
    crm.time = NOON + minute * MINUTE_MS;
    const { report } = await sync();
    const { holds } = await serviceOf(store, profile);
    const held = (await Promise.all(holds.map(({ set }) => peopleIn(store, profile, set)))).flat();
    return { exitCode: report.exitCode, held, out: unsubscribed(marketing) };
  };
  /** The same a day later, or so much sooner. */
  const nextDay = async (soonerMs = 0) => {
    pass(DAY_MS - soonerMs);
    return syncAt(24 * 60);
  };
  const holds = async () => (await serviceOf(store, profile)).holds;
  return { crm, marketing, tick, syncAt, nextDay, sync, pass, holds, store, profile };
};

const held = (...names: readonly string[]) => ({ exitCode: EXIT.waiting, held: names.map(at), out: [] });
const out = (...names: readonly string[]) => ({ exitCode: EXIT.done, held: [], out: names.map(at) });

it('C23 whom nobody answered goes out by himself after 24 h, if each was seen to change by itself', async () => {
  const { tick, syncAt, nextDay } = twoSystems();
  await syncAt(0);
  tick(['ann', 1, 'u1'], ['bob', 2, 'u2']);
  expect(await syncAt(60)).toEqual(held('ann', 'bob'));
  expect(await nextDay(1)).toEqual(held('ann', 'bob'));
  expect(await nextDay(DAY_MS - 1)).toEqual(out('ann', 'bob'));
});

it.each([
  ['one user did both', ['ann', 1, 'u1'], ['bob', 2, 'u1']],
  ['they changed in one minute', ['ann', 1, 'u1'], ['bob', 1.5, 'u2']],
  ['the vendor does not tell who changed one of them', ['ann', 1, 'u1'], ['bob', 2, null]],
  ['one of them was found by the first reading', ['ann', -1, 'u1'], ['bob', 2, 'u2']],
] as const)('C23 nobody goes out by himself if %s', async (_, ann, bob) => {
  const { tick, syncAt, nextDay } = twoSystems();
  const [, minute] = ann;
  if (minute < 0) tick(ann);
  await syncAt(0);
  tick(ann, bob);
  expect(await syncAt(60)).toEqual(held('ann', 'bob'));
  expect(await nextDay()).toEqual(held('ann', 'bob'));
  expect(await nextDay()).toEqual(held('ann', 'bob'));
});

/** Ann is ticked at an address that is no member's, and then gets another one, where her opt-out follows her (C15). */
it.each([
  ['nor if an opt-out that followed one of them has its user in common', 'u1', held('anna', 'bob')],
  ['but such an opt-out is seen to change like any other', 'u2', out('anna', 'bob')],
] as const)('C23 %s', async (_, user, end) => {
  const { crm, marketing, tick, syncAt, nextDay } = twoSystems();
  marketing.rows.delete(at('ann'));
  marketing.rows.set(at('anna'), member(at('anna'), { TITLE: 'x' }));
  await syncAt(0);
  tick(['ann', 1, 'u1']);
  expect(await syncAt(60)).toEqual(out());
  crm.rows.set('ann', contact('ann', at('anna'), { Title: 'x', OptedOut: true }));
  tick(['ann', 61, 'u3'], ['bob', 62, user]);
  expect(await syncAt(120)).toEqual(held('anna', 'bob'));
  expect(await nextDay()).toEqual(end);
});

it('C23 C12 whose record left stays held when the others go out: nothing tells how that came', async () => {
  const { crm, marketing, tick, syncAt, nextDay, sync, pass, holds } = twoSystems();
  await syncAt(0);
  tick(['ann', 1, 'u1'], ['bob', 2, 'u2']);
  crm.rows.set('cat', { ...contact('cat', at('cat'), { Title: 'x' }), life: { kind: 'deleted' } });
  expect(await syncAt(60)).toEqual(held('ann', 'bob', 'cat'));
  const [first] = await holds();
  pass(DAY_MS);
  // A plan says the same, and only looks (I10).
  const { counts } = await sync('plan');
  expect([counts.get('planned.marketing.opt-out'), counts.get('held.marketing.leave')]).toEqual([2, 1]);
  expect((await syncAt(24 * 60)).held).toEqual([at('cat')]);
  // It is the same set still: who was shown more people than are left of it may answer, and it becomes an incident in time.
  expect(await holds()).toEqual([expect.objectContaining({ since: first?.since, people: 1 })]);
  expect((await holds())[0]?.runs).toContain(first?.run);
  for (let days = 0; days < 2; days += 1)
    expect(await nextDay()).toEqual({ ...held('cat'), out: [at('ann'), at('bob')] });
  expect(marketing.written.map(({ kind }) => kind)).toEqual(['opt-out', 'opt-out']);
});

/** An operator answers after the run has looked whom it may let go, and before it does: he was first. */
it.each([
  ['rejects', { exitCode: EXIT.waiting, held: [at('cat')], out: [] }, []],
  ['approves', out('ann', 'bob'), ['leave', 'opt-out', 'opt-out']],
] as const)('C23 nobody goes out unanswered whom somebody %s in that moment', async (how, end, written) => {
  const { crm, marketing, tick, syncAt, nextDay, holds, store, profile } = twoSystems();
  await syncAt(0);
  tick(['ann', 1, 'u1'], ['bob', 2, 'u2']);
  crm.rows.set('cat', { ...contact('cat', at('cat'), { Title: 'x' }), life: { kind: 'deleted' } });
  await syncAt(60);
  const name = (await holds())[0]?.run ?? '';
  const { replaceNote } = store;
  const meanwhile: typeof replaceNote = async (...change) => {
    const [, , , , moves = []] = change;
    if (moves.some(({ to }) => to === RELEASED)) {
      Object.assign(store, { replaceNote });
      const answered =
        how === 'rejects' ? reject(store, profile, name, 'kim', NOON) : approve(store, profile, name, 'd');
      expect((await answered).ok).toBe(true);
    }
    return replaceNote(...change);
  };
  Object.assign(store, { replaceNote: meanwhile });
  await nextDay();
  expect(store.replaceNote).toBe(replaceNote);
  expect(await nextDay()).toEqual(end);
  expect(marketing.written.map(({ kind }) => kind).sort()).toEqual(written);
});
