import { type AddressKey, type Erasure, isErased, type LinkedSystems, type Store, systemKey } from '@heed/core';
import { describe, expect, test } from 'vitest';
import {
  at,
  CRM,
  contact,
  intent,
  link,
  MAIL,
  member,
  memberCreate,
  OTHER_MAIL,
  optOut,
  PROFILE,
  page,
  report,
  settlement,
  shadow,
} from './made-up.ts';
import { type Bench, CUSTOMER, leaseOf } from './subject.ts';

const SYSTEMS: readonly LinkedSystems[] = [{ profile: PROFILE, crm: CRM, marketing: MAIL }];
const NAME = expect.stringMatching(/^erased-[0-9a-f]{64}$/);

class Crash extends Error {}

/** What would be asked of the store to erase whoever lives at an address, and keep these opt-outs. */
export const erasureOf = async (store: Store, name: string, more: Partial<Erasure> = {}): Promise<Erasure> => {
  const known = await store.erasures.person(at(name), SYSTEMS);
  return {
    address: at(name),
    addresses: known.addresses,
    records: known.shadows,
    kept: [optOut(name)],
    by: 'kim',
    at: 50,
    head: known.head,
    ...more,
  };
};

export const promisesOfErasures = (bench: () => Bench): void => {
  const some = (...names: readonly string[]) => names.map(at);
  const opened = async () => {
    const here = await bench().store();
    await here.store.beginRun(report('r1'));
    return here;
  };

  /** Ann, who moved here from old@, with a member and everything that can be remembered of her; and Bob. */
  const withAnn = async () => {
    const here = await opened();
    const { store, lease } = here;
    const left = { address: at('ann'), side: 'crm' as const, record: contact('1'), rule: 'C1' };
    const facts = [optOut('ann', { record: contact('1') }), optOut('old'), optOut('bob')];
    const crm = [shadow(CRM, contact('1'), ['old', 'ann']), shadow(CRM, contact('2'), 'bob')];
    await store.markDirty('another', [], 1);
    await store.commitPage(lease, page(CRM, { run: 'r1', shadows: crm, facts, dirty: some('ann', 'bob') }), 2);
    await store.commitPage(lease, page(MAIL, { run: 'r1', shadows: [shadow(MAIL, member('m'), 'ann')] }), 2);
    await store.intend(lease, [
      intent('i1', 'ann', { op: { ...intent('i1', 'ann').op, id: 'i1' } }),
      memberCreate('i2', 'ann'),
    ]);
    await store.enlist(lease, PROFILE, 'asked', some('ann', 'bob'));
    const [mark] = await store.dirty(PROFILE, 9, null, 1);
    const done = settlement('ann', mark?.mark ?? 0, {
      owed: [{ ...left, because: [1], since: 3, why: 'down' }],
      setAside: [{ ...left, field: null, message: 'no', write: null, attempts: 1, retryAt: 9 }],
      listed: [{ ...left, reason: 'opted-out', detail: '' }],
      links: [link(member('m'), contact('1'))],
      buckets: [{ side: 'crm', record: contact('1'), bucket: 'setAside', reason: null }],
    });
    const change = { at: 4, ...left, what: 'opted out', because: [1], outcome: 'applied' };
    await store.settle(lease, PROFILE, 'r1', [done], [], [change]);
    const decision = { kind: 'correction', facts: [1], by: 'kim', because: 'the wrong Ann' } as const;
    await store.enter({ facts: [], decisions: [decision] }, [], 5);
    await store.finishRun(report('r1', { ...(await store.runCounts('r1')), status: 'done' }));
    await store.putNote(PROFILE, 'service', { holds: [{ addresses: some('ann', 'bob') }], complete: null });
    await store.putNote(
      PROFILE,
      'missing',
      [contact('1'), contact('2')].map((record) => ({ side: 'crm', record })),
    );
    const draft = await store.optOutLists.draft(1);
    await store.optOutLists.enter('robinson', draft, some('ann'), [], 5);
    await store.optOutLists.gather(draft, some('ann', 'bob'));
    return { ...here, draft };
  };

  /** Everything that the verbs tell of anybody, as text. */
  const everything = async (store: Store, draft: number): Promise<string> => {
    const people = some('ann', 'old', 'bob');
    const told = await Promise.all([
      store.known(CRM, [contact('1'), contact('2')], people),
      store.known(MAIL, [member('m')], people),
      store.neighbourhood(PROFILE, [CRM, MAIL], people),
      store.dirty(PROFILE, 9e12, null, 99),
      store.dirty('another', 9e12, null, 99),
      store.openIntents(PROFILE),
      store.worklist(PROFILE, 'asked', null, 9),
      store.factsOf(people),
      Promise.all(people.map((one) => store.entriesOf(one))),
      store.note(PROFILE, 'service'),
      store.note(PROFILE, 'missing'),
      store.run('r1'),
      store.runs(null, 9),
      store.runCounts('r1'),
      store.owed(PROFILE),
      store.setAside(PROFILE),
      store.listed(PROFILE, null),
      store.optOutLists.everybody(null, 99),
      store.optOutLists.gathered(draft, null, 9),
      store.optOutLists.onList('robinson', people),
    ]);
    return JSON.stringify(told, (_, value) => (value instanceof Set ? [...value] : value));
  };

  describe('erased people (C25)', () => {
    test('are found by their address: records, whom they are linked to or merged with, and addresses of nobody else', async () => {
      const { store, lease } = await opened();
      const crm = [
        shadow(CRM, contact('1'), ['old', 'ann']),
        shadow(CRM, contact('merged'), 'former', { life: { kind: 'continued', as: contact('1') } }),
        shadow(CRM, contact('2'), ['ann', 'bob']),
        shadow(CRM, contact('3'), 'shared'),
        shadow(CRM, contact('4'), ['shared', 'ann']),
      ];
      const members = [shadow(MAIL, member('m'), 'ann'), shadow(MAIL, member('n'), 'elsewhere')];
      await store.commitPage(lease, page(CRM, { shadows: crm, facts: [optOut('old'), optOut('bob')] }), 1);
      await store.commitPage(lease, page(MAIL, { shadows: members }), 1);
      await store.commitPage(lease, page(OTHER_MAIL, { shadows: [shadow(OTHER_MAIL, member('m'), 'ann')] }), 1);
      const linked = settlement('ann', 1, { links: [link(member('n'), contact('1'))] });
      await store.settle(lease, PROFILE, 'r1', [linked], [], []);
      const known = await store.erasures.person(at('ann'), SYSTEMS);
      expect([...known.addresses].sort()).toEqual(some('ann', 'elsewhere', 'former', 'old'));
      const found = known.shadows.map(({ system, record }) => `${systemKey(system)} ${record.id}`).sort();
      expect(found).toEqual([
        'crm|sf| 1',
        'crm|sf| 4',
        'crm|sf| merged',
        'marketing|mc|a m',
        'marketing|mc|a n',
        'marketing|mc|b m',
      ]);
      expect(known.ledger.facts.map(({ address }) => address)).toEqual(some('old'));
      expect(known.head).toBe((await store.head()).n);
    });

    test('are not whoever lived there before, unless nobody lives there now', async () => {
      const { store, lease } = await opened();
      const moved = shadow(MAIL, member('m'), 'ann', { life: { kind: 'continued', as: member('n') } });
      const crm = [shadow(CRM, contact('1'), ['ann', 'bob'])];
      await store.commitPage(lease, page(CRM, { shadows: crm }), 1);
      await store.commitPage(lease, page(MAIL, { shadows: [moved, shadow(MAIL, member('n'), 'bob')] }), 1);
      const linked = settlement('ann', 1, { links: [link(member('n'), contact('1'))] });
      await store.settle(lease, PROFILE, 'r1', [linked], [], []);
      const ids = async () =>
        (await store.erasures.person(at('ann'), SYSTEMS)).shadows.map(({ record }) => record.id).sort();
      expect(await ids()).toEqual(['1', 'm', 'n']);
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('2'), 'ann')] }), 1);
      expect(await ids()).toEqual(['2', 'm']);
    });

    test('are not a member still under an address that they have left to somebody else', async () => {
      const { store, lease } = await opened();
      const crm = [shadow(CRM, contact('1'), ['bob', 'ann']), shadow(CRM, contact('2'), 'bob')];
      await store.commitPage(lease, page(CRM, { shadows: crm }), 1);
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('n'), 'bob')] }), 1);
      const linked = settlement('ann', 1, { links: [link(member('n'), contact('1'))] });
      await store.settle(lease, PROFILE, 'r1', [linked], [], []);
      const known = await store.erasures.person(at('ann'), SYSTEMS);
      expect([known.addresses, known.shadows.map(({ record }) => record.id)]).toEqual([some('ann'), ['1']]);
    });

    test('nothing of them is told by any verb, the chain is whole, others keep what is theirs', async () => {
      const { store, lease, draft } = await withAnn();
      const before = await everything(store, draft);
      for (const one of ['ann@', 'old@', 'Contact/1', 'the wrong Ann', '"m"']) expect(before, one).toContain(one);
      const entries = await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      const after = await everything(store, draft);
      for (const one of ['ann@', 'old@', 'Contact/1', '"id":"1"', 'the wrong Ann', '"m"'])
        expect(after, one).not.toContain(one);
      for (const one of ['bob@', '"id":"2"']) expect(after).toContain(one);
      expect(await store.note(PROFILE, 'service')).toEqual({ holds: [{ addresses: some('bob') }], complete: null });
      const ledger = await store.verifyLedger();
      expect(ledger).toMatchObject({ broken: null, head: { n: entries?.at(-1) } });
      expect(await store.head()).toEqual(ledger.head);
    });

    test('what another profile linked between other systems stays, though its record has the same key', async () => {
      const { store, lease } = await opened();
      const other = { ...MAIL, container: 'another audience' };
      const people = [shadow(CRM, contact('1'), 'ann'), shadow(CRM, contact('2'), 'bob')];
      await store.commitPage(lease, page(CRM, { shadows: people }), 1);
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('m'), 'ann')] }), 1);
      await store.commitPage(lease, page(other, { shadows: [shadow(other, member('m'), 'bob')] }), 1);
      const [here, there] = [
        settlement('ann', 1, { links: [link(member('m'), contact('1'))] }),
        settlement('bob', 1, { links: [link(member('m'), contact('2'))] }),
      ];
      await store.settle(lease, PROFILE, 'r1', [here], [], []);
      await store.settle(lease, 'there', 'r2', [there], [], []);
      const systems = [...SYSTEMS, { profile: 'there', crm: CRM, marketing: other }];
      await store.erasures.erase(lease, await erasureOf(store, 'ann', { systems }));
      expect((await store.neighbourhood('there', [CRM, other], [at('bob')])).links).toHaveLength(1);
      expect((await store.neighbourhood(PROFILE, [CRM, MAIL], [at('bob')])).links).toEqual([]);
    });

    test('the counts of their runs still add up', async () => {
      const { store, lease } = await withAnn();
      const { crm } = await store.runCounts('r1');
      await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      const now = (await store.runCounts('r1')).crm;
      expect(now).toMatchObject({ read: crm.read, unchanged: crm.unchanged });
      expect(now.setAside.map(({ address, message }) => [address, message])).toEqual([['', 'no']]);
      expect((await store.run('r1'))?.report.crm.setAside.map(({ record }) => record)).toEqual(['']);
    });

    test('an opt-out that stands is kept under the keyed hash, which names nobody, and so is when it was erased', async () => {
      const { store, lease } = await withAnn();
      expect(await store.erasures.find(at('ann'))).toBeNull();
      const kept = [optOut('ann', { record: contact('1'), proof: 'Ann called', user: '005', run: null })];
      await store.erasures.erase(lease, await erasureOf(store, 'ann', { kept }));
      const found = await store.erasures.find(at('ann'));
      expect(found).toEqual({ name: NAME, at: 50, wiped: true });
      expect(await store.erasures.find(at('old'))).toEqual(found);
      expect(await store.erasures.find(at('bob'))).toBeNull();
      const name = found?.name as AddressKey;
      expect(isErased(name)).toBe(true);
      const same = { address: name, says: 'opted-out', record: null, proof: null, user: null, when: kept[0]?.when };
      expect(await store.factsOf([name])).toEqual([expect.objectContaining(same)]);
      expect((await store.entriesOf(name)).map(({ kind }) => kind)).toEqual(['fact', 'erased']);
      expect(await store.erasures.count()).toEqual({ people: 1, optedOut: 1 });
      expect(await store.optOutLists.everybody(null, 9)).toEqual([at('bob'), name].sort());
    });

    test('what was said about them since they were looked at stops it', async () => {
      const { store, lease } = await withAnn();
      const erasure = await erasureOf(store, 'ann');
      await store.enter({ facts: [optOut('old')], decisions: [] }, [], 6);
      expect(await store.erasures.erase(lease, erasure)).toBeNull();
      expect(await store.erasures.find(at('ann'))).toBeNull();
      expect(await store.factsOf(some('ann'))).toHaveLength(1);
      await store.enter({ facts: [optOut('bob')], decisions: [] }, [], 7);
      expect(await store.erasures.erase(lease, await erasureOf(store, 'ann'))).not.toBeNull();
    });

    test('only whoever holds the lease erases', async () => {
      const { state, store, lease } = await withAnn();
      const erasure = await erasureOf(store, 'ann');
      await state.leases.release(lease);
      await leaseOf(state, 'another');
      await expect(store.erasures.erase(lease, erasure)).rejects.toThrow('another process took over');
      expect(await store.erasures.find(at('ann'))).toBeNull();
    });

    test('are recognised in what is read, by address or by record, and so is the record that theirs was merged into', async () => {
      const { store, lease } = await withAnn();
      const row = (id: string, name: string | null, heir: string | null = null) => ({
        record: contact(id),
        address: name === null ? null : at(name),
        heir: heir === null ? null : contact(heir),
      });
      const recognise = async (...rows: readonly ReturnType<typeof row>[]) => [
        ...(await store.erasures.recognise(lease, CRM, rows)).entries(),
      ];
      expect(await recognise(row('1', 'ann'))).toEqual([]);
      await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      const { name } = (await store.erasures.find(at('ann'))) ?? {};
      const theirs = (...ids: readonly string[]) => ids.map((id) => [`Contact/${id}`, name]);
      expect(await recognise(row('9', 'old'), row('1', 'new'), row('2', 'bob'), row('3', null))).toEqual(
        theirs('9', '1'),
      );
      // The new address is not theirs alone.
      expect(await recognise(row('9', 'new'))).toEqual([]);
      expect(await recognise(row('7', 'new'))).toEqual([]);
      expect(await recognise(row('1', null, '7'))).toEqual(theirs('1'));
      expect(await recognise(row('7', 'new'))).toEqual(theirs('7'));
      expect([...(await store.erasures.recognise(lease, MAIL, [row('1', 'x')]))]).toEqual([]);
      expect(await store.erasures.count()).toEqual({ people: 1, optedOut: 1 });
    });

    test('of later reads and entries the keyed hash is kept and nothing else', async () => {
      const { store, lease, draft } = await withAnn();
      await store.erasures.erase(lease, await erasureOf(store, 'ann', { kept: [] }));
      const { name } = (await store.erasures.find(at('ann'))) ?? {};
      const said = optOut('ann', { record: contact('1'), proof: 'Ann called', user: '005' });
      await store.commitPage(
        lease,
        page(CRM, {
          shadows: [shadow(CRM, contact('1'), 'ann'), shadow(CRM, contact('3'), 'carl')],
          facts: [said, optOut('carl')],
          intents: [intent('i9', 'ann')],
          dirty: some('ann', 'carl'),
        }),
        60,
      );
      await store.enter({ facts: [said], decisions: [] }, some('old'), 61);
      await store.markDirty('another', some('ann'), 62);
      await store.optOutLists.gather(draft, some('ann', 'carl'));
      await store.optOutLists.enter('robinson', draft, some('ann'), [said], 63);
      const told = await everything(store, draft);
      for (const one of ['ann@', 'old@', '"id":"1"', 'Ann called', '"m"']) expect(told, one).not.toContain(one);
      expect(await store.optOutLists.gathered(draft, null, 9)).toEqual(some('bob', 'carl'));
      expect(await store.optOutLists.onList('robinson', [name as AddressKey])).toEqual(new Set([name]));
      const facts = await store.factsOf([name as AddressKey]);
      expect(facts.map(({ record, proof, says }) => [record, proof, says])).toEqual([
        [null, null, 'opted-out'],
        [null, null, 'opted-out'],
        [null, null, 'opted-out'],
      ]);
      expect((await store.known(CRM, [contact('3')], [])).shadows).toHaveLength(1);
      for (const profile of [PROFILE, 'another']) expect(await store.erasures.due(profile, 99)).toEqual([name]);
      expect(await store.erasures.due(PROFILE, 1)).toEqual([]);
    });

    test('somebody else who had the address keeps the record, without it', async () => {
      const { store, lease } = await opened();
      const shadows = [shadow(CRM, contact('1'), 'ann'), shadow(CRM, contact('2'), ['ann', 'bob'])];
      await store.commitPage(lease, page(CRM, { shadows }), 1);
      await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      const { shadows: left } = await store.known(CRM, [contact('1'), contact('2')], some('ann', 'bob'));
      expect(left.map(({ record }) => record.id)).toEqual(['2']);
      expect(left[0]?.stays.map(({ address }) => address)).toEqual([NAME, at('bob')]);
    });

    test('a second erasure of the address has the same name', async () => {
      const { store, lease } = await withAnn();
      await store.erasures.erase(lease, await erasureOf(store, 'ann'));
      const first = await store.erasures.find(at('ann'));
      await store.erasures.erase(lease, await erasureOf(store, 'ann', { kept: [], at: 70 }));
      expect(await store.erasures.find(at('ann'))).toEqual(first);
      expect(await store.erasures.count()).toEqual({ people: 1, optedOut: 1 });
    });

    test('a crash anywhere leaves all of the person or nothing', async () => {
      /** Crashes at the k-th point; whether she is gone afterwards, and how many points were passed. */
      const crashAt = async (k: number): Promise<{ readonly isGone: boolean; readonly points: number }> => {
        const here = bench();
        let points = Number.NEGATIVE_INFINITY;
        const state = here.open(() => {
          if (points === k) throw new Crash();
          points += 1;
        });
        const lease = await leaseOf(state);
        const store = state.customer(CUSTOMER);
        const shadows = [shadow(CRM, contact('1'), 'ann')];
        await store.commitPage(lease, page(CRM, { shadows, facts: [optOut('ann')] }), 1);
        const erasure = await erasureOf(store, 'ann');
        points = 0;
        await store.erasures.erase(lease, erasure).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error;
        });
        const passed = points;
        points = Number.NEGATIVE_INFINITY;
        state.close();
        const again = here.open().customer(CUSTOMER);
        const isGone = (await again.erasures.find(at('ann'))) !== null;
        expect((await again.known(CRM, [contact('1')], some('ann'))).shadows).toHaveLength(isGone ? 0 : 1);
        expect(await again.factsOf(some('ann'))).toHaveLength(isGone ? 0 : 1);
        expect((await again.verifyLedger()).broken).toBeNull();
        return { isGone, points: passed };
      };
      const { points } = await crashAt(Number.POSITIVE_INFINITY);
      expect(points).toBeGreaterThan(15);
      const ends = [0, Math.floor(points / 2), points - 6, points - 5, points - 4, points - 3, points - 2, points - 1];
      const gone: boolean[] = [];
      for (const k of ends) gone.push((await crashAt(k)).isGone);
      // Nothing of it, up to the commit; all of it from there on, also while the file is wiped.
      expect(gone).toEqual([...gone].sort());
      expect([gone[0], gone.at(-1)]).toEqual([false, true]);
    });
  });
};
