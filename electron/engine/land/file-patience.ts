/** No object fails because too much is open at once: it waits for its turn. */
import { type Failure, failed, isShortOfFiles, type Outcome } from '../../../shared/failure.ts'

export type FilePatienceOptions = {
  /** This machine gives no further file just now: it is tried again. */
  onShortOfFiles(failure: Failure): void
  sleep(milliseconds: number): Promise<void>
  signal: AbortSignal
}

export type FilePatience = <T>(work: () => Promise<Outcome<T>>) => Promise<Outcome<T>>

/** A connection or a file is closed every moment: where none is for two minutes, waiting is of no use. */
const AGAIN_MS = 500
const MOST_TIMES = 240

/** Does work that opens files, again while this machine has no file descriptor left. */
export function createFilePatience({ onShortOfFiles, sleep, signal }: FilePatienceOptions): FilePatience {
  return async (work) => {
    for (let times = 1; ; times++) {
      const outcome = await work()
      if (outcome.ok || !isShortOfFiles(outcome.failure) || times === MOST_TIMES) return outcome
      if (signal.aborted) return failed({ class: 'cancelled' })
      onShortOfFiles(outcome.failure)
      await sleep(AGAIN_MS)
    }
  }
}
