/**
 * One connection as the control plane knows it. It is born `connecting`, becomes `warm` when its handshake is done,
 * `active` while a task runs, `draining` when it may finish its task but gets no new one, and leaves the pool when its
 * socket is closed.
 */
import type { ConnectionView } from '../../../../shared/metrics-snapshot.ts'
import type { FetchTask } from '../../engine-ports.ts'
import { type ConnectionAnswers, isNeverGranted, NO_ANSWERS } from './judge-server.ts'

export type PooledConnection = {
  readonly id: number
  readonly address: string
  readonly generation: number
  readonly openedAt: number
  state: 'connecting' | 'warm' | 'active' | 'draining'
  handshakeMs: number
  /** Requests sent on it, the running one included. */
  requests: number
  answers: ConnectionAnswers
  /** Body bytes received since it was opened. */
  bytes: number
  /** Monotonic milliseconds of the last byte, or of the last change of state. */
  lastByteAt: number
  task: FetchTask | undefined
  /** The task that has just been reported, while its outcome is being handled. */
  lastTask: FetchTask | undefined
  taskStartedAt: number
  /** Time it has spent receiving, milliseconds, and what came in it: the ground its speed stands on. */
  workedMs: number
  workedBytes: number
  /** First byte of the running task; 0 before it. */
  firstByteAt: number
  /** Smoothed. */
  bytesPerSecond: number
  /** Since when it has nothing to do; 0 while it has. */
  idleSince: number
  /** Why it is being closed by us, when it is. */
  closing: string | undefined
  /** It works on until a fresh connection can take over; the cause. */
  leaving: string | undefined
  /** Its socket is closed. */
  isGone: boolean
  /** In [0, 1): spreads retirement. */
  readonly jitter: number
}

/** It is neither being closed nor to be replaced. */
export const isStaying = (connection: PooledConnection): boolean => !connection.leaving && !connection.closing

/** The service has granted something on it. */
export const isAnswered = (connection: PooledConnection): boolean =>
  connection.firstByteAt > 0 || !isNeverGranted(connection.answers)

export const openPooled = (
  born: Pick<PooledConnection, 'id' | 'address' | 'generation' | 'openedAt' | 'jitter'>,
): PooledConnection => ({
  ...born,
  state: 'connecting',
  handshakeMs: 0,
  requests: 0,
  answers: NO_ANSWERS,
  bytes: 0,
  lastByteAt: born.openedAt,
  task: undefined,
  lastTask: undefined,
  taskStartedAt: 0,
  workedMs: 0,
  workedBytes: 0,
  firstByteAt: 0,
  bytesPerSecond: 0,
  idleSince: 0,
  closing: undefined,
  leaving: undefined,
  isGone: false,
})

/** `now`: monotonic milliseconds. */
export const viewOf = (connection: PooledConnection, now: number): ConnectionView => ({
  id: connection.id,
  state: connection.state,
  address: connection.address,
  generation: connection.generation,
  ageSeconds: (now - connection.openedAt) / 1000,
  requests: connection.requests,
  bytes: connection.bytes,
  bytesPerSecond: connection.task ? connection.bytesPerSecond : 0,
  key: connection.task?.key ?? '',
})
