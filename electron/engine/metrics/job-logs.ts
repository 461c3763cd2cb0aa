/**
 * The two files a user can send: `download_errors.log` (one line per error) and `performance.ndjson` (a snapshot at the
 * start, every ten minutes and at the end). NDJSON, appended across runs, rolled by size. They hold no secrets.
 */
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino } from 'pino'
import type { Failure } from '../../../shared/failure.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'

export const ERROR_LOG = 'download_errors.log'
export const PERFORMANCE_LOG = 'performance.ndjson'

/** Two files of this size hold about 80,000 errors. */
const ROLL_AT_BYTES = 10 * 1024 ** 2

export type ErrorLogEntry = {
  time: string
  key: string
  /** First byte of the range and the byte it got to. */
  start: number
  reached: number
  /** What was done about it. */
  action: 'retry' | 'give-up' | 'restart' | 'stop'
  failure: Failure
}

export type JobLogs = {
  error(entry: ErrorLogEntry): void
  performance(snapshot: MetricsSnapshot): void
  close(): Promise<void>
}

export function createJobLogs(folder: string): JobLogs {
  mkdirSync(folder, { recursive: true })
  const errors = openLog(join(folder, ERROR_LOG))
  const performance = openLog(join(folder, PERFORMANCE_LOG))
  return {
    error({ time, failure, ...entry }) {
      const { class: failureClass, ...details } = failure
      errors.write({ time, class: failureClass, ...entry, ...details })
    },
    performance({ connectionTable: _connections, ...snapshot }) {
      performance.write(snapshot)
    },
    async close() {
      await Promise.all([errors.close(), performance.close()])
    },
  }
}

function openLog(path: string) {
  const file = destination({ dest: path, sync: false, append: true })
  // A log that cannot be written must not end a download.
  file.on('error', () => {})
  const logger = pino({ base: null, timestamp: false, formatters: { level: (level) => ({ level }) } }, file)
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  file.on('write', (written: number) => {
    bytes += written
  })
  return {
    write(entry: object) {
      logger.info(entry)
      if (bytes < ROLL_AT_BYTES) return
      bytes = 0
      try {
        renameSync(path, `${path}.1`)
        file.reopen()
      } catch {
        // Held open by a viewer on Windows: goes on in the same file and tries again later.
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        file.once('close', resolve)
        file.end()
      }),
  }
}
