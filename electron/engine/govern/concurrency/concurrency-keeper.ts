/** The shell over adjust-concurrency.ts: gives it the measurements, and drains surplus connections. */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { ConnectPace } from '../connections/connect-pace.ts'
import type { ConnectionPool } from '../connections/connection-pool.ts'
import { isAnswered, isStaying, type PooledConnection } from '../connections/pooled-connection.ts'
import { adjustConcurrency, type Ceiling, chooseCeiling, raiseCeiling, startConcurrency } from './adjust-concurrency.ts'

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
  drain(connection: PooledConnection, why: string): void
}

export type GoodputSample = {
  /** Body bytes received since the start. */
  bytes: number
  /** Recent median. */
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
  /** The most connections while one place is left free. */
  let placesLeft = 0
  let yieldsUntil = Number.NEGATIVE_INFINITY

  const isYielding = () => now() < yieldsUntil
  const ceiling = (runSeconds: number): Ceiling =>
    chooseCeiling({ threads, runSeconds, isHalved: options.isHalved(), policy })

  function tune(sample: GoodputSample): void {
    const at = now()
    const answered = [...pool.connections()].filter((connection) => isStaying(connection) && isAnswered(connection))
    for (const connection of answered) pace.noteAnswered(connection.openedAt)
    const busy = [...pool.connections()].filter(
      (connection) => connection.task !== undefined && isAnswered(connection),
    ).length
    const mostAtOnce = pace.isTurningAway() && answered.length > 0 ? answered.length : undefined
    const runSeconds = (at - startedAt) / 1000
    const adjusted = adjustConcurrency(state, { ...sample, now: at, busy, ceiling: ceiling(runSeconds), mostAtOnce })
    state = adjusted.state
    if (!adjusted.change) return
    const { from, to, cause, goodputBytesPerSecond } = adjusted.change
    // A changed ceiling is no measurement.
    const measured = goodputBytesPerSecond > 0 ? { goodputBytesPerSecond } : {}
    emit('concurrency-changed', { from, to, cause, ...measured })
    if (to > from) pace.startOver()
    else shed(to)
  }

  /** The youngest are drained first: they have the least to lose. */
  function shed(level: number): void {
    const youngestFirst = [...pool.connections()].filter(isStaying).sort((a, b) => b.id - a.id)
    for (const connection of youngestFirst.slice(0, Math.max(0, youngestFirst.length - level))) {
      // At once, not after its range: while it works on, the smaller number would be judged by the larger one's speed.
      drain(connection, 'surplus')
    }
  }

  return {
    /** The number of connections to keep working. */
    level: () => (isYielding() ? Math.min(state.level, placesLeft) : state.level),
    threads: () => threads,
    /** The endpoint is known: from here on connections are opened. */
    start(): void {
      startedAt = now()
      state = startConcurrency(startedAt, threads)
    },
    /** The concurrency allowed after a rest. */
    afterRest: (): number => ceiling(0).threads,
    tune,
    /**
     * The listing cannot connect, perhaps because the pool holds
     * all connections that the server allows: one is left free.
     */
    yieldPlace(forMs: number): void {
      const staying = [...pool.connections()].filter(isStaying)
      if (staying.length > 0) placesLeft = Math.max(1, staying.length - 1)
      // The pool was not in its way.
      else if (!isYielding()) return
      yieldsUntil = now() + forMs
      for (const connection of staying) if (!connection.task) pool.close(connection, 'surplus')
      shed(placesLeft)
    },
    /** Connections without work would only get in the way. */
    isYielding,
    setThreads(wanted: number, sample: GoodputSample): void {
      const before = threads
      threads = wanted
      if (wanted > before) state = raiseCeiling(state, before)
      if (wanted < before) tune(sample)
    },
  }
}
