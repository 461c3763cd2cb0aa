/**
 * Ctrl-C, SIGTERM, SIGHUP, SIGBREAK: the first one stops gracefully, the second one of a kind at once. One of another
 * kind is no impatience: where a terminal closes under npm, SIGHUP comes from it and SIGTERM from `scripts/run.mjs`.
 */
import { isatty } from 'node:tty'
import { EXIT } from './exit-code.ts'
import { exitNow } from './exit-now.ts'

const isWindows = process.platform === 'win32'

/**
 * No stream is a terminal, so a terminal that hangs up does not concern us: SIGHUP is ignored. That is so under
 * `nohup`, whose own setting Node resets as it starts.
 */
const isDetached = !isWindows && ![0, 1, 2].some((stream) => isatty(stream))

const SIGNALS: NodeJS.Signals[] = [
  ...(['SIGINT', 'SIGTERM'] as const),
  ...(isDetached ? [] : (['SIGHUP'] as const)),
  ...(isWindows ? (['SIGBREAK'] as const) : []),
]

/** Exits at once while no command has registered `onStopSignal`: nothing is open yet that needs closing. */
export function exitOnSignalByDefault(): void {
  if (isDetached) process.on('SIGHUP', () => {})
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) exitNow(EXIT.interrupted)
    })
  }
}

/** Returns the function that removes the handlers. */
export function onStopSignal(stop: () => void): () => void {
  const received = new Set<NodeJS.Signals>()
  const receive = (signal: NodeJS.Signals) => {
    if (received.has(signal)) exitNow(EXIT.interrupted)
    received.add(signal)
    stop()
  }
  for (const signal of SIGNALS) process.on(signal, receive)
  return () => {
    for (const signal of SIGNALS) process.off(signal, receive)
  }
}
