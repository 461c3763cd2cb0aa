/**
 * A disk that stands still for a while: preloaded into a client (`node --import`), it holds up every write and flush that
 * falls between two points in time, as a full write cache does. Threads of the client inherit it. Standard streams go on.
 */
import fs from 'node:fs'
import { open } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { DISK_STALL_VARIABLE } from './disk-stall-variable.ts'

/** Milliseconds since 1970. */
const [from = 0, until = 0] = (process.env[DISK_STALL_VARIABLE] ?? '').split('-').map(Number)
/** Standard input, output and error. */
const LAST_STANDARD_STREAM = 2

const remainingMs = (): number => {
  const now = Date.now()
  return now >= from ? until - now : 0
}

const { writeSync } = fs
fs.writeSync = ((fd: number, ...rest: [never]) => {
  const wait = remainingMs()
  if (fd > LAST_STANDARD_STREAM && wait > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait)
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
    const wait = remainingMs()
    if (wait > 0) await sleep(wait)
    return original.apply(this, args)
  }
}
