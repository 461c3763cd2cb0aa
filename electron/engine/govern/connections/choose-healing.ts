/**
 * Which connections are closed at once because they are stalled or hopelessly slow, and which are worn out and may
 * retire softly. Pure.
 */
import type { Policy } from '../../../../shared/policy.ts'
import { median } from '../../../../shared/robust-trend.ts'

/** One connection as a decision reads it. Times in monotonic milliseconds. */
export type ObservedConnection = {
  id: number
  state: 'connecting' | 'warm' | 'active' | 'draining'
  openedAt: number
  requests: number
  hasTask: boolean
  /** 0 = no byte of the running task yet. Where something held all back since, the end of that. */
  firstByteAt: number
  lastByteAt: number
  /** Bytes of its range that have come since then, and that are still to come. */
  taskBytes: number
  bytesLeft: number
  /** Smoothed. */
  bytesPerSecond: number
  /** On average from its opening to the end of its last task, or until now. */
  lifetimeBytesPerSecond: number
  /** Has received for long enough that its speed means something. */
  isSettled: boolean
  /** Already on its way out. */
  isLeaving: boolean
  /** In (0, 1): spreads retirement, so that connections opened together do not go together. */
  jitter: number
}

export type HealingInput = {
  connections: readonly ObservedConnection[]
  now: number
  policy: Policy
  /** Learned; at most `connectionMaxAgeSeconds`. */
  retireAgeSeconds: number
  /** 0 = none has come yet. */
  firstByteMsP95: number
  /** Requests that were given up before their first byte, less those that were answered; at least 0. */
  unanswered: number
  /** The disk or a limit of the user's holds everything back: silence then proves nothing. */
  isHeldBack: boolean
  /** What a connection has typically done lately: the measure when too few are at work to make a median. */
  usualBytesPerSecond: number
  /** Monotonic milliseconds of the last replacement made while the whole line was silent, or all but silent. */
  lastProbeAt: number
  /** How often one was replaced since all together last brought more than next to nothing. */
  crawlProbes: number
}

export type HealingAction =
  | {
      kind: 'replace'
      id: number
      cause: 'stalled' | 'slow'
      seconds: number
      bytesPerSecond: number
      medianBytesPerSecond: number
      isProbe: boolean
    }
  | { kind: 'retire'; id: number; cause: 'age' | 'requests'; seconds: number }

/** The first byte may take this many times its usual time before it counts as never coming. */
const FIRST_BYTE_FACTOR = 10
/** ... but at least this long: a server may think. AWS's own advice is to send it again after a few times the usual. */
const FIRST_BYTE_LEAST_MS = 1000
/**
 * A server that has become slow for all looks silent: with
 * every round of connections given up, they wait twice as long.
 */
const MOST_PATIENCE = 4
/** Where first bytes usually come later than what else is a stall: this many times the usual. */
const LATE_FIRST_BYTE_FACTOR = 2
/** When others stand idle, trying anew costs nothing, and every second of silence is a second of the job. */
const LAST_SILENCE_MS = 1000
/** At most one of so many connections is replaced for slowness at a time (DESIGN 6.1). */
const SLOW_SHARE = 10
/**
 * All are silent for this long, in which each would have brought
 * this much. A lost packet is sent again within a second.
 */
const QUIET_MS = 1500
const QUIET_BYTES = 65536
/** When the whole line is silent, one connection is tried anew this often. */
const PROBE_EVERY_MS = 1000
/**
 * All that are at work together bring less than this, bytes per second: so slow is no line
 * that people download over, but any request may be left to trickle. Where nothing tells
 * which of the two it is, one is tried anew, which costs a slow line a handshake ...
 */
const NEXT_TO_NOTHING = 8192
/** ... after so long, and after twice as long each time that it was in vain. */
const CRAWL_MS = 5000
const CRAWL_MAX_MS = 300_000
/** A crawl needs less time to prove than a mere slowness: its waiting time shrinks to this share. */
const LEAST_PATIENCE = 0.1
/** So many of the connections may be on their way out at once. */
const RETIRING_SHARE = 4
/** A rest that arrives sooner than this is waited for. */
const WORTH_REPLACING_SECONDS = 1
/** A connection retires at this much of the learned age at the earliest, at the full age at the latest. */
const JITTER = 0.3

