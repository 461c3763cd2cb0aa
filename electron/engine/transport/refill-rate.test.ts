import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { allocateRateBucket, viewRateBucket } from './rate-bucket.ts'
import { createRateRefill } from './refill-rate.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const SECOND = 1000

test('a limit gives its bytes second by second, keeps a quarter of one, and none of an older limit', () => {
  const bucket = viewRateBucket(allocateRateBucket())
  const refill = createRateRefill(bucket)
  /** Bytes that may be taken now, all of them. */
  const takeAll = () => {
    let taken = 0
    while (bucket.hasTokens()) {
      bucket.take(1000)
      taken += 1000
    }
    return taken
  }
  refill.setRate(1e6)
  expect([bucket.isLimited(), takeAll()]).toEqual([true, 0])
  vi.advanceTimersByTime(0.1 * SECOND)
  expect(takeAll()).toBe(100_000)
  vi.advanceTimersByTime(60 * SECOND)
  expect(takeAll()).toBe(250_000)
  refill.setRate(2e6)
  vi.advanceTimersByTime(0.1 * SECOND)
  expect(takeAll()).toBe(200_000)
  refill.stop()
  vi.advanceTimersByTime(SECOND)
  expect(takeAll()).toBe(0)
  refill.setRate(0)
  expect(bucket.isLimited()).toBe(false)
})
