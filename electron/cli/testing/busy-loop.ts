/**
 * A processor that is too slow: preloaded into the program (`node
 * --import`), its main thread is busy four fifths of the time.
 */
const BUSY_MS = 800
const EVERY_MS = 1000

setInterval(() => {
  const until = performance.now() + BUSY_MS
  while (performance.now() < until);
}, EVERY_MS).unref()

export {}
