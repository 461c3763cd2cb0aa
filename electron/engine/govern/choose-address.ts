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
  /** Requests it has refused lately, fading alike. */
  refused: number
  /** Requests it has granted lately, fading alike, and those that bring bytes just now. */
  granted: number
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

/** So many failures condemn an address that has granted nothing meanwhile, while others have. */
const FAILURES_TO_CONDEMN = 3
/** Below this much, faded, an address has granted nothing. */
const NOTHING = 0.5
/** In bad weather everybody fails now and then, and a budget refuses whoever asks: one that does so this often ... */
const BAD_SHARE = 0.5
/** ... and more often than the others, as chance explains but once in e^12, 160,000 looks, is bad. */
const SURPRISE = 12
/** Share of the other addresses' speed below which one is bad. */
const SLOW_SHARE = 0.25
/** One slow connection is a slow connection; two are a slow address. */
const WITNESSES = 2

export type BadAddress = { address: string; cause: 'failures' | 'refusals' | 'slow' }

/**
 * Addresses that are clearly worse than the others. Those that give nothing while others give are put aside however many
 * they are; of the rest never more than half, for then it is not the addresses.
 */
export function findBadAddresses(records: readonly AddressRecord[], now: number): BadAddress[] {
  const usable = records.filter((record) => record.quarantinedUntil <= now)
  const someGive = usable.some(({ granted }) => granted >= 1)
  const dead = someGive ? usable.flatMap((record) => judgeDead(record, without(usable, record))) : []
  const rest = usable.filter(({ address }) => dead.every((other) => other.address !== address))
  const worse = rest.flatMap((record) => judgeWorse(record, without(rest, record)))
  return worse.length <= rest.length / 2 ? [...dead, ...worse] : dead
}

/** Of one that gives nothing. */
function judgeDead(record: AddressRecord, others: readonly AddressRecord[]): BadAddress[] {
  const { address, recentFailures, granted } = record
  if (granted >= NOTHING) return []
  if (recentFailures >= FAILURES_TO_CONDEMN) return [{ address, cause: 'failures' }]
  return standsOut(record, others, 'refused') ? [{ address, cause: 'refusals' }] : []
}

function judgeWorse(record: AddressRecord, others: readonly AddressRecord[]): BadAddress[] {
  const { address, bytesPerConnection, settled } = record
  if (standsOut(record, others, 'recentFailures')) return [{ address, cause: 'failures' }]
  if (standsOut(record, others, 'refused')) return [{ address, cause: 'refusals' }]
  const othersSpeed = median(others.map((other) => other.bytesPerConnection).filter((speed) => speed > 0))
  const isSlow = settled >= WITNESSES && bytesPerConnection < SLOW_SHARE * othersSpeed
  return isSlow ? [{ address, cause: 'slow' }] : []
}

function standsOut(
  record: AddressRecord,
  others: readonly AddressRecord[],
  what: 'recentFailures' | 'refused',
): boolean {
  const answers = record[what] + record.granted
  const share = record[what] / Math.max(1, answers)
  const othersBad = sum(others.map((other) => other[what]))
  const othersAnswers = othersBad + sum(others.map(({ granted }) => granted))
  // Laplace's rule of succession: a few answers do not prove that nothing ever fails.
  const expected = (othersBad + 1) / (othersAnswers + 2)
  return share >= BAD_SHARE && share > expected && answers * divergence(share, expected) > SURPRISE
}

/**
 * Kullback-Leibler divergence of two chances, nats: that a share this large or larger comes about in n trials by chance
 * `expected` happens at most once in e^(n * divergence) (Chernoff's bound; Hoeffding 1963, theorem 1).
 */
function divergence(share: number, expected: number): number {
  const term = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b))
  return term(share, expected) + term(1 - share, 1 - expected)
}

const without = <T>(all: readonly T[], one: T): T[] => all.filter((other) => other !== one)
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
