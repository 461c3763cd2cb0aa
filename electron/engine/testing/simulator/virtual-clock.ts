/**
 * Time that passes only when asked to: three hours in seconds. Events run in order of their time, equal times in order
 * of their making; between two of them every promise that can settle does.
 */
import type { Clock } from '../../engine-ports.ts'

type Due = { at: number; order: number; run: () => void; isCancelled: boolean }

/** Any date does; decisions never look at it, only the daily time window does. */
const UNIX_START_MS = Date.UTC(2025, 9, 1, 12)
/** Not 0, so that "never" and "at the beginning" cannot be confused. */
const MONOTONIC_START_MS = 1_000_000

export type VirtualClock = Clock & {
  /** Seconds since the start. */
  seconds(): number
  /** Lets time pass until this many seconds after the start. */
  runUntil(seconds: number): Promise<void>
}

export function createVirtualClock(): VirtualClock {
  const queue: Due[] = []
  let time = MONOTONIC_START_MS
  let order = 0
  const isBefore = (a: Due, b: Due) => a.at < b.at || (a.at === b.at && a.order < b.order)

  return {
    now: () => UNIX_START_MS + time - MONOTONIC_START_MS,
    monotonic: () => time,
    seconds: () => (time - MONOTONIC_START_MS) / 1000,
    after(milliseconds, run) {
      const due: Due = { at: time + Math.max(0, milliseconds), order: order++, run, isCancelled: false }
      push(due)
      return () => {
        due.isCancelled = true
      }
    },
    async runUntil(seconds) {
      const end = MONOTONIC_START_MS + seconds * 1000
      for (let due = queue[0]; due !== undefined && due.at <= end; due = queue[0]) {
        pop()
        if (due.isCancelled) continue
        time = due.at
        due.run()
        // setImmediate comes after all settled promises, however deep their chain.
        await new Promise((resolve) => setImmediate(resolve))
      }
      time = end
    },
  }

  // A binary heap: the earliest event is at the root.
  function push(due: Due): void {
    let at = queue.push(due) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(due, queue[parent] as Due)) break
      queue[at] = queue[parent] as Due
      at = parent
    }
    queue[at] = due
  }

  function pop(): void {
    const last = queue.pop() as Due
    if (queue.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= queue.length) break
      if (child + 1 < queue.length && isBefore(queue[child + 1] as Due, queue[child] as Due)) child++
      if (!isBefore(queue[child] as Due, last)) break
      queue[at] = queue[child] as Due
      at = child
    }
    queue[at] = last
  }
}
