/**
 * Files of an earlier run to be read again (`--verify reread`): a few at a time, in the order they were added, in
 * parallel to the download, which does not wait for them.
 */

/** One thread reads the files; more at a time only hide the latency of their HEADs. */
const FILES_AT_ONCE = 4

/** `reread`: of one object, by its index. Never rejects. */
export function createRereadQueue(reread: (index: number) => Promise<void>) {
  let waiting: number[] = []
  let at = 0
  let running = 0
  let isHeld = false
  let onQuiet: (() => void) | undefined

  function pump(): void {
    while (!isHeld && running < FILES_AT_ONCE && at < waiting.length) void run(waiting[at++] as number)
    // The queue is empty: releases what may be a million numbers.
    if (at === waiting.length) [waiting, at] = [[], 0]
    if (running === 0) onQuiet?.()
  }

  async function run(index: number): Promise<void> {
    running++
    await reread(index)
    running--
    pump()
  }

  return {
    add(index: number): void {
      waiting.push(index)
      pump()
    },
    /** Those under way are read to their end. */
    hold(): void {
      isHeld = true
    },
    resume(): void {
      isHeld = false
      pump()
    },
    isIdle: () => running === 0 && waiting.length === 0,
    /** Begins no other; resolves when none is under way. */
    async stop(): Promise<void> {
      isHeld = true
      if (running === 0) return
      await new Promise<void>((resolve) => {
        onQuiet = resolve
      })
    },
  }
}
