/** Folds counters, books and decisions into one snapshot per tick. Reads only; owns the rates and nothing else. */
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { ErrorCounts, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { EnginePorts } from '../engine-ports.ts'
import type { Governor } from '../govern/governor.ts'
import type { ObjectTable } from '../plan/object-table.ts'
import type { TransferBook } from '../schedule/transfer-book.ts'
import { AT_REST, estimateSecondsLeft, smoothRate } from './estimate-time-left.ts'
import { createLoopLagMeter } from './event-loop-lag.ts'

export type SnapshotMeterOptions = {
  ports: EnginePorts
  table: ObjectTable
  book: TransferBook
  governor: Governor
}

/** The operating system's socket table is long; leaks grow slowly. */
const COUNT_SOCKETS_MS = 5000

export function createSnapshotMeter({ ports, table, book, governor }: SnapshotMeterOptions) {
  const { clock, dataPlane } = ports
  const lag = createLoopLagMeter()
  let tickedAt = clock.monotonic()
  let receivedBefore = 0
  let bytesPerSecond = 0
  let smoothed = AT_REST
  let loopLagMs = 0
  let bytesDone = 0
  let closeWait = 0
  let countedAt = Number.NEGATIVE_INFINITY

  return {
    /** Once per snapshot period. */
    tick(): void {
      const now = clock.monotonic()
      const seconds = (now - tickedAt) / 1000
      if (seconds <= 0) return
      const received = governor.bytesReceived()
      bytesPerSecond = Math.max(0, (received - receivedBefore) / seconds)
      smoothed = smoothRate(smoothed, bytesPerSecond, seconds)
      loopLagMs = lag.readMs()
      if (now - countedAt >= COUNT_SOCKETS_MS) {
        closeWait = ports.closeWait()
        countedAt = now
      }
      tickedAt = now
      receivedBefore = received
    },

    read(phase: JobPhase, listingComplete: boolean): MetricsSnapshot {
      // A range that is handed back may have been counted a little further; what is shown never runs backwards.
      bytesDone = Math.min(table.bytesTotal, Math.max(bytesDone, book.bytesDone()))
      const sockets = dataPlane.socketCounts()
      const { errors, ...requests } = governor.requests()
      const pool = governor.pool()
      const isMoving = phase === 'running' || phase === 'listing'
      // What comes after a rest is estimated anew.
      if (!isMoving) smoothed = AT_REST
      return {
        time: new Date(clock.now()).toISOString(),
        phase,
        bytesDone,
        bytesTotal: table.bytesTotal,
        bytesFetched: governor.bytesReceived(),
        objectsDone: table.count('done') + table.count('skipped'),
        objectsFailed: table.count('failed'),
        objectsSkipped: table.count('skipped'),
        objectsTotal: table.length,
        listingComplete,
        bytesPerSecond: isMoving ? Math.round(bytesPerSecond) : 0,
        secondsLeft: isMoving
          ? estimateSecondsLeft({
              bytesLeft: table.bytesTotal - bytesDone,
              smoothedRate: smoothed.bytesPerSecond,
              listingComplete,
            })
          : -1,
        ...pool,
        connections: { ...pool.connections, closeWait },
        socketsOpened: sockets.opened,
        socketsClosed: sockets.closed,
        ...requests,
        dnsMs: governor.dnsMs(),
        diskWriteMs: dataPlane.diskWriteMs(),
        errors: Object.fromEntries(
          FAILURE_CLASSES.map((failureClass) => [failureClass, errors.get(failureClass) ?? 0]),
        ) as ErrorCounts,
        retries: book.counts().retries,
        rssBytes: ports.memory(),
        loopLagMs,
        waitSeconds: governor.waitSeconds(),
        limit: governor.limit(bytesPerSecond),
        connectionTable: governor.connectionTable(),
        addressTable: governor.addressTable(),
      }
    },
    loopLagMs: () => loopLagMs,
    close: () => lag.close(),
  }
}
