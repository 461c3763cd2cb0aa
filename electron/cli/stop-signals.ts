/** Ctrl-C and its kin: the first one stops in good order, the second one at once. */
import { EXIT } from './exit-code.ts'
import { exitNow } from './exit-now.ts'

const SIGNALS = (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const).filter(
  (signal) => process.platform === 'win32' || signal !== 'SIGBREAK',
)

/** As long as no command listens, nothing is open that would have to be closed in good order. */
export function leaveOnSignalUntilHeard(): void {
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
