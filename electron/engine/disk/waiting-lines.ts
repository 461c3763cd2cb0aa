/**
 * Lines that wait to be written to a file, as bytes. As text a line keeps the dozen pieces it was put together from, a
 * kilobyte in all: with thousands that wait for seconds, half of what the collector moved in a job of small objects.
 */

/** So many are made into bytes together, in a fraction of the time that each would take. */
const LINES_AT_ONCE = 64

/** `encode`: many lines into the bytes of the file. */
export function createWaitingLines(encode: (texts: readonly string[]) => Buffer) {
  let texts: string[] = []
  let encoded: Buffer[] = []

  function pack(): void {
    if (texts.length > 0) encoded.push(encode(texts))
    texts = []
  }

  return {
    get isEmpty() {
      return texts.length === 0 && encoded.length === 0
    },
    add(text: string): void {
      if (texts.push(text) === LINES_AT_ONCE) pack()
    },
    /** All that wait, in order; from here on they are the caller's. */
    take(): Buffer {
      pack()
      const [first = Buffer.alloc(0)] = encoded
      const all = encoded.length === 1 ? first : Buffer.concat(encoded)
      encoded = []
      return all
    },
    /** They could not be written: they wait again, before those that have come since. */
    giveBack(bytes: Buffer): void {
      encoded.unshift(bytes)
    },
  }
}
