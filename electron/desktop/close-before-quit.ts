/** Before the program quits, for whatever reason, jobs are saved to disk; with a time limit. */
import type { App } from 'electron'
import type { Api } from '../api/create-api.ts'
import type { ShutDown } from '../api/jobs/job-progress.ts'
import { isResuming } from './start-at-login.ts'

/**
 * A lost network drive may block for minutes, and no window is left
 * that could say so. What is not saved by then, the journal has.
 */
const LONGEST_CLOSE_MS = 20_000

export function closeBeforeQuit(options: {
  app: Pick<App, 'on' | 'exit' | 'relaunch'>
  api: Pick<Api, 'close'>
  /** Called once, when quitting begins. */
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
    // The user started the program again meanwhile: that instance has met our lock and left, so we relaunch.
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
