/** Where lines go. A reader that went away is noticed, never an error. */
import type { Writable } from 'node:stream'
import { jsonLine } from './json-lines.ts'

export type Io = {
  stdout: Writable
  stderr: Writable & { isTTY?: boolean }
  environment: NodeJS.ProcessEnv
  workingFolder: string
}

export type Output = {
  /** One line on stdout; resolves when there is room for the next. */
  line(text: string): Promise<void>
  /** One JSON line on stdout, not waited for: a few per second at most. */
  json(value: object): void
  /** One line for people, on stderr. */
  say(text: string): void
  /** The reader of stdout has closed its end. */
  isGone(): boolean
}

export function createOutput({ stdout, stderr }: Io): Output {
  let gone = false
  const onError = () => {
    gone = true
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
    say: (text) => void stderr.write(`${text}\n`),
    isGone: () => gone || stdout.destroyed,
  }
}
