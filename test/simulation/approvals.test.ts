import { APPROVED, approve, RELEASED, type Store, serviceOf, setsOf } from '@heed/core';
import { seededRandom } from '@heed/toolkit';
import { expect, test } from 'vitest';
import { simulate } from '../../packages/testkit/src/simulation/index.ts';
import { DIGEST, engineWith, type Watch } from './engine-under-test.ts';

const SEEDS = 60;
/** Of the commits of a run, behind each of which somebody may look at what is held. */
const LOOKS_IN = 0.3;
const DAY_MS = 24 * 3_600_000;

/**
 * Every opt-out of the CRM, every member that leaves and every create is too many, and somebody approves what is held at any
 * moment of a run, between any two commits: also just before a crash.
 */
const approving = (seed: number) => {
  const chance = seededRandom(seed);
  let during = 0;
  const unapproved: string[] = [];
  const personSaid = async (store: Store, address: string): Promise<boolean> =>
    (await store.factsOf([address as Parameters<Store['factsOf']>[0][number]])).some(
      ({ by, complaint }) => by === 'person' || complaint,
    );
  const watch: Watch = {
    guards: { optOuts: { people: 0, percent: 0 }, creates: 0 },
    // At every opportunity.
    looks: { soonestMs: 0, latestMs: 0, callsPerCall: { crm: 0, marketing: 0 } },
    async afterCommit({ store, profile }) {
      if (chance() >= LOOKS_IN) return;
      for (const name of new Set((await serviceOf(store, profile)).holds.map(({ run }) => run))) {
        const answered = await approve(store, profile, name, DIGEST);
        if (!answered.ok) throw new Error(answered.why);
        during += 1;
      }
    },
    async beforeIntents({ store, profile, intents, place }) {
      const { holds } = await serviceOf(store, profile);
      // Unanswered for a day, and seen to change one by one: these go out by themselves.
      const old = holds.filter(({ since }) => place.world.now() - since >= DAY_MS);
      const sets = [APPROVED, RELEASED, ...setsOf(old)];
      const people = await store.held.find(
        profile,
        sets,
        intents.map(({ address }) => address),
      );
      const free = new Set(people.map(({ address }) => address));
      for (const { address, op, system, rule } of intents) {
        const isGuarded = op.kind === 'leave' || (op.kind === 'opt-out' && /\bC3\b/.test(rule));
        if (system.role !== 'marketing' || !isGuarded || free.has(address)) continue;
        if (!(await personSaid(store, address))) unapproved.push(`run ${place.life.run}: ${op.kind} ${rule}`);
      }
    },
  };
  return { watch, found: () => ({ during, unapproved }) };
};

test(`C23 what is approved at any moment of a run is carried, and nobody else, through ${SEEDS} seeds of crashes`, {
  timeout: 120_000,
}, async () => {
  let during = 0;
  const wrong: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { watch, found } = approving(seed);
    const { violations } = await simulate(seed, engineWith(watch), { quirks: { crmLooks: seed % 2 === 0 } });
    during += found().during;
    wrong.push(...found().unapproved.map((text) => `seed ${seed}: ${text}`));
    // No plan knows what somebody approves while the sync goes on.
    const broken = violations.filter(({ invariant }) => invariant !== 'I10');
    wrong.push(...broken.map(({ invariant, rule, text }) => `seed ${seed}: ${invariant} ${rule} ${text}`));
  }
  expect(wrong).toEqual([]);
  expect(during).toBeGreaterThan(SEEDS / 2);
});
