import type { ChildProcess } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

const PATIENCE_MS = 10_000

/** False when the process ends, or does not listen in time. */
export async function untilListening(port: number, server: ChildProcess): Promise<boolean> {
  const end = performance.now() + PATIENCE_MS
  while (performance.now() < end && server.exitCode === null && server.pid !== undefined) {
    if (await canConnect(port)) return true
    await sleep(30)
  }
  return false
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const done = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.once('connect', () => done(true)).once('error', () => done(false))
  })
}
