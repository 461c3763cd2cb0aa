/** The connections of each address, summed up. Pure. */
import type { AddressView } from '../../../shared/metrics-snapshot.ts'
import type { AddressBook, LinesOfAddress } from './address-book.ts'
import type { PoolLine } from './connection-pool.ts'

/** A connection without a byte for so long is not slow: it is silent, which may become a failure of its own. */
const SILENT_MS = 1000

/** By address; only connections that bring bytes. `now` in monotonic milliseconds. */
export function sumUpLines(
  lines: Iterable<PoolLine>,
  { now, isSettled }: { now: number; isSettled(line: PoolLine): boolean },
): Map<string, LinesOfAddress> {
  const sums = new Map<string, LinesOfAddress>()
  for (const line of lines) {
    if (!line.task || line.firstByteAt === 0) continue
    const sum = sums.get(line.address) ?? { settled: 0, bytesPerSecond: 0, receiving: 0 }
    sum.receiving++
    if (isSettled(line) && now - line.lastByteAt < SILENT_MS) {
      sum.settled++
      sum.bytesPerSecond += line.bytesPerSecond
    }
    sums.set(line.address, sum)
  }
  return sums
}

/** As the user may see them: what closed connections have brought, too. */
export function viewAddresses(
  records: ReturnType<AddressBook['records']>,
  lines: Iterable<PoolLine>,
  now: number,
): AddressView[] {
  const all = [...lines]
  return records.map(({ address, bytes, failures, quarantinedUntil }) => {
    const own = all.filter((line) => line.address === address)
    return {
      address,
      connections: own.length,
      bytes: bytes + own.reduce((sum, line) => sum + line.bytes, 0),
      bytesPerSecond: own.reduce((sum, line) => sum + (line.task ? line.bytesPerSecond : 0), 0),
      failures,
      quarantined: quarantinedUntil > now,
    }
  })
}
