/**
 * 64-bit fingerprints of text in typed arrays: a set of a million keys in tens of megabytes instead of hundreds.
 *
 * The hash is murmur3's mixing in two lanes, seeded by chance on every run, so that nobody can prepare keys that meet.
 * A table of n entries mistakes a stranger for a member with probability n / 2^64.
 */
import type { Random } from '../engine-ports.ts'

export type Fingerprint = { high: number; low: number }

/** Returns a function that fingerprints text. The returned value is reused: read it before the next call. */
export function createFingerprinter(random: Random): (text: string) => Fingerprint {
  const seedHigh = Math.floor(random() * 0x1_0000_0000)
  const seedLow = Math.floor(random() * 0x1_0000_0000)
  const result: Fingerprint = { high: 0, low: 0 }
  return (text) => {
    let high = seedHigh
    let low = seedLow
    const length = text.length
    for (let index = 0; index < length; index += 2) {
      // Past the end charCodeAt is NaN, which | turns into 0; the length goes in below.
      const unit = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16)
      let mixed = Math.imul(unit, 0x239b961b)
      mixed = (mixed << 15) | (mixed >>> 17)
      high ^= Math.imul(mixed, 0xab0e9789)
      high = (((high << 19) | (high >>> 13)) + low) | 0
      high = (Math.imul(high, 5) + 0x561ccd1b) | 0
      mixed = Math.imul(unit, 0x38b34ae5)
      mixed = (mixed << 16) | (mixed >>> 16)
      low ^= Math.imul(mixed, 0xa1e38b93)
      low = (((low << 17) | (low >>> 15)) + high) | 0
      low = (Math.imul(low, 5) + 0x0bcaa747) | 0
    }
    high = finish(high ^ length)
    low = finish((low ^ length) + high)
    result.high = (high + low) >>> 0
    result.low = low >>> 0
    return result
  }
}

function finish(value: number): number {
  let mixed = value
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

/** 64-bit key -> 64-bit value. A value of zero in both halves stands for "absent" and cannot be stored. */
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

const WORDS = 4

export function createFingerprintTable(expected = 1024): FingerprintTable {
  let capacity = 1024
  while (capacity * 0.7 < expected) capacity *= 2
  let words = new Uint32Array(capacity * WORDS)
  /** A removed entry keeps its key with a value of zero: probing must not stop there, so `taken` has its own bit. */
  let taken = new Uint8Array(capacity)
  let used = 0
  let size = 0

  const slotFor = (high: number, low: number): number => {
    let slot = low & (capacity - 1)
    while (taken[slot] === 1 && (words[slot * WORDS] !== high || words[slot * WORDS + 1] !== low)) {
      slot = (slot + 1) & (capacity - 1)
    }
    return slot
  }

  const grow = () => {
    const oldWords = words
    const oldTaken = taken
    if (size > capacity * 0.35) capacity *= 2
    words = new Uint32Array(capacity * WORDS)
    taken = new Uint8Array(capacity)
    used = 0
    for (let slot = 0; slot < oldTaken.length; slot++) {
      const from = slot * WORDS
      if (oldTaken[slot] === 0 || ((oldWords[from + 2] ?? 0) | (oldWords[from + 3] ?? 0)) === 0) continue
      const to = slotFor(oldWords[from] ?? 0, oldWords[from + 1] ?? 0)
      words.set(oldWords.subarray(from, from + WORDS), to * WORDS)
      taken[to] = 1
      used++
    }
  }

  const isEmpty = (slot: number) => ((words[slot * WORDS + 2] ?? 0) | (words[slot * WORDS + 3] ?? 0)) === 0

  return {
    get size() {
      return size
    },
    find(high, low) {
      const slot = slotFor(high >>> 0, low >>> 0)
      return taken[slot] === 1 && !isEmpty(slot) ? slot : -1
    },
    valueHigh: (slot) => words[slot * WORDS + 2] ?? 0,
    valueLow: (slot) => words[slot * WORDS + 3] ?? 0,
    set(high, low, valueHigh, valueLow) {
      if ((valueHigh | valueLow) >>> 0 === 0) throw new Error('a value of zero means absent')
      if (used >= capacity * 0.7) grow()
      const slot = slotFor(high >>> 0, low >>> 0)
      if (taken[slot] === 0) used++
      if (taken[slot] === 0 || isEmpty(slot)) size++
      taken[slot] = 1
      words[slot * WORDS] = high
      words[slot * WORDS + 1] = low
      words[slot * WORDS + 2] = valueHigh
      words[slot * WORDS + 3] = valueLow
    },
    remove(high, low) {
      const slot = slotFor(high >>> 0, low >>> 0)
      if (taken[slot] === 0 || isEmpty(slot)) return
      words[slot * WORDS + 2] = 0
      words[slot * WORDS + 3] = 0
      size--
    },
  }
}
