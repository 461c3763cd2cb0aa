/** Waits until the retry that choose-next-try.ts has chosen is due. */
import { join } from 'node:path'
import { OWN_FOLDER } from '../../engine/disk/names/safe-path.ts'
import { pathExists } from '../../engine/disk/path-exists.ts'
import type { Clock } from '../../engine/engine-ports.ts'
import { createTimers } from '../../engine/timers.ts'
import type { NextTry } from './choose-next-try.ts'

const LOOK_AGAIN_MS = 5000

/** Resolves at once when it is aborted. */
export async function waitForNextTry(options: {
  next: NextTry
  destination: string
  clock: Clock
  signal: AbortSignal
}): Promise<void> {
  const { next, destination, clock, signal } = options
  const { sleep } = createTimers(clock, signal, () => {})
  if (next.cause === 'outage') return sleep(next.afterMs)
  // `.longhaul` in it, not the destination alone: with the drive away that may be an empty mount point.
  while (!signal.aborted && !(await pathExists(join(destination, OWN_FOLDER)))) await sleep(LOOK_AGAIN_MS)
}
