/** Uncaught exceptions and unhandled rejections: each is a bug, and is reported by name. */
import { join } from 'node:path'
import { openProblemLog } from '../../api/host/problem-log.ts'
import { systemClock } from '../../api/host/system-clock.ts'
import { exitNow } from './exit-now.ts'

type LogProblem = (where: string, error: unknown) => void

/** Kept here because the number of listeners does not tell: Electron has one of its own. */
let handler: ((error: unknown) => void) | undefined

/** A bug ends a command that does one thing: what is on the disk stays, and the same command resumes. */
export function exitOnBugByDefault(stateFolder: string): void {
  process.on('uncaughtException', (error) => {
    if (handler) return handler(error)
    const log = join(stateFolder, 'longhaul.log')
    openProblemLog(log, systemClock)('cli', error)
    process.stderr.write(`longhaul: internal error: ${firstLineOf(error)}. Details are in ${log}\n`)
    exitNow(1)
  })
  // Node makes an exception of it by itself; Electron would only warn, and the command might wait for ever.
  process.on('unhandledRejection', (reason) => {
    throw reason
  })
}

/**
 * For a command with several jobs: a bug in one of them does not end the others, as in the desktop program. Each is
 * reported once, however often it occurs. Returns the function that removes the handlers.
 */
export function onBug(report: (message: string) => void, logProblem: LogProblem): () => void {
  const reported = new Set<string>()
  handler = (error) => {
    logProblem('web', error)
    const message = firstLineOf(error)
    if (reported.has(message) || reported.size === MOST_REPORTED) return
    reported.add(message)
    report(message)
  }
  return () => {
    handler = undefined
  }
}

const MOST_REPORTED = 20

const firstLineOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''
