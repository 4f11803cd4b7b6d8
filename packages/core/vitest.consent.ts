import { configDefaults, defineConfig } from 'vitest/config';

// The quick tests of consent and plan alone: what `npm run coverage` measures by and every mutant of `npm run mutation`
// has to survive (docs/mutation.md). A mutant costs half a second this way.
export default defineConfig({
  ssr: { resolve: { conditions: ['@heed/source', 'node', 'import', 'module', 'default'] } },
  test: {
    isolate: false,
    include: ['test/{consent,plan}/**/*.test.ts'],
    // Every case of a small world, sixteen seconds long; the other files must be enough without it.
    exclude: [...configDefaults.exclude, '**/enumeration.test.ts'],
    coverage: {
      provider: 'v8',
      include: ['src/consent/**/*.ts'],
      reporter: ['text'],
      thresholds: { 100: true },
    },
  },
});