export function chooseHealing(input: HealingInput): HealingAction[] {
  const replacing = input.isHeldBack ? [] : chooseReplacing(input)
  const gone = new Set(replacing.map((action) => action.id))
  return [...replacing, ...chooseRetiring(input, gone)]
}

function chooseReplacing(input: HealingInput): HealingAction[] {
  const ill = [...chooseStalled(input), ...chooseSlow(input)]
  return ill.length > 0 ? ill : chooseCrawling(input)
}

function chooseStalled(input: HealingInput): HealingAction[] {
  const { connections, now, policy, lastProbeAt } = input
  const stallMs = policy.stallSeconds * 1000
  const working = connections.filter(({ hasTask }) => hasTask)
  const isLastWork = working.length * 2 < connections.length
  const lastBound = Math.min(stallMs, Math.max(LAST_SILENCE_MS, FIRST_BYTE_FACTOR * input.firstByteMsP95))
  const firstBound = firstByteBound(input, stallMs)
  const boundOf = (connection: ObservedConnection) =>
    connection.firstByteAt === 0 ? firstBound : isLastWork ? lastBound : stallMs
  const silenceOf = (connection: ObservedConnection) => now - connection.lastByteAt
  const isStalled = (connection: ObservedConnection) => silenceOf(connection) > boundOf(connection)
  const quietMs = Math.min(stallMs, Math.max(QUIET_MS, (QUIET_BYTES * 1000) / input.usualBytesPerSecond))
  const isQuiet = (connection: ObservedConnection) => isStalled(connection) || silenceOf(connection) > quietMs
  // Nothing at all arrives: the line is cut, and new connections in dozens would not mend it. One at a time finds out.
  const isCut = working.length > 1 && working.every(isQuiet)
  // One that was opened in the silence brings bytes, none from before does: those have been forgotten on the way.
  const heard = working.filter((connection) => connection.firstByteAt > 0 && !isQuiet(connection))
  const heardSince = Math.min(...heard.map((connection) => connection.openedAt))
  const isForgotten = (connection: ObservedConnection) =>
    isQuiet(connection) && heard.length > 0 && connection.lastByteAt < heardSince
  const silent = working.filter(
    (connection) => isStalled(connection) || (connection.firstByteAt > 0 && (isCut || isForgotten(connection))),
  )
  const chosen = isCut ? (now - lastProbeAt >= PROBE_EVERY_MS ? silent.slice(0, 1) : []) : silent
  return chosen.map((connection) => ({
    kind: 'replace',
    id: connection.id,
    cause: 'stalled',
    seconds: silenceOf(connection) / 1000,
    bytesPerSecond: 0,
    medianBytesPerSecond: medianSpeed(connections),
    isProbe: isCut,
  }))
}

function firstByteBound({ connections, firstByteMsP95, unanswered }: HealingInput, stallMs: number): number {
  if (firstByteMsP95 > stallMs) return LATE_FIRST_BYTE_FACTOR * firstByteMsP95
  // Nothing is usual yet: a server that thinks for two seconds from the start must answer once.
  const usual = firstByteMsP95 === 0 ? stallMs : Math.max(FIRST_BYTE_LEAST_MS, FIRST_BYTE_FACTOR * firstByteMsP95)
  const patience = Math.min(MOST_PATIENCE, 2 ** Math.floor(unanswered / Math.max(1, connections.length)))
  return Math.min(stallMs, usual) * patience
}

/**
 * Slow = below `slowRatio` of the median for `slowSeconds`; the further below, the sooner it is proven. Judged by what
 * the running task has received so far, not by a moment.
 */
function chooseSlow({ connections, now, policy, usualBytesPerSecond }: HealingInput): HealingAction[] {
  const working = connections.filter(({ hasTask }) => hasTask).length
  // At the end of a job the few that are left may all be crawling: then they are held against better days, and against
  // those that are done.
  const isEnd = working * 2 < connections.length
  const middle = medianSpeed(connections)
  const typical = isEnd ? Math.max(middle, usualBytesPerSecond, speedOfDone(connections)) : middle
  if (typical === 0) return []
  const slow = connections.flatMap((connection) => {
    if (!connection.hasTask || connection.firstByteAt === 0) return []
    const share = speedOf(connection, now) / (policy.slowRatio * typical)
    const patienceMs = policy.slowSeconds * 1000 * Math.max(LEAST_PATIENCE, share)
    const isWorthIt = connection.bytesLeft > connection.bytesPerSecond * WORTH_REPLACING_SECONDS
    return share < 1 && now - connection.firstByteAt > patienceMs && isWorthIt ? [connection] : []
  })
  // Those that come for a connection that retires are no replacements of slow ones.
  const relief = connections.filter(({ isLeaving }) => isLeaving).length
  const onTheirWay = Math.max(0, connections.filter(({ state }) => state === 'connecting').length - relief)
  const most = Math.max(1, Math.floor(connections.length / SLOW_SHARE)) - onTheirWay
  return slow
    .sort((a, b) => speedOf(a, now) - speedOf(b, now))
    .slice(0, Math.max(0, most))
    .map((connection) => replaceSlow(connection, { now, typical, isProbe: false }))
}

