import { configDefaults, defineConfig } from 'vitest/config'

/** The whole program or a whole engine against servers, and simulated hours: minutes, not moments. */
const SLOW = [
  'electron/cli/{run-cli,commands/*,process/uncaught-bugs,whole-program/*}.test.ts',
  'electron/api/real-engine/start-real-download.test.ts',
  'electron/engine/testing/weather/weather.test.ts',
  'electron/engine/testing/simulator/{bad-address,decay-alert,steadiness,random-weather}.test.ts',
]

/** Ends what hangs. No test promises to be quick: the machine may be busy with something else. */
const PATIENCE_MS = 180_000

/** `npm run check` runs `quick` alone, `npm test` both. */
export default defineConfig({
  test: {
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS / 3 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['{shared,electron,renderer,bench,scripts}/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, ...SLOW],
          // Vitest would leave a core to itself, half of a machine with two.
          maxWorkers: '100%',
          sequence: { groupOrder: 0 },
        },
      },
      // These start programs of their own, which take the other cores.
      { extends: true, test: { name: 'slow', include: SLOW, sequence: { groupOrder: 1 } } },
    ],
  },
})
