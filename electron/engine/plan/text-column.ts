/**
 * Many short texts as bytes outside the garbage collector's heap: a million keys as strings cost twice their bytes, and
 * scattered among short-lived strings they keep several times that from being given back.
 */

const CHUNK_BYTES = 1024 ** 2
/** A UTF-16 unit takes three bytes of UTF-8 at most. */
const MOST_BYTES_PER_UNIT = 3

export function createTextColumn() {
  const chunks: Buffer[] = []
  let filled = CHUNK_BYTES
  let length = 0
  /** Chunk, first byte in it and number of bytes of each text. */
  let places = new Uint32Array(3 * 1024)

  function write(index: number, text: string): void {
    const most = text.length * MOST_BYTES_PER_UNIT
    let chunk = chunks.at(-1)
    if (!chunk || filled + most > chunk.length) {
      chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, most))
      chunks.push(chunk)
      filled = 0
    }
    const bytes = chunk.write(text, filled)
    places[3 * index] = chunks.length - 1
    places[3 * index + 1] = filled
    places[3 * index + 2] = bytes
    filled += bytes
  }

  return {
    get length() {
      return length
    },
    add(text: string): void {
      if (3 * length === places.length) {
        const longer = new Uint32Array(2 * places.length)
        longer.set(places)
        places = longer
      }
      write(length++, text)
    },
    at(index: number): string {
      const [chunk, start, bytes] = [places[3 * index], places[3 * index + 1], places[3 * index + 2]] as Triple
      return (chunks[chunk] as Buffer).toString('utf8', start, start + bytes)
    },
    /** The old text stays where it is, unused: replacing is rare. */
    replace: write,
  }
}

type Triple = [chunk: number, start: number, bytes: number]
