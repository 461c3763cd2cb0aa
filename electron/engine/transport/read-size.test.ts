import { expect, test } from 'vitest'
import { CONNECTION_BUFFER_BYTES, chooseReadBytes } from './read-size.ts'

const KIB = 1024

test.each<[sentence: string, lastBytes: number, wantedBytes: number, isRateLimited: boolean, bytes: number]>([
  ['the first read is small', 0, 16 * KIB * KIB, false, 64 * KIB],
  ['the next may bring twice as much', 48 * KIB, 16 * KIB * KIB, false, 96 * KIB],
  ['... up to the whole buffer', 900 * KIB, 16 * KIB * KIB, false, CONNECTION_BUFFER_BYTES],
  ['none goes beyond the end of the range', 900 * KIB, 10_000, false, 10_000],
  ['... but for what frames the body', 900 * KIB, 1, false, 4 * KIB],
  ['under a rate limit all are small', 900 * KIB, 16 * KIB * KIB, true, 16 * KIB],
])('%s', (_, lastBytes, wantedBytes, isRateLimited, bytes) => {
  expect(chooseReadBytes(lastBytes, wantedBytes, isRateLimited)).toBe(bytes)
})
