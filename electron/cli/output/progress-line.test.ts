import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { createProgressLine } from './progress-line.ts'

const SNAPSHOT = {
  phase: 'running',
  bytesDone: 5e6,
  bytesTotal: 20e6,
  objectsDone: 1,
  objectsTotal: 4,
  listingComplete: true,
  bytesPerSecond: 2e6,
  secondsLeft: 7,
  waitSeconds: 0,
  limit: { code: 'line', evidence: {} },
} as MetricsSnapshot

async function written(isTTY: boolean, TERM: string) {
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  const line = await createProgressLine({ stderr, environment: { TERM } }, 'en')
  line.show(SNAPSHOT)
  // As after Ctrl-Z, or a kill: nobody calls `end`.
  const text = String(stderr.read() ?? '')
  line.end()
  return text
}

test('a terminal gets a line, and keeps its cursor and the wrapping of its lines', async () => {
  const text = await written(true, 'xterm')
  expect(text).toContain(' 25 % | 5.00 MB / 20.0 MB')
  for (const taken of ['[?25l', '[?7l']) expect(text).not.toContain(taken)
})

test.each([
  ['a pipe', false, 'xterm'],
  ['a terminal that can write no line anew', true, 'dumb'],
])('%s gets none', async (_title, isTTY, term) => expect(await written(isTTY, term)).toBe(''))
