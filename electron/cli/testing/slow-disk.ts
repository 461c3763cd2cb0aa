/**
 * A disk that takes its time: preloaded into the program (`node --import`), each write and flush of a file takes 400 ms
 * longer, or `SLOW_DISK_MS`; from the start, or from `SLOW_DISK_FROM` on, in milliseconds since 1970.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

/** Above what the program calls slow, for a flush and for a write. */
const LONGER_MS = Number(process.env.SLOW_DISK_MS ?? 400)
const FROM = Number(process.env.SLOW_DISK_FROM ?? 0)
/** Standard input, output and error. */
const LAST_STANDARD_STREAM = 2

const isSlow = (): boolean => Date.now() >= FROM

const { writeSync } = fs
fs.writeSync = ((fd: number, ...rest: [never]) => {
  if (fd > LAST_STANDARD_STREAM && isSlow()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LONGER_MS)
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
    if (isSlow()) await sleep(LONGER_MS)
    return original.apply(this, args)
  }
}
