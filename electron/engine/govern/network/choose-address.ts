/** Which of a host's addresses the next connection goes to. Pure. */
import { median } from '../../../../shared/robust-trend.ts'
import { addAnswers, standsOut } from '../stands-out.ts'

export type AddressRecord = {
  address: string
  connections: number
  /** Smoothed speed of its connections, bytes per second each; 0 = unknown. */
  bytesPerConnection: number
  /** How many connections that speed is the mean of. */
  settled: number
  /** Failures lately, fading with time. */
  recentFailures: number
  /** Requests it has refused lately, fading alike. */
  refused: number
  /** Requests it has granted lately, fading alike, and those that bring bytes just now. */
  granted: number
  /** Monotonic milliseconds; 0 = not quarantined. */
  quarantinedUntil: number
}

/**
 * The usable address with the fewest connections, chance among equals; if all are quarantined, the one free soonest.
 */
export function chooseAddress(records: readonly AddressRecord[], now: number, random: number): string | undefined {
  const usable = records.filter((record) => record.quarantinedUntil <= now)
  if (usable.length === 0) {
    return [...records].sort((a, b) => a.quarantinedUntil - b.quarantinedUntil)[0]?.address
  }
  const fewest = Math.min(...usable.map((record) => record.connections))
  const candidates = usable.filter((record) => record.connections === fewest)
  return candidates[Math.floor(random * candidates.length)]?.address
}

/** So many failures condemn an address that has granted nothing meanwhile, while others have. */
const FAILURES_TO_CONDEMN = 3
/** An address with fewer (faded) grants than this has granted nothing. */
const NOTHING = 0.5
/** Share of the other addresses' speed below which one is bad. */
const SLOW_SHARE = 0.25
/** One slow connection is a slow connection; two are a slow address. */
const WITNESSES = 2

export type BadAddress = { address: string; cause: 'failures' | 'refusals' | 'slow' }

/**
 * Addresses that are clearly worse than the others. Those that grant nothing while others do are quarantined, however
 * many they are; of the rest never more than half, for then the addresses are not the cause.
 */
export function findBadAddresses(records: readonly AddressRecord[], now: number): BadAddress[] {
  const usable = records.filter((record) => record.quarantinedUntil <= now)
  const someGive = usable.some(({ granted }) => granted >= 1)
  const dead = someGive ? usable.flatMap((record) => judgeDead(record, without(usable, record))) : []
  const rest = usable.filter(({ address }) => dead.every((other) => other.address !== address))
  const worse = rest.flatMap((record) => judgeWorse(record, without(rest, record)))
  return worse.length <= rest.length / 2 ? [...dead, ...worse] : dead
}

/** For an address that grants nothing. */
function judgeDead(record: AddressRecord, others: readonly AddressRecord[]): BadAddress[] {
  const { address, recentFailures, granted } = record
  if (granted >= NOTHING) return []
  if (recentFailures >= FAILURES_TO_CONDEMN) return [{ address, cause: 'failures' }]
  return doesWorse(record, others, 'refused') ? [{ address, cause: 'refusals' }] : []
}

function judgeWorse(record: AddressRecord, others: readonly AddressRecord[]): BadAddress[] {
  const { address, bytesPerConnection, settled } = record
  if (doesWorse(record, others, 'recentFailures')) return [{ address, cause: 'failures' }]
  if (doesWorse(record, others, 'refused')) return [{ address, cause: 'refusals' }]
  const othersSpeed = median(others.map((other) => other.bytesPerConnection).filter((speed) => speed > 0))
  const isSlow = settled >= WITNESSES && bytesPerConnection < SLOW_SHARE * othersSpeed
  return isSlow ? [{ address, cause: 'slow' }] : []
}

/** In bad weather every address fails now and then, and a budget refuses at all of them. */
function doesWorse(
  record: AddressRecord,
  others: readonly AddressRecord[],
  what: 'recentFailures' | 'refused',
): boolean {
  const answersOf = (one: AddressRecord) => ({ bad: one[what], good: one.granted })
  return standsOut(answersOf(record), addAnswers(others.map(answersOf)))
}

const without = <T>(all: readonly T[], one: T): T[] => all.filter((other) => other !== one)
