/**
 * A disk that stands still for a while: preloaded into a client (`node --import`), it holds up every write and flush
 * that falls between two points in time. Threads of the client inherit it.
 */
import { holdUpDisk } from '../../electron/engine/testing/hold-up-disk.ts'
import { DISK_STALL_VARIABLE } from './disk-stall-variable.ts'

/** Milliseconds since 1970. */
const [from = 0, until = 0] = (process.env[DISK_STALL_VARIABLE] ?? '').split('-').map(Number)

await holdUpDisk(() => {
  const now = Date.now()
  return now >= from ? until - now : 0
})
