import { defineConfig } from 'vitest/config';

/** Workspace packages are read from their sources; `node` and `default` name what a build makes. */
const conditions = ['@securestring/source', 'node', 'development|production'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@securestring/source', 'node'] } },
  test: {
    globalSetup: 'scripts/build-program.ts',
    include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
    // No file of tests changes a module for others, and each worker loads them once.
    isolate: false,
    // The runner would leave one core to itself.
    maxWorkers: '100%',
    // Examples of documents print what they show.
    silent: 'passed-only',
    // For what hangs: a machine that does much else makes all of them slow.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
