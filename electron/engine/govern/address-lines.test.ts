import { expect, it } from 'vitest'
import type { FetchTask } from '../engine-ports.ts'
import { sumUpLines, viewAddresses } from './address-lines.ts'
import type { PoolLine } from './connection-pool.ts'

const NOW = 10_000
const lineTo = (address: string, line: Partial<PoolLine>): PoolLine =>
  ({
    ...{ address, task: {} as FetchTask, firstByteAt: 9000, lastByteAt: NOW, bytesPerSecond: 100, bytes: 1000 },
    ...line,
  }) as PoolLine

const LINES = [
  lineTo('fast', {}),
  lineTo('fast', { bytesPerSecond: 300 }),
  lineTo('young', { openedAt: NOW }),
  lineTo('silent', { lastByteAt: NOW - 1000 }),
  lineTo('waiting', { firstByteAt: 0 }),
  lineTo('idle', { task: undefined }),
]

it('an address is as fast as its settled connections that are not silent; others only bring bytes', () => {
  const sums = sumUpLines(LINES, { now: NOW, isSettled: (line) => line.address !== 'young' })
  expect(Object.fromEntries(sums)).toEqual({
    fast: { receiving: 2, settled: 2, bytesPerSecond: 400 },
    young: { receiving: 1, settled: 0, bytesPerSecond: 0 },
    silent: { receiving: 1, settled: 0, bytesPerSecond: 0 },
  })
})

it('is shown with all its connections, and with what closed ones have brought', () => {
  const record = (address: string, quarantinedUntil: number) =>
    ({ address, bytes: 50, failures: 2, quarantinedUntil }) as Parameters<typeof viewAddresses>[0][number]
  const shown = viewAddresses([record('fast', NOW + 1), record('idle', NOW)], LINES, NOW)
  expect(shown).toEqual([
    { address: 'fast', connections: 2, bytes: 2050, bytesPerSecond: 400, failures: 2, quarantined: true },
    { address: 'idle', connections: 1, bytes: 1050, bytesPerSecond: 0, failures: 2, quarantined: false },
  ])
})
