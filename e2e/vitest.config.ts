import { defineConfig } from 'vitest/config'

/** One spec after the other: each starts a program, a server and a browser of its own. */
export default defineConfig({
  test: {
    include: ['e2e/{specs,torture}/**/*.test.ts'],
    globalSetup: ['e2e/support/build-once.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
