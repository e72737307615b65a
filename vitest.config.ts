import { defineConfig } from 'vitest/config';

/**
 * The kinds of tests besides unit tests, told apart by the end of the file name: `x.slow.test.ts` is
 * slow, plain `x.test.ts` is a unit test.
 */
const otherKinds = ['slow', 'real', 'cluster', 'llama', 'vscode'] as const;

const seconds = 1000;

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,mjs}'],
          exclude: otherKinds.map((kind) => `test/**/*.${kind}.test.{ts,mjs}`),
          setupFiles: ['test/support/failOnConsole.ts'],
          // Imports JSON in a way that Node refuses, and Vite bundles.
          server: { deps: { inline: [/@actions/] } },
        },
      },
      {
        extends: true,
        test: { name: 'slow', include: ['test/**/*.slow.test.{ts,mjs}'], testTimeout: 120 * seconds },
      },
      {
        extends: true,
        // One at a time: each holds a whole model and uses every core.
        test: {
          name: 'real',
          include: ['test/**/*.real.test.ts'],
          fileParallelism: false,
          testTimeout: 600 * seconds,
          hookTimeout: 600 * seconds,
        },
      },
      {
        extends: true,
        // One at a time: each has a Ray cluster of two nodes.
        test: {
          name: 'cluster',
          include: ['test/**/*.cluster.test.ts'],
          fileParallelism: false,
          testTimeout: 900 * seconds,
          hookTimeout: 300 * seconds,
        },
      },
      {
        extends: true,
        // One at a time: each holds a whole model, and llama.cpp another.
        test: {
          name: 'llama',
          include: ['test/**/*.llama.test.ts'],
          fileParallelism: false,
          testTimeout: 600 * seconds,
          hookTimeout: 600 * seconds,
        },
      },
      {
        extends: true,
        test: {
          name: 'pictures',
          include: ['test/**/*.picture.ts'],
          fileParallelism: false,
          testTimeout: 1800 * seconds,
          hookTimeout: 300 * seconds,
        },
      },
      {
        extends: true,
        // One at a time: two VS Codes on two cores would make each other's waits run out.
        test: {
          name: 'vscode',
          include: ['test/**/*.vscode.test.ts'],
          fileParallelism: false,
          // What is waited for goes through pages, servers, the extension host and the store.
          expect: { poll: { timeout: 10 * seconds } },
          testTimeout: 300 * seconds,
          hookTimeout: 300 * seconds,
        },
      },
    ],
  },
});
