/** Which of a host's addresses the next connection goes to. Pure. */
import { median } from '../../../shared/robust-trend.ts'

export type AddressRecord = {
  address: string
  connections: number
  /** Smoothed speed of its connections, bytes per second each; 0 = unknown. */
  bytesPerConnection: number
  /** How many connections that speed is the mean of. */
  settled: number
  /** Failures lately, fading with time. */
  recentFailures: number
  /** Monotonic milliseconds; 0 = not quarantined. */
  quarantinedUntil: number
}

/** The usable address with the fewest connections, chance among equals; if all are quarantined, the one free soonest. */
export function chooseAddress(records: readonly AddressRecord[], now: number, random: number): string | undefined {
  const usable = records.filter((record) => record.quarantinedUntil <= now)
  if (usable.length === 0) {
    return [...records].sort((a, b) => a.quarantinedUntil - b.quarantinedUntil)[0]?.address
  }
  const fewest = Math.min(...usable.map((record) => record.connections))
  const candidates = usable.filter((record) => record.connections === fewest)
  return candidates[Math.floor(random * candidates.length)]?.address
}

/** Failures that condemn an address, while others do well. */
const FAILURES_TO_CONDEMN = 3
/** ... and so many times more than the others have on average: in bad weather everybody fails now and then. */
const FAILURES_BEYOND_OTHERS = 4
/** Share of the other addresses' speed below which one is bad. */
const SLOW_SHARE = 0.25
/** One slow connection is a slow connection; two are a slow address. */
const WITNESSES = 2

/** Addresses that are clearly worse than the others; never half of them, for then it is not the address. */
export function findBadAddresses(
  records: readonly AddressRecord[],
  now: number,
): { address: string; cause: 'failures' | 'slow' }[] {
  const good = records.filter((record) => record.quarantinedUntil <= now)
  const bad = good.flatMap((record): { address: string; cause: 'failures' | 'slow' }[] => {
    const others = good.filter((other) => other !== record)
    if (others.length === 0) return []
    const othersFailures = others.reduce((sum, other) => sum + other.recentFailures, 0) / others.length
    const othersSpeed = median(others.map((other) => other.bytesPerConnection).filter((speed) => speed > 0))
    const { address, recentFailures, bytesPerConnection, settled } = record
    if (recentFailures >= Math.max(FAILURES_TO_CONDEMN, FAILURES_BEYOND_OTHERS * othersFailures)) {
      return [{ address, cause: 'failures' }]
    }
    const isSlow = settled >= WITNESSES && bytesPerConnection < SLOW_SHARE * othersSpeed
    return isSlow ? [{ address, cause: 'slow' }] : []
  })
  return bad.length < good.length / 2 ? bad : []
}
