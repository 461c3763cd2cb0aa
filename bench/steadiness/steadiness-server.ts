/** Starts the process of a server and talks to it. */
import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { endProcess } from '../end-process.ts'
import type { ServerMessage, ServerOrder, ServerReady, ServerTold } from './server-protocol.ts'

export type SteadinessServer = ServerReady & {
  go(): void
  tell(): Promise<ServerTold>
  close(): Promise<void>
}

/** Rejects when it does not start. */
export async function startSteadinessServer(order: ServerOrder): Promise<SteadinessServer> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const say = (message: ServerMessage | ServerOrder) => child.send(message)
  say(order)
  const ready = await answerOf<ServerReady>(child)
  return {
    ...ready,
    go: () => void say('go'),
    tell() {
      const told = answerOf<ServerTold>(child)
      say('tell')
      return told
    },
    close: () => endProcess(child),
  }
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: unknown) => settle(() => resolve(answer as T))
    const onExit = () => settle(() => reject(new Error('the server of a weather has ended')))
    const settle = (end: () => void) => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      end()
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}
