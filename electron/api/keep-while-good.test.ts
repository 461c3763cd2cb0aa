import { expect, it } from 'vitest'
import { keepWhileGood } from './keep-while-good.ts'

it('credentials that cannot be renewed are good until they expire', async () => {
  let now = 0
  let isAway = false
  const keys = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret', expiresAt: 3_600_000 }
  const provide = keepWhileGood(
    async () => {
      if (isAway) throw new Error('away')
      return keys
    },
    () => now,
  )
  expect(await provide()).toBe(keys)
  isAway = true
  now = 3_599_000
  expect(await provide()).toBe(keys)
  now = 3_600_000
  await expect(provide()).rejects.toThrow('away')
})
