/** The end of the program: jobs are put on disk first, whoever asked for it, but nobody is waited for without end. */
import type { App } from 'electron'
import type { Api } from '../api/create-api.ts'

/** A network drive that is gone may not answer for minutes, and no window is left that could say so. The journal has the rest. */
const LONGEST_CLOSE_MS = 20_000

export function closeBeforeQuit(options: {
  app: Pick<App, 'on' | 'exit' | 'relaunch'>
  api: Pick<Api, 'close'>
  logProblem(where: string, error: unknown): void
}): { save(): Promise<void> } {
  const { app, api, logProblem } = options
  let saving: Promise<void> | undefined
  let isLeaving = false
  const save = () => {
    saving ??= closeInTime(api).catch((error) => logProblem('close', error))
    return saving
  }

  app.on('will-quit', (event) => {
    event.preventDefault()
    if (isLeaving) return
    isLeaving = true
    let isWanted = false
    // The lock told this start that the program runs already, and it has left.
    app.on('second-instance', () => {
      isWanted = true
    })
    save().then(() => {
      if (isWanted) app.relaunch()
      app.exit(0)
    })
  })
  return { save }
}

async function closeInTime(api: Pick<Api, 'close'>): Promise<void> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('the jobs did not end in time')), LONGEST_CLOSE_MS)
  try {
    await Promise.race([api.close(), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
