/** The shell over adjust-concurrency.ts: tells it what the connections do, and lets go of those that are too many. */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Policy } from '../../../shared/policy.ts'
import { adjustConcurrency, type Ceiling, chooseCeiling, raiseCeiling, startConcurrency } from './adjust-concurrency.ts'
import type { ConnectPace } from './connect-pace.ts'
import { type ConnectionPool, isAnswered, isStaying, type PoolLine } from './connection-pool.ts'

export type ConcurrencyKeeperOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  pool: ConnectionPool
  pace: ConnectPace
  /** The user's. */
  threads: number
  /** A cool-down has come. */
  isHalved(): boolean
  emit(code: EventCode, reason: Reason): void
  /** Ends a connection without a gap. */
  drain(line: PoolLine, why: string): void
}

export type GoodputSample = {
  /** Body bytes received since the start. */
  bytes: number
  /** Median of late. */
  firstByteMs: number
  /** Something beyond the number of connections holds the speed. */
  isHeld: boolean
}

export type ConcurrencyKeeper = ReturnType<typeof createConcurrencyKeeper>

export function createConcurrencyKeeper(options: ConcurrencyKeeperOptions) {
  const { now, policy, pool, pace, emit, drain } = options
  let { threads } = options
  let startedAt = now()
  let state = startConcurrency(now(), threads)
  /** While one place is left free, so many may be taken. */
  let placesLeft = 0
  let yieldsUntil = Number.NEGATIVE_INFINITY

  const isYielding = () => now() < yieldsUntil
  const ceiling = (runSeconds: number): Ceiling =>
    chooseCeiling({ threads, runSeconds, isHalved: options.isHalved(), policy })

  function tune(sample: GoodputSample): void {
    const at = now()
    const answered = [...pool.lines()].filter((line) => isStaying(line) && isAnswered(line))
    for (const line of answered) pace.noteAnswered(line.openedAt)
    const busy = [...pool.lines()].filter((line) => line.task !== undefined && isAnswered(line)).length
    const mostAtOnce = pace.isTurningAway() && answered.length > 0 ? answered.length : undefined
    const runSeconds = (at - startedAt) / 1000
    const adjusted = adjustConcurrency(state, { ...sample, now: at, busy, ceiling: ceiling(runSeconds), mostAtOnce })
    state = adjusted.state
    if (!adjusted.change) return
    const { from, to, cause, goodputBytesPerSecond } = adjusted.change
    // Who changes the ceiling has measured nothing.
    const measured = goodputBytesPerSecond > 0 ? { goodputBytesPerSecond } : {}
    emit('concurrency-changed', { from, to, cause, ...measured })
    if (to > from) pace.startOver()
    else shed(to)
  }

  /** The youngest go: they have the least to lose. */
  function shed(level: number): void {
    const youngestFirst = [...pool.lines()].filter(isStaying).sort((a, b) => b.id - a.id)
    for (const line of youngestFirst.slice(0, Math.max(0, youngestFirst.length - level))) {
      // At once, not after its range: while it works on, the smaller number would be judged by the larger one's speed.
      drain(line, 'surplus')
    }
  }

  return {
    /** So many connections shall work. */
    level: () => (isYielding() ? Math.min(state.level, placesLeft) : state.level),
    threads: () => threads,
    /** The endpoint is known: from here on connections are opened. */
    start(): void {
      startedAt = now()
      state = startConcurrency(startedAt, threads)
    },
    /** So many are allowed after a rest. */
    afterRest: (): number => ceiling(0).threads,
    tune,
    /** The listing came through to nobody, perhaps as connections of the pool hold all places there are: one is left free. */
    yieldPlace(forMs: number): void {
      const staying = [...pool.lines()].filter(isStaying)
      if (staying.length > 0) placesLeft = Math.max(1, staying.length - 1)
      // Nobody was in its way.
      else if (!isYielding()) return
      yieldsUntil = now() + forMs
      for (const line of staying) if (!line.task) pool.close(line, 'surplus')
      shed(placesLeft)
    },
    /** Connections without work would only be in the way. */
    isYielding,
    setThreads(wanted: number, sample: GoodputSample): void {
      const before = threads
      threads = wanted
      if (wanted > before) state = raiseCeiling(state, before)
      if (wanted < before) tune(sample)
    },
  }
}
