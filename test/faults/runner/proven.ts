import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultCase } from './fault-case.ts';
import { playCase, playUndisturbed, type Undisturbed } from './play.ts';
import { openWorld, type World, type WorldOptions } from './world.ts';

const isAll = process.env.HEED_FAULTS === 'all';

/**
 * A test for each case, in sections by title; all in one world. What fails is listed in the words of the report, so that
 * nobody has to debug to understand it.
 */
export const provenByTests = (
  sections: Readonly<Record<string, readonly FaultCase[]>>,
  options: WorldOptions = {},
): void => {
  let world: World;
  let twin: Undisturbed;
  beforeAll(async () => {
    world = await openWorld(options);
    twin = await playUndisturbed(world);
  }, 60_000);
  afterAll(() => world.close());

  describe.each(Object.entries(sections))('%s', (_title, cases) => {
    for (const one of cases.filter(({ alike }) => alike !== true || isAll)) {
      it(one.name, async () => {
        expect(await playCase(one, world, twin)).toEqual([]);
      });
    }
  });
};
