/** The contract over IPC: one channel for calls, one for pushes. Answers only the page in our own window. */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron'
import { failed } from '../../shared/failure.ts'
import type { Api } from '../api/create-api.ts'
import { createDispatch } from '../api/dispatch.ts'
import { isSameOrigin } from './app-origin.ts'
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts'

export type CallBridgeOptions = {
  ipcMain: Pick<IpcMain, 'handle' | 'removeHandler'>
  contents: WebContents
  /** The page's address; callers of any other origin are refused. */
  page: string
  api: Pick<Api, 'handlers' | 'subscribe'>
  logProblem(where: string, error: unknown): void
}

export function openCallBridge({ ipcMain, contents, page, api, logProblem }: CallBridgeOptions): { close(): void } {
  const dispatch = createDispatch(api.handlers, logProblem)
  ipcMain.handle(CALL_CHANNEL, (event, name: unknown, input: unknown) => {
    if (!isOurPage(event, contents, page)) {
      logProblem(
        'ipc',
        new Error(`refused a call from ${event.senderFrame?.url.slice(0, 200) ?? 'a frame that is gone'}`),
      )
      return failed({ class: 'denied', code: 'foreign-sender' })
    }
    return dispatch(typeof name === 'string' ? name : '', input)
  })
  const unsubscribe = api.subscribe((push) => {
    if (!contents.isDestroyed()) contents.send(PUSH_CHANNEL, push)
  })
  return {
    close() {
      unsubscribe()
      ipcMain.removeHandler(CALL_CHANNEL)
    },
  }
}

/** True for the main frame of our window while it shows our page; not after it has navigated away or crashed. */
function isOurPage(
  event: Pick<IpcMainInvokeEvent, 'senderFrame'>,
  contents: Pick<WebContents, 'mainFrame' | 'isDestroyed'>,
  page: string,
): boolean {
  if (contents.isDestroyed()) return false
  const frame = event.senderFrame
  return frame !== null && frame === contents.mainFrame && isSameOrigin(page, frame.url)
}
