import type { RecordRef } from '@heed/contract';
import { type Neighbourhood, recordKey, type Shadow } from '@heed/core';
import { describe, expect, test } from 'vitest';
import {
  at,
  CRM,
  contact,
  link,
  MAIL,
  member,
  memberCreate,
  OTHER_MAIL,
  optOut,
  PROFILE,
  page,
  settlement,
  shadow,
} from './made-up.ts';
import type { Bench } from './subject.ts';

const names = (around: Neighbourhood): readonly string[] =>
  around.shadows.map(({ record }) => recordKey(record)).sort();
const continued = (as: RecordRef): Partial<Shadow> => ({ life: { kind: 'continued', as } });

export const promisesOfNeighbourhoods = (bench: () => Bench): void => {
  const around = async (crm: readonly Shadow[], members: readonly Shadow[], asked: readonly string[]) => {
    const { store, lease } = await bench().store();
    await store.commitPage(lease, page(CRM, { shadows: crm }), 0);
    await store.commitPage(lease, page(MAIL, { shadows: members }), 0);
    return names(await store.neighbourhood(PROFILE, [CRM, MAIL], asked.map(at)));
  };

  describe('neighbourhoods', () => {
    test('records and members that have or had the address, and nobody else', async () => {
      const crm = [
        shadow(CRM, contact('1'), 'ann'),
        shadow(CRM, contact('2'), ['ann', 'new']),
        shadow(CRM, contact('3'), 'bob'),
      ];
      const members = [shadow(MAIL, member('a'), 'ann'), shadow(MAIL, member('b'), 'bob')];
      expect(await around(crm, members, ['ann'])).toEqual(['Contact/1', 'Contact/2', 'member/a']);
    });

    test('whoever shares another address of those people, one hop, with the members there', async () => {
      const crm = [
        shadow(CRM, contact('1'), ['ann', 'office']),
        shadow(CRM, contact('2'), ['office', 'home']),
        shadow(CRM, contact('3'), 'home'),
      ];
      const members = [shadow(MAIL, member('o'), 'office'), shadow(MAIL, member('h'), 'home')];
      expect(await around(crm, members, ['ann'])).toEqual(['Contact/1', 'Contact/2', 'member/h', 'member/o']);
    });

    test('heirs and forebears of merged and converted records, to their ends', async () => {
      const crm = [
        shadow(CRM, contact('1'), 'first', continued(contact('2'))),
        shadow(CRM, contact('2'), 'second', continued(contact('3'))),
        shadow(CRM, contact('3'), 'third'),
        shadow(CRM, contact('4'), 'fourth', continued(contact('3'))),
      ];
      for (const asked of ['first', 'second', 'third', 'fourth']) {
        expect(await around(crm, [], [asked])).toEqual(['Contact/1', 'Contact/2', 'Contact/3', 'Contact/4']);
      }
    });

    test('records that name each other as heirs do not go on for ever', async () => {
      const crm = [
        shadow(CRM, contact('1'), 'a', continued(contact('2'))),
        shadow(CRM, contact('2'), 'b', continued(contact('1'))),
      ];
      expect(await around(crm, [], ['a'])).toEqual(['Contact/1', 'Contact/2']);
    });

    test('members linked to the records, at whatever address, and the links of this profile only', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('1'), 'ann')] }), 0);
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('x'), 'elsewhere')] }), 0);
      const linked = link(member('x'), contact('1'), {
        agreed: { name: { crm: 'Ann', marketing: 'ann' } },
        left: true,
      });
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { links: [linked] })], [], []);
      const near = await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')]);
      expect(names(near)).toEqual(['Contact/1', 'member/x']);
      expect(near.links).toEqual([linked]);
      expect(names(await store.neighbourhood(PROFILE, [CRM, MAIL], [at('elsewhere')]))).toEqual(names(near));
      expect((await store.neighbourhood('another', [CRM, MAIL], [at('ann')])).links).toEqual([]);
    });

    test('who lives where a linked member is, and no further (C15)', async () => {
      const { store, lease } = await bench().store();
      const crm = [shadow(CRM, contact('1'), 'ann'), shadow(CRM, contact('2'), ['office', 'elsewhere'])];
      await store.commitPage(lease, page(CRM, { shadows: [...crm, shadow(CRM, contact('3'), 'office')] }), 0);
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('x'), 'elsewhere')] }), 0);
      const links = [link(member('x'), contact('1'))];
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { links })], [], []);
      const near = await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')]);
      expect(names(near)).toEqual(['Contact/1', 'Contact/2', 'member/x']);
    });

    test('only the systems asked for', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(MAIL, { shadows: [shadow(MAIL, member('1'), 'ann')] }), 0);
      await store.commitPage(lease, page(OTHER_MAIL, { shadows: [shadow(OTHER_MAIL, member('1'), 'ann')] }), 0);
      const near = await store.neighbourhood(PROFILE, [CRM, OTHER_MAIL], [at('ann')]);
      expect(near.shadows.map(({ system }) => system)).toEqual([OTHER_MAIL]);
    });

    test('facts of all addresses involved, origins of echoes wherever they were said, and decisions about them', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(CRM, { shadows: [shadow(CRM, contact('1'), ['ann', 'anna'])] }), 0);
      const facts = [optOut('far'), optOut('anna', { echoOf: 1 }), optOut('ann'), optOut('stranger')];
      const decisions = [
        { kind: 'correction', facts: [3], by: 'kim', because: 'typo' },
        { kind: 'acceptance', address: at('anna'), facts: [], by: 'kim' },
        { kind: 'rejection', profile: PROFILE, facts: [4], by: 'kim' },
      ] as const;
      expect(await store.enter({ facts, decisions }, [], 0)).toEqual([1, 2, 3, 4, 5, 6, 7]);
      const near = await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann')]);
      expect(near.ledger.facts.map(({ n }) => n)).toEqual([1, 2, 3]);
      expect(near.ledger.decisions).toEqual([
        { ...decisions[0], n: 5 },
        { ...decisions[1], n: 6 },
      ]);
    });

    test('a member of one audience is new in another; whoever was invited once is invited nowhere again (C11, C19)', async () => {
      const { store, lease } = await bench().store();
      const { op } = memberCreate('1', 'ann');
      if (op.kind !== 'create') throw new Error('a create');
      await store.intend(lease, [
        memberCreate('1', 'ann', { op: { ...op, as: 'subscribed' } }),
        memberCreate('2', 'bob'),
      ]);
      const inAudience = (system: typeof MAIL) => store.neighbourhood(PROFILE, [CRM, system], [at('ann'), at('bob')]);
      const here = await inAudience(MAIL);
      expect([here.everCreated, here.everInvited]).toEqual([[at('ann'), at('bob')], [at('bob')]]);
      const there = await inAudience(OTHER_MAIL);
      expect([there.everCreated, there.everInvited]).toEqual([[], [at('bob')]]);
    });

    test('members once created or invited, unless surely refused, by any profile of the customer', async () => {
      const { store, lease } = await bench().store();
      await store.intend(lease, [
        memberCreate('1', 'ann', { profile: 'another' }),
        memberCreate('2', 'bob'),
        memberCreate('3', 'cyd'),
        memberCreate('4', 'dan', { system: CRM }),
      ]);
      const rejected = memberCreate('2', 'bob', { state: 'rejected', answeredAt: 1 });
      const applied = memberCreate('3', 'cyd', { state: 'applied', answeredAt: 1, seen: true });
      await store.settle(lease, PROFILE, 'r1', [], [rejected, applied], []);
      const asked = ['ann', 'bob', 'cyd', 'dan', 'eve'].map(at);
      expect((await store.neighbourhood(PROFILE, [CRM, MAIL], asked)).everCreated).toEqual([at('ann'), at('cyd')]);
    });

    test('what is owed and set aside at the addresses', async () => {
      const { store, lease } = await bench().store();
      const owed = {
        address: at('ann'),
        side: 'crm',
        record: null,
        rule: 'C1',
        because: [1],
        since: 5,
        why: 'down',
      } as const;
      const aside = {
        address: at('ann'),
        side: 'marketing',
        record: null,
        field: 'FNAME',
        rule: 'fields',
        message: 'too long',
        write: null,
        attempts: 1,
        retryAt: 99,
      } as const;
      await store.settle(lease, PROFILE, 'r1', [settlement('ann', 0, { owed: [owed], setAside: [aside] })], [], []);
      const near = await store.neighbourhood(PROFILE, [CRM, MAIL], [at('ann'), at('bob')]);
      expect(near.owed).toEqual([owed]);
      expect(near.setAside).toEqual([aside]);
    });
  });
};
