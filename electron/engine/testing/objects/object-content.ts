/** Bytes of a generated object, from (seed, key, version, offset). Fast enough to never be the bottleneck. */
import { createCipheriv, createHash } from 'node:crypto'

const BLOCK_BYTES = 1024 * 1024
const PAGE_BYTES = 4096
const STAMP_BYTES = 16

export type ContentMaker = {
  /** Writes bytes [start, start + length) of the object to the front of `target`. */
  fill(identity: string, target: Buffer, start: number, length: number): void
  /** The same bytes in a buffer of their own. */
  read(identity: string, start: number, end: number): Buffer
  /** Digest of a whole object, hex. */
  digest(identity: string, size: number, algorithm: 'md5' | 'sha256'): string
}

export function createContentMaker(seed: number): ContentMaker {
  const key = createHash('md5').update(`longhaul ${seed}`).digest()
  const noise = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(BLOCK_BYTES))
  const block = Buffer.concat([noise, noise])
  const identities = new Map<string, { turn: number; stamp: Buffer }>()

  function lookUp(identity: string) {
    const known = identities.get(identity)
    if (known) return known
    const hash = createHash('md5').update(`${seed} ${identity}`).digest()
    const fresh = { turn: hash.readUInt32LE(8) % BLOCK_BYTES, stamp: hash.subarray(0, 8) }
    if (identities.size > 100_000) identities.clear()
    identities.set(identity, fresh)
    return fresh
  }

  function fill(identity: string, target: Buffer, start: number, length: number): void {
    const { turn, stamp } = lookUp(identity)
    for (let done = 0; done < length; ) {
      const from = (start + done + turn) % BLOCK_BYTES
      const count = Math.min(BLOCK_BYTES, length - done)
      block.copy(target, done, from, from + count)
      done += count
    }
    const page = Buffer.allocUnsafe(STAMP_BYTES)
    for (let number = Math.floor(start / PAGE_BYTES); number * PAGE_BYTES < start + length; number++) {
      stamp.copy(page, 0)
      page.writeDoubleLE(number, 8)
      const at = number * PAGE_BYTES - start
      const skip = Math.max(0, -at)
      const end = Math.min(STAMP_BYTES, length - at)
      if (skip < end) page.copy(target, at + skip, skip, end)
    }
  }

  return {
    fill,
    read(identity, start, end) {
      const bytes = Buffer.allocUnsafe(end - start)
      fill(identity, bytes, start, end - start)
      return bytes
    },
    digest(identity, size, algorithm) {
      const hash = createHash(algorithm)
      const chunk = Buffer.allocUnsafe(BLOCK_BYTES)
      for (let at = 0; at < size; at += BLOCK_BYTES) {
        const length = Math.min(BLOCK_BYTES, size - at)
        fill(identity, chunk, at, length)
        hash.update(chunk.subarray(0, length))
      }
      return hash.digest('hex')
    },
  }
}
