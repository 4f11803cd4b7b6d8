import { describe, expect, test } from 'vitest';
import { simulate, violationText } from '../../packages/testkit/src/simulation/index.ts';
import { engineUnderTest } from './engine-under-test.ts';
import { REGRESSIONS } from './regressions.ts';

describe('seeds that once failed', () => {
  test.for(REGRESSIONS)('$seed: $about', async ({ seed, options = {} }) => {
    const { violations, trace } = await simulate(seed, engineUnderTest, options);
    expect(violations.map(violationText), violations.length > 0 ? trace() : '').toEqual([]);
  });
});
