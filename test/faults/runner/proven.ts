import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultCase } from './fault-case.ts';
import { playCase, playUndisturbed, type Undisturbed } from './play.ts';
import { openWorld, type World } from './world.ts';

/** A test for each case. What fails is listed in the words of the report, so that nobody has to debug to understand it. */
export const provenByTests = (title: string, cases: readonly FaultCase[]): void => {
  describe(title, () => {
    let world: World;
    let twin: Undisturbed;
    beforeAll(async () => {
      world = await openWorld();
      twin = await playUndisturbed(world);
    }, 60_000);
    afterAll(() => world.close());

    it.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      expect(await playCase(one, world, twin)).toEqual([]);
    });
  });
};
