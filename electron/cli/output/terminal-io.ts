/** Standard output and error. A reader that has closed its pipe is noticed, and is no error. */
import type { Writable } from 'node:stream'
import type { Failure } from '../../../shared/failure.ts'
import { codeOf, mapDiskError } from '../../engine/disk/disk-error.ts'
import { jsonLine } from './json-lines.ts'

export type Io = {
  stdout: Writable
  stderr: Writable & { isTTY?: boolean; columns?: number }
  environment: NodeJS.ProcessEnv
  workingFolder: string
}

export type Output = {
  /** One line on stdout; resolves when there is room for the next. */
  line(text: string): Promise<void>
  /** One JSON line on stdout, not waited for: a few per second at most. */
  json(value: object): void
  /** The reader of stdout does not keep up: dispensable lines are skipped, for they would pile up in memory. */
  isBehind(): boolean
  /** One line for people, on stderr. */
  say(text: string): void
  /** The reader of stdout has closed its end, or it cannot be written. */
  isGone(): boolean
  /** Why lines on stdout are missing, unless its reader has closed: a full disk, for instance. */
  failure(): Failure | undefined
}

/** The reader of a pipe has left: EPIPE, or EOF for a pipe on Windows. */
const READER_LEFT = ['EPIPE', 'EOF', 'ECONNRESET', 'ERR_STREAM_DESTROYED']

/** Some minutes of snapshots. */
const MAX_WAITING_BYTES = 256 * 1024

export function createOutput({ stdout, stderr }: Io): Output {
  let gone = false
  let failure: Failure | undefined
  const onError = (error: Error) => {
    gone = true
    if (!READER_LEFT.includes(codeOf(error) ?? '')) failure ??= mapDiskError(error, 'stdout')
  }
  stdout.on('error', onError)
  stderr.on('error', () => {})
  return {
    async line(text) {
      if (gone || stdout.write(`${text}\n`)) return
      await new Promise<void>((resolve) => {
        const done = () => {
          for (const event of ['drain', 'error', 'close']) stdout.off(event, done)
          resolve()
        }
        for (const event of ['drain', 'error', 'close']) stdout.once(event, done)
      })
    },
    json(value) {
      if (!gone) stdout.write(`${jsonLine(value)}\n`)
    },
    isBehind: () => stdout.writableLength > MAX_WAITING_BYTES,
    say: (text) => void stderr.write(`${text}\n`),
    isGone: () => gone || stdout.destroyed,
    failure: () => failure,
  }
}
