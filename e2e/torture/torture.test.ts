import { expect, it } from 'vitest'
import { torture } from './torture.ts'

// `node e2e/torture/run.ts --kills 300` for a long one; docs/trust.md has its figures.
it('eight hard kills leave no wrong file, and cost little', async () => {
  const result = await torture({ kills: 8, seed: 11 })
  expect(result.kills).toBe(8)
  expect(result.filesChecked).toBeGreaterThanOrEqual(311)
  // Half a second of progress that was not noted yet, and what was on its way.
  expect(result.secondsLostPerKill).toBeLessThan(1.5)
})

it('kills in the midst of renames, flushes and writes of the journal leave no wrong file', async () => {
  const result = await torture({ kills: 8, seed: 4, isAimed: true })
  expect(result.kills).toBe(8)
  expect(result.filesChecked).toBeGreaterThanOrEqual(311)
})
