/**
 * The two files a user can send: `download_errors.log` (one line per error) and `performance.ndjson` (a snapshot at the
 * start, every ten minutes and at the end). NDJSON, appended across runs, rolled by size. They hold no secrets.
 */
import { closeSync, constants, existsSync, fstatSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { destination, pino } from 'pino'
import type { Failure } from '../../../shared/failure.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { escapeUnseen } from '../../../shared/unseen-signs.ts'
import { lineStartOf } from './line-start.ts'

export const ERROR_LOG = 'download_errors.log'
export const PERFORMANCE_LOG = 'performance.ndjson'

/** Four files of this size hold about 160,000 errors. */
const ROLL_AT_BYTES = 10 * 1024 ** 2
/** `download_errors.log.1` is the youngest of the old ones. */
const OLD_FILES = 3

export type ErrorLogEntry = {
  time: string
  key: string
  /** The part: its first byte, the byte it got to, and the first one behind it. */
  start: number
  reached: number
  end: number
  /** 1 = the first attempt for these bytes. */
  attempt: number
  /** What was done about it: `restart` fetches the whole object anew, `stop` ends the job. */
  action: 'retry' | 'replace-connection' | 'restart' | 'give-up' | 'stop'
  failure: Failure
}

export type JobLogs = {
  error(entry: ErrorLogEntry): void
  performance(snapshot: MetricsSnapshot): void
  close(): Promise<void>
}

/** The folder is there. `rollAtBytes` is smaller in tests. */
export function createJobLogs(folder: string, { rollAtBytes = ROLL_AT_BYTES } = {}): JobLogs {
  const errors = openLog(join(folder, ERROR_LOG), rollAtBytes)
  const performance = openLog(join(folder, PERFORMANCE_LOG), rollAtBytes)
  return {
    error(entry) {
      errors.write(errorLine(entry))
    },
    performance({ connectionTable: _connections, ...snapshot }) {
      performance.write(snapshot)
    },
    async close() {
      await Promise.all([errors.close(), performance.close()])
    },
  }
}

/**
 * The line's fields in the order a reader wants them; JSON escapes control characters, the rest is made harmless here.
 */
function errorLine({ time, failure, key, start, reached, end, attempt, action }: ErrorLogEntry): object {
  const { class: failureClass, address, httpStatus, requestId, ...more } = failure
  return {
    time,
    class: failureClass,
    key: escapeUnseen(key),
    part: `${start}-${end}`,
    reached,
    address,
    httpStatus,
    requestId,
    attempt,
    action,
    ...more,
    ...(more.subject === undefined ? {} : { subject: withoutQuery(more.subject) }),
    ...(more.detail === undefined ? {} : { detail: withoutQuery(more.detail) }),
  }
}

/** A signed address is as good as a key: what stands behind its `?` is left out. */
const withoutQuery = (text: string): string =>
  escapeUnseen(text.replace(/(\bhttps?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, '$1?...'))

function openLog(path: string, rollAtBytes: number) {
  let file = openAppending(path)
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (lineStartOf(path)) file?.write('\n')
  const lines = {
    write(line: string) {
      file?.write(line)
      bytes += Buffer.byteLength(line)
    },
  }
  const logger = pino({ base: null, timestamp: false, formatters: { level: (level) => ({ level }) } }, lines)
  return {
    write(entry: object) {
      logger.info(entry)
      if (bytes < rollAtBytes) return
      bytes = 0
      try {
        for (let old = OLD_FILES - 1; old >= 1; old--) {
          if (existsSync(`${path}.${old}`)) renameSync(`${path}.${old}`, `${path}.${old + 1}`)
        }
        renameSync(path, `${path}.1`)
        file?.end()
        file = openAppending(path)
      } catch {
        // Held open by a viewer on Windows: goes on in the same file and tries again later.
      }
    },
    close: () =>
      new Promise<void>((resolve) => {
        if (!file) return resolve()
        const closing = file
        closing.once('close', resolve)
        // On a full disk it would keep its last lines for ever, and never report that it is closed.
        closing.once('error', () => {
          closing.destroy()
          resolve()
        })
        closing.end()
      }),
  }
}

/** Without waiting where a pipe lies in its place. */
const APPENDING =
  constants.O_WRONLY |
  constants.O_APPEND |
  constants.O_CREAT |
  (constants.O_NOFOLLOW ?? 0) |
  (constants.O_NONBLOCK ?? 0)

/** Undefined when it cannot be written, or would be written elsewhere through a link: a log must not end a download. */
function openAppending(path: string): Destination | undefined {
  try {
    const fd = openSync(path, APPENDING, 0o666)
    const { nlink } = fstatSync(fd)
    if (nlink > 1) {
      closeSync(fd)
      return undefined
    }
    const file = destination({ dest: fd, sync: false })
    file.on('error', () => {})
    return file
  } catch {
    return undefined
  }
}

type Destination = ReturnType<typeof destination>
