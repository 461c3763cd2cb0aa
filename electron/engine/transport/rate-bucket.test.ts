import { expect, test } from 'vitest'
import { allocateRateBucket, viewRateBucket } from './rate-bucket.ts'

test.each([
  ['10 GB/s', 10e9],
  ['50 GB/s', 50e9],
  ['more than any line has', 1e29],
])('a limit of %s is never a debt, however long nothing is taken', (_name, bytesPerSecond) => {
  const bucket = viewRateBucket(allocateRateBucket())
  for (let each = 0; each < 100; each++) {
    bucket.refill(bytesPerSecond / 50, bytesPerSecond / 4)
    expect(bucket.hasTokens()).toBe(true)
  }
  expect(bucket.take(100e6)).toBe(true)
})
