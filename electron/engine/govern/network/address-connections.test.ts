import { expect, it } from 'vitest'
import type { FetchTask } from '../../engine-ports.ts'
import type { PooledConnection } from '../connections/pooled-connection.ts'
import { sumUpConnections, viewAddresses } from './address-connections.ts'

const NOW = 10_000
const connectionTo = (address: string, connection: Partial<PooledConnection>): PooledConnection =>
  ({
    address,
    task: {} as FetchTask,
    firstByteAt: 9000,
    lastByteAt: NOW,
    bytesPerSecond: 100,
    bytes: 1000,
    ...connection,
  }) as PooledConnection

const CONNECTIONS = [
  connectionTo('fast', {}),
  connectionTo('fast', { bytesPerSecond: 300 }),
  connectionTo('young', { openedAt: NOW }),
  connectionTo('silent', { lastByteAt: NOW - 1000 }),
  connectionTo('waiting', { firstByteAt: 0 }),
  connectionTo('idle', { task: undefined }),
]

it('an address is as fast as its settled connections that are not silent; others only bring bytes', () => {
  const sums = sumUpConnections(CONNECTIONS, { now: NOW, isSettled: (connection) => connection.address !== 'young' })
  expect(Object.fromEntries(sums)).toEqual({
    fast: { receiving: 2, settled: 2, bytesPerSecond: 400 },
    young: { receiving: 1, settled: 0, bytesPerSecond: 0 },
    silent: { receiving: 1, settled: 0, bytesPerSecond: 0 },
  })
})

it('is shown with all its connections, and with what closed ones have brought', () => {
  const record = (address: string, quarantinedUntil: number) =>
    ({ address, bytes: 50, failures: 2, quarantinedUntil }) as Parameters<typeof viewAddresses>[0][number]
  const shown = viewAddresses([record('fast', NOW + 1), record('idle', NOW)], CONNECTIONS, NOW)
  expect(shown).toEqual([
    { address: 'fast', connections: 2, bytes: 2050, bytesPerSecond: 400, failures: 2, quarantined: true },
    { address: 'idle', connections: 1, bytes: 1050, bytesPerSecond: 0, failures: 2, quarantined: false },
  ])
})
