/**
 * The shell over find-ageing.ts: runs its experiments on real connections, and decides from the results how old a
 * connection may become and when its speed can be trusted.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Policy } from '../../../../shared/policy.ts'
import type { ConnectionPool } from '../connections/connection-pool.ts'
import type { PooledConnection } from '../connections/pooled-connection.ts'
import type { TrialSample } from './ageing-trial.ts'
import { type AgeingAction, findAgeing, startAgeing } from './find-ageing.ts'
import { chooseRetireAge } from './learn-retirement-age.ts'

export type AgeingWatchOptions = {
  policy: Policy
  pool: ConnectionPool
  emit(code: EventCode, reason: Reason): void
  /** A connection is closed for an experiment: a fresh one must take its place. */
  onLeaving(): void
}

/**
 * The speed of a connection is settled after receiving for this long; where connections live hardly longer than that,
 * after this share of their life, because otherwise hardly any would ever count.
 */
const SETTLED_MS = 1000
const SETTLED_SHARE = 0.4
/** The weight of the newest wait in the smoothed one. */
const WAIT_WEIGHT = 0.05

export type AgeingWatch = ReturnType<typeof createAgeingWatch>

export function createAgeingWatch({ policy, pool, emit, onLeaving }: AgeingWatchOptions) {
  let ageing = startAgeing()
  let retireAgeSeconds = policy.connectionMaxAgeSeconds
  /** How long a free connection waits for its request budget: part of what a fresh one costs. */
  let waitSeconds = 0

  const isSettled = (connection: PooledConnection): boolean =>
    connection.workedMs > Math.min(SETTLED_MS, SETTLED_SHARE * retireAgeSeconds * 1000)

  function apply(action: AgeingAction, handshakeMs: number): void {
    if (action.kind === 'experiment') {
      const connection = pool.get(action.id)
      if (connection) connection.leaving = 'experiment'
      onLeaving()
    } else if (action.kind === 'learned') {
      emit('retirement-age-learned', {
        seconds: action.retireAgeSeconds,
        tauSeconds: action.tauSeconds,
        handshakeMs,
        bytesPerSecond: action.freshBytesPerSecond,
        medianBytesPerSecond: action.oldBytesPerSecond,
      })
    } else if (action.kind === 'no-gain') {
      const { goodputBytesPerSecond, beforeBytesPerSecond } = action
      emit('ageing-refuted', { goodputBytesPerSecond, beforeBytesPerSecond })
    } else {
      const { freshBytesPerSecond, oldBytesPerSecond } = action
      emit('connection-kept', { freshBytesPerSecond, medianBytesPerSecond: oldBytesPerSecond })
    }
  }

  return {
    isSettled,
    retireAgeSeconds: () => retireAgeSeconds,
    /** Time in which a connection loses 1 - 1/e of its speed; undefined = they do not age, as far as is known. */
    tauSeconds: () => ageing.tauSeconds,
    /** A connection got a task after standing free for so long. */
    noteWait(seconds: number): void {
      waitSeconds += (seconds - waitSeconds) * WAIT_WEIGHT
    },
    /** `firstByteMs`: recent median. `isHeldBack`: the pool is slow for another reason at present. */
    tick({ firstByteMs, ...sample }: TrialSample & { isHeldBack: boolean; firstByteMs: number }): void {
      const connections = [...pool.connections()].filter(({ task, closing, leaving }) => task && !closing && !leaving)
      const handshakes = connections.map(({ handshakeMs }) => handshakeMs).filter((milliseconds) => milliseconds > 0)
      const handshakeMs = handshakes.length === 0 ? 0 : Math.min(...handshakes)
      const setUpSeconds = (handshakeMs + firstByteMs) / 1000 + waitSeconds
      const ceilingSeconds = policy.connectionMaxAgeSeconds
      const found = findAgeing(ageing, {
        ...sample,
        connections: connections.map((connection) => ({ ...connection, isSettled: isSettled(connection) })),
        setUpSeconds,
        ceilingSeconds,
      })
      ageing = found.state
      const { tauSeconds } = ageing
      retireAgeSeconds =
        tauSeconds === undefined ? ceilingSeconds : chooseRetireAge(tauSeconds, setUpSeconds, ceilingSeconds)
      if (found.action) apply(found.action, handshakeMs)
    },
  }
}
