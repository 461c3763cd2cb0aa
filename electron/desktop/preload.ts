/** Runs in the sandboxed page before its scripts: hands it two functions, and nothing of Electron. */
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron'
import { CALL_CHANNEL, PUSH_CHANNEL } from './channels.ts'

contextBridge.exposeInMainWorld('longhaul', {
  call: (name: string, input: unknown): Promise<unknown> => ipcRenderer.invoke(CALL_CHANNEL, name, input),
  subscribe(listener: (push: unknown) => void): () => void {
    // The event object refers to ipcRenderer: the page gets only the push.
    const receive = (_event: IpcRendererEvent, push: unknown) => listener(push)
    ipcRenderer.on(PUSH_CHANNEL, receive)
    return () => void ipcRenderer.off(PUSH_CHANNEL, receive)
  },
})
