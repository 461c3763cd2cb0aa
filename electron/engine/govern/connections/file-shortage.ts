/**
 * What follows when this machine has no file descriptor left for a connection or a file: it is no fault of the service
 * or of an address, and one connection fewer works for a while.
 */
import type { EventCode, Reason } from '../../../../shared/engine-event.ts'
import type { Failure } from '../../../../shared/failure.ts'
import type { ConcurrencyKeeper } from '../concurrency/concurrency-keeper.ts'
import type { ConnectPace } from './connect-pace.ts'
import type { ConnectionPool } from './connection-pool.ts'

export type FileShortageOptions = {
  /** Monotonic milliseconds. */
  now(): number
  pool: ConnectionPool
  pace: ConnectPace
  concurrency: ConcurrencyKeeper
  emit(code: EventCode, reason: Reason): void
}

/** For so long one connection fewer is used than this machine had room for. */
const ONE_FEWER_MS = 30_000
/** It is tried again and again, but reported no more often than this. */
const REPORT_EVERY_MS = 600_000

export type FileShortage = ReturnType<typeof createFileShortage>

export function createFileShortage({ now, pool, pace, concurrency, emit }: FileShortageOptions) {
  let reportedAt = Number.NEGATIVE_INFINITY

  return {
    note({ code = '' }: Failure): void {
      pace.noteFailed()
      concurrency.yieldPlace(ONE_FEWER_MS)
      const at = now()
      if (at - reportedAt < REPORT_EVERY_MS) return
      reportedAt = at
      emit('files-short', { code, connections: pool.size })
    },
  }
}
