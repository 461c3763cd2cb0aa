/** Ctrl-C and its kin: the first one stops in good order, the second one at once. */
import { EXIT } from './exit-code.ts'
import { exitNow } from './exit-now.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const

/** Returns the function that takes the handlers away again. */
export function onStopSignal(stop: () => void): () => void {
  let count = 0
  const receive = () => {
    count++
    if (count > 1) exitNow(EXIT.interrupted)
    stop()
  }
  const signals = SIGNALS.filter((signal) => process.platform === 'win32' || signal !== 'SIGBREAK')
  for (const signal of signals) process.on(signal, receive)
  return () => {
    for (const signal of signals) process.off(signal, receive)
  }
}
