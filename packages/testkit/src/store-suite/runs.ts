import { describe, expect, test } from 'vitest';
import { at, CRM, contact, optOut, PROFILE, page, report, settlement, shadow } from './made-up.ts';
import type { Bench } from './subject.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const aside = {
  address: at('ann'),
  side: 'crm',
  record: contact('1'),
  field: 'Phone',
  rule: 'fields',
  message: 'not a phone number',
  write: null,
  attempts: 1,
  retryAt: null,
} as const;
const listed = { address: at('bob'), side: 'marketing', reason: 'archived', rule: 'C12a', detail: '' } as const;
const change = {
  at: 7,
  side: 'crm',
  record: contact('1'),
  address: at('ann'),
  what: 'opted out',
  rule: 'C0.3 C1',
  because: [1],
  outcome: 'applied',
} as const;

export const promisesOfRuns = (bench: () => Bench): void => {
  const ran = async (startedAt: number) => {
    const opened = await bench().store();
    const { store, lease } = opened;
    await store.beginRun(report('r1', { startedAt }));
    await store.commitPage(lease, page(CRM, { run: 'r1', shadows: [shadow(CRM, contact('1'), 'ann')] }), 0);
    const buckets = [{ side: 'crm', record: contact('1'), bucket: 'setAside', reason: null }] as const;
    const settled = [settlement('ann', 0, { setAside: [aside], buckets }), settlement('bob', 0, { listed: [listed] })];
    await store.settle(lease, PROFILE, 'r1', settled, [], [change]);
    const counts = await store.runCounts('r1');
    const finished = report('r1', { startedAt, status: 'done', finishedAt: startedAt + 5, ...counts });
    await store.finishRun(finished);
    return { ...opened, finished };
  };

  describe('runs', () => {
    test('are listed newest first, of one profile or of all', async () => {
      const { store } = await bench().store();
      await store.beginRun(report('r1'));
      await store.beginRun(report('r2', { profile: 'another' }));
      await store.beginRun(report('r3'));
      await store.finishRun(report('r1', { status: 'done' }));
      const names = async (profile: string | null, limit: number) =>
        (await store.runs(profile, limit)).map(({ run, status }) => `${run} ${status}`);
      expect(await names(PROFILE, 10)).toEqual(['r3 running', 'r1 done']);
      expect(await names(null, 2)).toEqual(['r3 running', 'r2 running']);
      expect(await store.run('r4')).toBeNull();
    });

    test('keep every change, everything set aside and everybody listed', async () => {
      const { store, lease, finished } = await ran(1_000);
      const found = { report: finished, changes: [change], setAside: [aside], listed: [listed] };
      expect(await store.run('r1')).toEqual(found);
      // What later runs find does not change what this one found.
      await store.settle(lease, PROFILE, 'r2', [settlement('ann', 0), settlement('bob', 0)], [], []);
      expect(await store.run('r1')).toEqual(found);
    });

    test('keep their counts after 30 days, and nobody by name', async () => {
      const { store, finished } = await ran(1_000);
      await store.prune(1_000 + 29 * DAY_MS);
      expect((await store.run('r1'))?.listed).toEqual([listed]);
      await store.prune(1_000 + 31 * DAY_MS);
      const nameless = { ...finished.crm, setAside: [{ ...finished.crm.setAside[0], record: '', address: '' }] };
      expect(await store.run('r1')).toMatchObject({ report: { crm: nameless }, setAside: [], listed: [] });
      expect((await store.runCounts('r1')).crm).toEqual(nameless);
    });

    test('facts that a run brought are found by it', async () => {
      const { store, lease } = await bench().store();
      await store.commitPage(lease, page(CRM, { facts: [optOut('ann', { run: 'r1' }), optOut('bob')] }), 0);
      expect((await store.factsOfRun('r1')).map(({ n }) => n)).toEqual([1]);
    });
  });
};
