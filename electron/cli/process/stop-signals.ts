/** Ctrl-C and its kin: the first one stops in good order, the second one at once. */
import { isatty } from 'node:tty'
import { EXIT } from './exit-code.ts'
import { exitNow } from './exit-now.ts'

const isWindows = process.platform === 'win32'

/**
 * No stream is a terminal: then one that hangs up is none of ours. So
 * it is under `nohup`, whose own setting Node undoes as it starts.
 */
const isDetached = !isWindows && ![0, 1, 2].some((stream) => isatty(stream))

const SIGNALS: NodeJS.Signals[] = [
  ...(['SIGINT', 'SIGTERM'] as const),
  ...(isDetached ? [] : (['SIGHUP'] as const)),
  ...(isWindows ? (['SIGBREAK'] as const) : []),
]

/** As long as no command listens, nothing is open that would have to be closed in good order. */
export function leaveOnSignalUntilHeard(): void {
  if (isDetached) process.on('SIGHUP', () => {})
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) exitNow(EXIT.interrupted)
    })
  }
}

/** Returns the function that takes the handlers away again. */
export function onStopSignal(stop: () => void): () => void {
  let count = 0
  const receive = () => {
    count++
    if (count > 1) exitNow(EXIT.interrupted)
    stop()
  }
  for (const signal of SIGNALS) process.on(signal, receive)
  return () => {
    for (const signal of SIGNALS) process.off(signal, receive)
  }
}
