/** The end of the program: jobs are put on disk first, whoever asked for it, but nobody is waited for without end. */
import type { App } from 'electron'
import type { Api } from '../api/create-api.ts'
import type { ShutDown } from '../api/jobs/job-progress.ts'
import { isResuming } from './start-at-login.ts'

/**
 * A network drive that is gone may not answer for minutes, and
 * no window is left that could say so. The journal has the rest.
 */
const LONGEST_CLOSE_MS = 20_000

export function closeBeforeQuit(options: {
  app: Pick<App, 'on' | 'exit' | 'relaunch'>
  api: Pick<Api, 'close'>
  /** Once, at the beginning of the end. */
  onEnd(why: ShutDown): void
  logProblem(where: string, error: unknown): void
}): { machineGoesDown(): Promise<void>; hasBegun(): boolean } {
  const { app, api, logProblem } = options
  let saving: Promise<void> | undefined
  let isLeaving = false
  const save = (why: ShutDown) => {
    if (!saving) {
      options.onEnd(why)
      saving = closeInTime(api, why).catch((error) => logProblem('close', error))
    }
    return saving
  }

  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isLeaving) return
    isLeaving = true
    let isWanted = false
    // The lock has shown that the program runs already, and this start has left.
    app.on('second-instance', () => {
      isWanted = true
    })
    save('left').then(() => {
      if (isWanted) app.relaunch({ args: process.argv.slice(1).filter((given) => !isResuming([given])) })
      app.exit(0)
    })
  })
  return { machineGoesDown: () => save('machine-down'), hasBegun: () => saving !== undefined }
}

async function closeInTime(api: Pick<Api, 'close'>, why: ShutDown): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the jobs did not end in time')), LONGEST_CLOSE_MS)
  try {
    await Promise.race([api.close(why), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
