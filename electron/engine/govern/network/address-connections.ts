/** The connections of each address, summed up. Pure. */
import type { AddressView } from '../../../../shared/metrics-snapshot.ts'
import type { PooledConnection } from '../connections/pooled-connection.ts'
import type { AddressBook, ConnectionsOfAddress } from './address-book.ts'

/** A connection without a byte for so long is not slow: it is silent, which may become a failure of its own. */
const SILENT_MS = 1000

/** By address; only connections that bring bytes. `now` in monotonic milliseconds. */
export function sumUpConnections(
  connections: Iterable<PooledConnection>,
  { now, isSettled }: { now: number; isSettled(connection: PooledConnection): boolean },
): Map<string, ConnectionsOfAddress> {
  const sums = new Map<string, ConnectionsOfAddress>()
  for (const connection of connections) {
    if (!connection.task || connection.firstByteAt === 0) continue
    const sum = sums.get(connection.address) ?? { settled: 0, bytesPerSecond: 0, receiving: 0 }
    sum.receiving++
    if (isSettled(connection) && now - connection.lastByteAt < SILENT_MS) {
      sum.settled++
      sum.bytesPerSecond += connection.bytesPerSecond
    }
    sums.set(connection.address, sum)
  }
  return sums
}

/** As the user may see them: what closed connections have brought, too. */
export function viewAddresses(
  records: ReturnType<AddressBook['records']>,
  connections: Iterable<PooledConnection>,
  now: number,
): AddressView[] {
  const all = [...connections]
  return records.map(({ address, bytes, failures, quarantinedUntil }) => {
    const own = all.filter((connection) => connection.address === address)
    return {
      address,
      connections: own.length,
      bytes: bytes + own.reduce((sum, connection) => sum + connection.bytes, 0),
      bytesPerSecond: own.reduce((sum, connection) => sum + (connection.task ? connection.bytesPerSecond : 0), 0),
      failures,
      quarantined: quarantinedUntil > now,
    }
  })
}
