import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// One vitest process for the whole repository; packages resolve each other from source through the @heed/source
// condition, so tests need no build (only test/e2e drives the built CLI).
const packages = globSync('{packages,connectors}/*/package.json').map((file) => file.replace('/package.json', ''));

export default defineConfig({
  ssr: { resolve: { conditions: ['@heed/source', 'node', 'import', 'module', 'default'] } },
  test: {
    reporters: ['default', './tools/closing-line.ts'],
    testTimeout: 60_000,
    // Vitest leaves one core idle, of two half the machine.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...packages.map((root) => ({
        extends: true as const,
        root,
        test: { name: root.split('/')[1] ?? root, include: ['test/**/*.test.ts'] },
      })),
      { extends: true as const, test: { name: 'whole', include: ['test/**/*.test.ts'] } },
    ],
  },
});
