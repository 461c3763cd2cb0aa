/**
 * A disk that takes its time: preloaded into the program (`node --import`), each write and flush of a file takes 400 ms
 * longer, or `SLOW_DISK_MS`; from the start, or from `SLOW_DISK_FROM` on, in milliseconds since 1970.
 */
import { holdUpDisk } from '../../engine/testing/hold-up-disk.ts'

/** Above what the program calls slow, for a flush and for a write. */
const LONGER_MS = Number(process.env.SLOW_DISK_MS ?? 400)
const FROM = Number(process.env.SLOW_DISK_FROM ?? 0)

await holdUpDisk(() => (Date.now() >= FROM ? LONGER_MS : 0))
