import { defineConfig } from 'vitest/config'

/** Ends what hangs. No spec promises to be quick: the machine may be busy with something else. */
const PATIENCE_MS = 600_000

/** One spec after the other: each starts a program, a server and a browser of its own. */
export default defineConfig({
  test: {
    include: ['e2e/{specs,torture}/**/*.test.ts'],
    globalSetup: ['e2e/support/build-once.ts'],
    fileParallelism: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS / 3 } },
  },
})
