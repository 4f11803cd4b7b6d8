import type fc from 'fast-check';

/**
 * How often a property is tried: the given number, or that times HEED_FUZZ (`HEED_FUZZ=100 npx vitest run --project whole
 * test/bad-input/fuzz`). The seed is fixed, so every run tries the same; HEED_FUZZ_SEED tries others.
 */
export const runs = (usually: number): fc.Parameters<unknown> => ({
  numRuns: usually * Number(process.env.HEED_FUZZ ?? 1),
  seed: Number(process.env.HEED_FUZZ_SEED ?? 20_261_122),
});
