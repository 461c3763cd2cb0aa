/** Asks for confirmation before closing the window would stop downloads. One dialog at a time; after a yes none. */
import type { BrowserWindow, Dialog } from 'electron'
import type { LiveJobs } from './judge-jobs.ts'
import type { NativeWords } from './native-words.ts'

export function guardQuit(options: {
  window: BrowserWindow
  dialog: Pick<Dialog, 'showMessageBox'>
  words(): NativeWords['quit']
  countLive(): LiveJobs
}): void {
  const { window, dialog } = options
  let mayClose = false
  let isAsking = false

  window.on('close', (event) => {
    const jobs = options.countLive()
    if (mayClose || jobs.underWay + jobs.queued === 0) return
    event.preventDefault()
    if (isAsking) return
    isAsking = true
    ask(jobs).then((mayLeave) => {
      isAsking = false
      mayClose = mayLeave
      if (mayLeave && !window.isDestroyed()) window.close()
    })
  })

  async function ask(jobs: LiveJobs): Promise<boolean> {
    const words = options.words()
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: words.message(jobs),
      detail: words.detail,
      buttons: [words.leave, words.stay],
      defaultId: 1,
      cancelId: 1,
      noLink: true,
    })
    return response === 0
  }
}
