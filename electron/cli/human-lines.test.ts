import { expect, test } from 'vitest'
import type { Limit } from '../../shared/metrics-snapshot.ts'
import { progressText } from './human-lines.ts'

const running = {
  ...{ phase: 'running' as const, bytesDone: 5e6, bytesTotal: 24e6, objectsDone: 1, objectsTotal: 6 },
  ...{ listingComplete: true, bytesPerSecond: 2e6, secondsLeft: -1, waitSeconds: 0 },
}

test.each<[string, Limit, string]>([
  ['nothing where the line sets the speed', { code: 'line', evidence: {} }, '2.0 MB/s'],
  [
    'throttling, and for how long',
    { code: 'throttling', evidence: { seconds: 754 } },
    '2.0 MB/s (S3 asks us to slow down, for 12 min 34 s)',
  ],
  [
    'the disk, which has no since',
    { code: 'disk', evidence: { writeMs: 900 } },
    '2.0 MB/s (the disk does not keep up)',
  ],
])('the progress line says what holds the speed down: %s', (_title, limit, end) => {
  expect(progressText({ ...running, limit })).toBe(`5.00 MB / 24.0 MB, 1/6, ${end}`)
})
