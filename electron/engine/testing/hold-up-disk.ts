/**
 * A bad disk, for programs that are started with a preload (`node --import`): holds up every write and flush of a file,
 * as a full write cache does. Standard streams go on.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

/** Standard input, output and error. */
const LAST_STANDARD_STREAM = 2

/** `waitMs`: asked before each write and flush, how long it is held up; 0 = not at all. */
export async function holdUpDisk(waitMs: () => number): Promise<void> {
  const { writeSync } = fs
  fs.writeSync = ((fd: number, ...rest: [never]) => {
    const wait = fd > LAST_STANDARD_STREAM ? waitMs() : 0
    if (wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait)
    return writeSync(fd, ...rest)
  }) as typeof writeSync
  syncBuiltinESMExports()

  const handle = await open(process.execPath)
  const fileHandle = Object.getPrototypeOf(handle) as Record<string, (...args: unknown[]) => Promise<unknown>>
  await handle.close()
  for (const name of ['write', 'writev', 'datasync', 'sync']) {
    const original = fileHandle[name]
    if (!original) throw new Error(`no ${name} to hold up`)
    fileHandle[name] = async function held(...args) {
      const wait = waitMs()
      if (wait > 0) await sleep(wait)
      return original.apply(this, args)
    }
  }
}
