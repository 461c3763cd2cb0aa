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

const ANSWER_MS = 30_000

/** Rejects when it does not start. Whoever waits for an answer waits half a minute at most. */
export async function startSteadinessServer(order: ServerOrder): Promise<SteadinessServer> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  // A server that has ended is noticed by whoever waits for its answer.
  const say = (message: ServerMessage | ServerOrder) => child.send(message, () => {})
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
    if (!child.connected) reject(new Error('the server of a weather has ended'))
    const tooLate = setTimeout(() => settle(() => reject(new Error('the server of a weather is silent'))), ANSWER_MS)
    const onMessage = (answer: unknown) => settle(() => resolve(answer as T))
    const onExit = () => settle(() => reject(new Error('the server of a weather has ended')))
    const settle = (end: () => void) => {
      clearTimeout(tooLate)
      child.off('message', onMessage)
      child.off('exit', onExit)
      end()
    }
    child.once('message', onMessage)
    child.once('exit', onExit)
  })
}
