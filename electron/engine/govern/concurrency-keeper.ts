/** The shell over adjust-concurrency.ts: tells it what the connections do, and lets go of those that are too many. */
import type { EventCode, Reason } from '../../../shared/engine-event.ts'
import type { Policy } from '../../../shared/policy.ts'
import { adjustConcurrency, type Ceiling, chooseCeiling, raiseCeiling, startConcurrency } from './adjust-concurrency.ts'
import type { createConnectPace } from './connect-pace.ts'
import { type ConnectionPool, isAnswered, isStaying, type PoolLine } from './connection-pool.ts'

export type ConcurrencyKeeperOptions = {
  /** Monotonic milliseconds. */
  now(): number
  policy: Policy
  pool: ConnectionPool
  pace: ReturnType<typeof createConnectPace>
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

export function createConcurrencyKeeper(options: ConcurrencyKeeperOptions) {
  const { now, policy, pool, pace, emit, drain } = options
  let { threads } = options
  let startedAt = now()
  let state = startConcurrency(now(), threads)

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
    level: () => state.level,
    threads: () => threads,
    /** The endpoint is known: from here on connections are opened. */
    start(): void {
      startedAt = now()
      state = startConcurrency(startedAt, threads)
    },
    /** So many are allowed after a rest. */
    afterRest: (): number => ceiling(0).threads,
    tune,
    setThreads(wanted: number, sample: GoodputSample): void {
      const before = threads
      threads = wanted
      if (wanted > before) state = raiseCeiling(state, before)
      if (wanted < before) tune(sample)
    },
  }
}