/** Nothing is known that they could be slower than: no other is at work, or none is better. */
function chooseCrawling({ connections, now, lastProbeAt, crawlProbes }: HealingInput): HealingAction[] {
  const working = connections.filter(({ hasTask }) => hasTask)
  if (working.length === 0 || !bringsNextToNothing(connections, now)) return []
  const since = Math.max(lastProbeAt, ...working.map((connection) => connection.firstByteAt))
  if (now - since < Math.min(CRAWL_MAX_MS, CRAWL_MS * 2 ** crawlProbes)) return []
  const [slowest] = working.sort((a, b) => speedOf(a, now) - speedOf(b, now))
  if (!slowest || slowest.bytesLeft <= slowest.bytesPerSecond * WORTH_REPLACING_SECONDS) return []
  return [replaceSlow(slowest, { now, typical: medianSpeed(connections), isProbe: true })]
}

const replaceSlow = (
  connection: ObservedConnection,
  { now, typical, isProbe }: { now: number; typical: number; isProbe: boolean },
): HealingAction => ({
  kind: 'replace',
  id: connection.id,
  cause: 'slow',
  seconds: (now - connection.firstByteAt) / 1000,
  bytesPerSecond: Math.round(speedOf(connection, now)),
  medianBytesPerSecond: Math.round(typical),
  isProbe,
})

/** All that are at work receive, but hardly anything. */
export function bringsNextToNothing(connections: readonly ObservedConnection[], now: number): boolean {
  const working = connections.filter(({ hasTask }) => hasTask)
  if (working.some((connection) => connection.firstByteAt === 0)) return false
  return working.reduce((sum, connection) => sum + speedOf(connection, now), 0) < NEXT_TO_NOTHING
}

function chooseRetiring(input: HealingInput, gone: ReadonlySet<number>): HealingAction[] {
  const { connections, now, policy, retireAgeSeconds } = input
  const candidates = connections.filter(
    ({ id, state, isLeaving }) => !isLeaving && !gone.has(id) && state !== 'connecting',
  )
  const worn = candidates.flatMap((connection): HealingAction[] => {
    const seconds = (now - connection.openedAt) / 1000
    if (connection.requests >= policy.maxRequestsPerConnection)
      return [{ kind: 'retire', id: connection.id, cause: 'requests', seconds }]
    const limit = retireAgeSeconds * (1 - JITTER * connection.jitter)
    return seconds >= limit ? [{ kind: 'retire', id: connection.id, cause: 'age', seconds }] : []
  })
  const leaving = connections.filter(({ isLeaving }) => isLeaving).length
  const most = Math.max(1, Math.ceil(connections.length / RETIRING_SHARE)) - leaving
  return worn.slice(0, Math.max(0, most))
}

/** Of the running task so far, or of late, whichever is worse: neither an earlier task nor a good start excuses it. */
const speedOf = (connection: ObservedConnection, now: number): number =>
  Math.min(connection.bytesPerSecond, (connection.taskBytes * 1000) / Math.max(1, now - connection.firstByteAt))

/** Of the connections that are at work and past their first moments. */
export const medianSpeed = (connections: readonly ObservedConnection[]): number =>
  median(
    connections.filter(({ hasTask, isSettled }) => hasTask && isSettled).map(({ bytesPerSecond }) => bytesPerSecond),
  )

/** What those without work have brought while they had some; 0 where none has. */
const speedOfDone = (connections: readonly ObservedConnection[]): number =>
  median(
    connections
      .filter((connection) => !connection.hasTask && connection.lifetimeBytesPerSecond > 0)
      .map((connection) => connection.lifetimeBytesPerSecond),
  )
