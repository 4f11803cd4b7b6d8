import { approve, type HeldPerson, RELEASED, reject, type Store, serviceOf } from '@heed/core';
import { afterEach, describe, expect, it } from 'vitest';
import { contact, member, plainSyncs, plainSystem } from './plain-systems.ts';

const PEOPLE = 60;
const BATCH = 7;
const DAY_MS = 24 * 3_600_000;
const DIGEST = 'd';
let clear = (): void => {};
afterEach(() => clear());

type Verb = 'add' | 'remove' | 'find' | 'page';

/** How many people each call of these verbs was given or gave, at most. */
const watched = (store: Store): Map<Verb, number> => {
  const most = new Map<Verb, number>();
  const saw = (verb: Verb, people: readonly unknown[]): void => {
    most.set(verb, Math.max(most.get(verb) ?? 0, people.length));
  };
  const { add, remove, find, page } = store.held;
  const told = async (verb: Verb, people: Promise<readonly HeldPerson[]>): Promise<readonly HeldPerson[]> => {
    saw(verb, await people);
    return people;
  };
  const watching: Partial<Store['held']> = {
    add: (lease, profile, set, people) => {
      saw('add', people);
      return add(lease, profile, set, people);
    },
    remove: (lease, profile, set, addresses) => {
      saw('remove', addresses);
      return remove(lease, profile, set, addresses);
    },
    find: (profile, sets, addresses) => {
      saw('find', addresses);
      return told('find', find(profile, sets, addresses));
    },
    page: (profile, set, after, limit) => told('page', page(profile, set, after, limit)),
  };
  Object.assign(store.held, watching);
  return most;
};

/** Everybody was in step and is then opted out in the CRM, each by a user and in a minute of his own. */
const massOptOut = async () => {
  const [crm, marketing] = [plainSystem(), plainSystem()];
  const people = Array.from({ length: PEOPLE }, (_, n) => ({ id: `003${n}`, email: `p${n}@example.org` }));
  for (const { id, email } of people) {
    crm.rows.set(id, contact(id, email, { Title: 'x' }));
    marketing.rows.set(email, member(email, { TITLE: 'x' }));
  }
  const guards = { optOuts: { people: 1, percent: 1 }, creates: 5_000 };
  const syncs = plainSyncs(crm, marketing, { guards }, undefined, { batch: BATCH });
  clear = syncs.done;
  await syncs.sync();
  crm.time = Date.UTC(2026, 10, 18, 15);
  for (const [n, { id, email }] of people.entries())
    crm.rows.set(id, {
      ...contact(id, email, { Title: 'x', OptedOut: true }),
      modifiedAt: Date.UTC(2026, 10, 18, 13, n),
      modifiedByUser: `u${n}`,
    });
  const { store, profile, sync, pass } = syncs;
  const most = watched(store);
  const out = (): number =>
    [...marketing.rows.values()].filter(({ member: state }) => state?.status === 'unsubscribed').length;
  const service = async () => serviceOf(store, profile);
  return { store, profile, sync, pass, most, out, service };
};

describe('C23 however many people a guard holds', () => {
  it('a run that holds them and the one that carries what was approved have a batch of them in mind, and the document none', async () => {
    const { store, profile, sync, most, out, service } = await massOptOut();
    await sync();
    const [hold] = (await service()).holds;
    expect(hold).toMatchObject({ people: PEOPLE });
    expect(JSON.stringify(await store.note(profile, 'service'))).not.toContain('@');
    expect(await approve(store, profile, hold?.run ?? '', DIGEST)).toMatchObject({ ok: true });
    await sync();
    expect([out(), await store.held.count(profile, [RELEASED])]).toEqual([PEOPLE, 0]);
    // Nobody who was carried is still released at the end, to be walked through.
    expect(Object.fromEntries(most)).toEqual({ add: BATCH, remove: BATCH, find: BATCH, page: 0 });
  });

  it('so has the run that lets them go unanswered', async () => {
    const { sync, pass, most, out } = await massOptOut();
    await sync();
    pass(DAY_MS);
    await sync();
    expect(out()).toBe(PEOPLE);
    expect(Object.fromEntries(most)).toEqual({ add: BATCH, remove: BATCH, find: BATCH, page: BATCH });
  });

  it('and a rejection is of them all', async () => {
    const { store, profile, sync, out, service } = await massOptOut();
    await sync();
    const [hold] = (await service()).holds;
    expect(await reject(store, profile, hold?.run ?? '', 'kim', 9)).toMatchObject({ ok: true });
    const { report } = await sync();
    expect([report.exitCode, report.held, out()]).toEqual([0, {}, 0]);
  });
});
