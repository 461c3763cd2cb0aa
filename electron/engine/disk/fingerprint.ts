/**
 * 64-bit fingerprints of text in typed arrays: a set of a million keys in tens of megabytes instead of hundreds.
 *
 * The hash is murmur3's mixing in two lanes, seeded by chance on every run, so that nobody can prepare keys that meet.
 * A table of n entries mistakes a stranger for a member with probability n / 2^64.
 */
import type { Random } from '../engine-ports.ts'

export type Fingerprint = { high: number; low: number }

/** The returned value is reused: read it before the next call. */
export type Fingerprinter = {
  ofText(text: string): Fingerprint
  /** The bytes must be ASCII; the same as of their text, without making one. */
  ofAscii(bytes: Buffer, start: number, end: number): Fingerprint
}

export function createFingerprinter(random: Random): Fingerprinter {
  const seedHigh = Math.floor(random() * 0x1_0000_0000)
  const seedLow = Math.floor(random() * 0x1_0000_0000)
  const result: Fingerprint = { high: 0, low: 0 }
  const conclude = (mixedHigh: number, mixedLow: number, length: number) => {
    const high = finish(mixedHigh ^ length)
    const low = finish((mixedLow ^ length) + high)
    result.high = (high + low) >>> 0
    // Never zero in both halves: see FingerprintTable.
    result.low = result.high === 0 && low === 0 ? 1 : low >>> 0
    return result
  }
  return {
    ofText(text) {
      let high = seedHigh
      let low = seedLow
      const length = text.length
      for (let index = 0; index < length; index += 2) {
        // Past the end charCodeAt is NaN, which | turns into 0; the length goes in below.
        const unit = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
        high = mixHigh(high, low, unit)
        low = mixLow(high, low, unit)
      }
      return conclude(high, low, length)
    },
    ofAscii(bytes, start, end) {
      let high = seedHigh
      let low = seedLow
      const lastPair = end - 1
      let index = start
      for (; index < lastPair; index += 2) {
        const unit = (bytes[index] as number) | ((bytes[index + 1] as number) << 16)
        high = mixHigh(high, low, unit)
        low = mixLow(high, low, unit)
      }
      if (index < end) {
        const unit = bytes[index] as number
        high = mixHigh(high, low, unit)
        low = mixLow(high, low, unit)
      }
      return conclude(high, low, end - start)
    },
  }
}

function mixHigh(high: number, low: number, unit: number): number {
  let mixed = Math.imul(unit, 0x239b961b)
  mixed = (mixed << 15) | (mixed >>> 17)
  const next = high ^ Math.imul(mixed, 0xab0e9789)
  return (Math.imul((((next << 19) | (next >>> 13)) + low) | 0, 5) + 0x561ccd1b) | 0
}

function mixLow(high: number, low: number, unit: number): number {
  let mixed = Math.imul(unit, 0x38b34ae5)
  mixed = (mixed << 16) | (mixed >>> 16)
  const next = low ^ Math.imul(mixed, 0xa1e38b93)
  return (Math.imul((((next << 17) | (next >>> 15)) + high) | 0, 5) + 0x0bcaa747) | 0
}

function finish(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/**
 * 64-bit key -> 64-bit value. Zero in both halves, of a key or of a value, stands for "absent" and cannot be stored.
 */
export type FingerprintTable = {
  readonly size: number
  /** Slot of the key, or -1. Valid until the next `set`. */
  find(keyHigh: number, keyLow: number): number
  valueHigh(slot: number): number
  valueLow(slot: number): number
  set(keyHigh: number, keyLow: number, valueHigh: number, valueLow: number): void
  /** Forgets the value; the slot stays taken until the table grows. */
  remove(keyHigh: number, keyLow: number): void
}

/** Of a slot: key high, key low, value high, value low, side by side in one line of the processor's cache. */
const WORDS = 4
/** The share of slots that may be taken. */
const FULL = 0.7

/** `expected` entries find room without growing, which takes time and, for a while, half as much memory again. */
export function createFingerprintTable(expected = 0): FingerprintTable {
  let capacity = 1024
  while (capacity * FULL < expected) capacity *= 2
  let words = new Uint32Array(capacity * WORDS)
  let used = 0
  let size = 0

  /** A removed entry keeps its key with a value of zero: probing must not stop there. */
  const isTaken = (slot: number) => ((words[slot * WORDS] as number) | (words[slot * WORDS + 1] as number)) !== 0
  const isEmpty = (slot: number) => ((words[slot * WORDS + 2] as number) | (words[slot * WORDS + 3] as number)) === 0

  const slotFor = (high: number, low: number): number => {
    let slot = low & (capacity - 1)
    while ((words[slot * WORDS] !== high || words[slot * WORDS + 1] !== low) && isTaken(slot)) {
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }

  const write = (slot: number, keyHigh: number, keyLow: number, valueHigh: number, valueLow: number) => {
    const at = slot * WORDS
    words[at] = keyHigh
    words[at + 1] = keyLow
    words[at + 2] = valueHigh
    words[at + 3] = valueLow
  }

  const grow = () => {
    const old = words
    if (size > capacity * (FULL / 2)) capacity *= 2
    words = new Uint32Array(capacity * WORDS)
    used = 0
    for (let at = 0; at < old.length; at += WORDS) {
      const valueHigh = old[at + 2] as number
      const valueLow = old[at + 3] as number
      if ((valueHigh | valueLow) === 0) continue
      const keyHigh = old[at] as number
      const keyLow = old[at + 1] as number
      write(slotFor(keyHigh, keyLow), keyHigh, keyLow, valueHigh, valueLow)
      used++
    }
  }

  return {
    get size() {
      return size
    },
    find(high, low) {
      const slot = slotFor(high >>> 0, low >>> 0)
      return isEmpty(slot) ? -1 : slot
    },
    valueHigh: (slot) => words[slot * WORDS + 2] ?? 0,
    valueLow: (slot) => words[slot * WORDS + 3] ?? 0,
    set(high, low, valueHigh, valueLow) {
      if ((valueHigh | valueLow) >>> 0 === 0) throw new Error('a value of zero means absent')
      if ((high | low) >>> 0 === 0) throw new Error('a key of zero means absent')
      if (used >= capacity * FULL) grow()
      const slot = slotFor(high >>> 0, low >>> 0)
      if (!isTaken(slot)) used++
      if (isEmpty(slot)) size++
      write(slot, high, low, valueHigh, valueLow)
    },
    remove(high, low) {
      const slot = slotFor(high >>> 0, low >>> 0)
      if (isEmpty(slot)) return
      words[slot * WORDS + 2] = 0
      words[slot * WORDS + 3] = 0
      size--
    },
  }
}
