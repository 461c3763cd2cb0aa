import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from './system-clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test.each([
  ['a thousand million seconds', 1e12],
  ['no end', Number.POSITIVE_INFINITY],
])('who is to be called after %s, which is longer than a timer lasts, is not called at once', (_name, ms) => {
  const run = vi.fn()
  const cancel = systemClock.after(ms, run)
  vi.advanceTimersByTime(20 * 86_400_000)
  expect(run).not.toHaveBeenCalled()
  cancel()
})
