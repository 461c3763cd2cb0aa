/** An exception that nobody caught, or a promise that nobody waited for: a bug, and one that has a name. */
import { join } from 'node:path'
import { openProblemLog } from '../../api/host/problem-log.ts'
import { systemClock } from '../../api/host/system-clock.ts'
import { exitNow } from './exit-now.ts'

type LogProblem = (where: string, error: unknown) => void

/** The count of listeners does not show it: Electron has one of its own. */
let hear: ((error: unknown) => void) | undefined

/** A command that does one thing ends with it: what is on the disk stays, and the same command continues. */
export function leaveOnBugUntilHeard(stateFolder: string): void {
  process.on('uncaughtException', (error) => {
    if (hear) return hear(error)
    const log = join(stateFolder, 'longhaul.log')
    openProblemLog(log, systemClock)('cli', error)
    process.stderr.write(`longhaul: internal error: ${firstLineOf(error)}. Details are in ${log}\n`)
    exitNow(1)
  })
}

/**
 * For a command that keeps several jobs: a bug in one of them is not the end of the others, as in the desktop program.
 * Each is reported once, however often it comes. Returns the function that ends it.
 */
export function onBug(tell: (message: string) => void, logProblem: LogProblem): () => void {
  const told = new Set<string>()
  hear = (error) => {
    logProblem('web', error)
    const message = firstLineOf(error)
    if (told.has(message) || told.size === MOST_TOLD) return
    told.add(message)
    tell(message)
  }
  return () => {
    hear = undefined
  }
}

const MOST_TOLD = 20

const firstLineOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? ''
