/**
 * What earlier runs have achieved, folded out of the journal. A finished object costs 16 bytes a slot (about 34 MB for
 * 1,000,000), only objects in progress are kept as objects.
 */
import type { Random } from '../../engine-ports.ts'
import { mergeSpans, type Span } from '../byte-spans.ts'
import { createFingerprinter, createFingerprintTable, type Fingerprint } from '../fingerprint.ts'
import { findLanded, type LandedPlaces } from './landed-line.ts'
import { bodyOf, type ControlRecord, decodeRecord, hasChecksum, type ProgressRecord } from './record.ts'

type ObjectProgress = {
  etag: string
  size: number
  lastModified: number
  /** Relative to the destination. */
  path: string
  /** Sorted, disjoint, within the size. */
  spans: Span[]
}

export type JournalReplay = {
  readonly landedCount: number
  /** These very bytes are under their final name, as far as the journal knows. */
  isLanded(object: { key: string; etag: string; size: number }): boolean
  /** An earlier run has put a file under the name of this object, of this version or of another. */
  hasLanded(key: string): boolean
  /** An object that was begun and neither finished nor changed. */
  progressOf(key: string): ObjectProgress | undefined
  inProgress(): Iterable<[key: string, progress: ObjectProgress]>
}

/** A `landed` record, as fingerprints of its key and of its version. */
export type LandedPrint = {
  kind: 'landed-print'
  keyHigh: number
  keyLow: number
  versionHigh: number
  versionLow: number
}

export type ReplayedRecord = ProgressRecord | LandedPrint

export type JournalModel = JournalReplay & {
  /** As `decodeRecord`, but of `landed` records only what `apply` needs. */
  decode(
    bytes: Buffer,
    start: number,
    end: number,
    seed: number | undefined,
  ): ControlRecord | ReplayedRecord | undefined
  /** `trusted` false: only what takes claims away counts. */
  apply(record: ReplayedRecord, trusted: boolean): void
  /** Nothing that has landed so far is believed any more. */
  forgetLanded(): void
  /** Whether leaving this record out of the journal would change the replay. */
  isLive(record: ProgressRecord): boolean
}

type Version = { etag: string; size: number /** Unix milliseconds; 0 = unknown. */; lastModified: number }

/**
 * Whether bytes of the one are bytes of the other. Where a service sends no ETag the time decides, and without
 * either nothing.
 */
export const isSameVersion = (one: Version, other: Version): boolean =>
  one.etag === other.etag &&
  one.size === other.size &&
  (one.etag !== '' || (one.lastModified > 0 && one.lastModified === other.lastModified))

/** `expected`: about how many objects have landed. */
export function createJournalModel(random: Random, expected: number): JournalModel {
  const fingerprint = createFingerprinter(random)
  let landed = createFingerprintTable(expected)
  const progress = new Map<string, ObjectProgress>()
  /** The keys in progress by fingerprint, for records of which nothing else is known. */
  const keysInProgress = new Map<number, string>()
  const places: LandedPlaces = { keyStart: 0, keyEnd: 0, etagStart: 0, etagEnd: 0, size: 0 }

  const printOf = ({ key, etag, size }: { key: string; etag: string; size: number }): LandedPrint => {
    const { high: keyHigh, low: keyLow } = fingerprint.ofText(key)
    return { kind: 'landed-print', keyHigh, keyLow, ...versionOf(fingerprint.ofText(etag), size) }
  }
  const isLanded = ({ keyHigh, keyLow, versionHigh, versionLow }: LandedPrint): boolean => {
    const slot = landed.find(keyHigh, keyLow)
    return slot >= 0 && landed.valueHigh(slot) === versionHigh && landed.valueLow(slot) === versionLow
  }
  const hasLanded = (key: string): boolean => {
    const { high, low } = fingerprint.ofText(key)
    return landed.find(high, low) >= 0
  }
  const forgetLanded = (key: string) => {
    const { high, low } = fingerprint.ofText(key)
    landed.remove(high, low)
  }
  const begin = (key: string, begun: ObjectProgress) => {
    const { high, low } = fingerprint.ofText(key)
    keysInProgress.set(shortOf(high, low), key)
    progress.set(key, begun)
  }
  const forgetProgress = (key: string) => {
    if (!progress.delete(key)) return
    const { high, low } = fingerprint.ofText(key)
    keysInProgress.delete(shortOf(high, low))
  }
  const land = (print: LandedPrint, trusted: boolean) => {
    const { keyHigh, keyLow } = print
    if (progress.size > 0) {
      const key = keysInProgress.get(shortOf(keyHigh, keyLow))
      if (key !== undefined) forgetProgress(key)
    }
    if (trusted) landed.set(keyHigh, keyLow, print.versionHigh, print.versionLow)
    // Untrusted, it still shows that an older version is no longer what lies there.
    else if (!isLanded(print)) landed.remove(keyHigh, keyLow)
  }

  return {
    get landedCount() {
      return landed.size
    },
    isLanded: (object) => isLanded(printOf(object)),
    hasLanded,
    progressOf: (key) => progress.get(key),
    inProgress: () => progress.entries(),
    decode(bytes, start, end, seed) {
      const isLandedLine = seed !== undefined && findLanded(bytes, bodyOf(start), end, places)
      if (!isLandedLine || !hasChecksum(bytes, start, end, seed)) return decodeRecord(bytes, start, end, seed)
      const { high: keyHigh, low: keyLow } = fingerprint.ofAscii(bytes, places.keyStart, places.keyEnd)
      const etag = fingerprint.ofAscii(bytes, places.etagStart, places.etagEnd)
      return { kind: 'landed-print', keyHigh, keyLow, ...versionOf(etag, places.size) }
    },
    apply(record, trusted) {
      switch (record.kind) {
        case 'landed':
          return land(printOf(record), trusted)
        case 'landed-print':
          return land(record, trusted)
        case 'pinned': {
          // Fetched once more, so its run knew that it is not there.
          forgetLanded(record.key)
          const known = progress.get(record.key)
          const { etag, size, lastModified, path } = record
          if (known && known.path === path && isSameVersion(known, record)) return
          forgetProgress(record.key)
          if (trusted) begin(record.key, { etag, size, lastModified, path, spans: [] })
          return
        }
        case 'ranges': {
          const known = progress.get(record.key)
          if (!known) return
          if (known.etag !== record.etag) forgetProgress(record.key)
          else if (trusted) known.spans = within(mergeSpans([...known.spans, ...record.spans]), known.size)
          return
        }
        case 'restarted':
          forgetProgress(record.key)
          forgetLanded(record.key)
          return
        case 'doubt':
          for (const known of progress.values()) known.spans = []
          return
      }
    },
    forgetLanded() {
      if (landed.size > 0) landed = createFingerprintTable(expected)
    },
    isLive(record) {
      // Of what another source believes, it may take back more.
      if (record.kind === 'doubt') return true
      // All or nothing for a key in progress: a record may undo an earlier one.
      if (progress.has(record.key)) return true
      if (record.kind === 'landed') return isLanded(printOf(record))
      // What was landed, doubted and landed again must stay doubted where only the first landing is trusted.
      return (record.kind === 'pinned' || record.kind === 'restarted') && hasLanded(record.key)
    },
  }
}

/** Of one ETag every size has its own, up to 2 ** 53. */
function versionOf({ high, low }: Fingerprint, size: number): { versionHigh: number; versionLow: number } {
  const sizeHigh = Math.floor(size / 0x1_0000_0000)
  // Odd, so that it is never taken for "absent".
  return { versionHigh: ((high + 2 * sizeHigh) | 1) >>> 0, versionLow: (low + size) >>> 0 }
}

/** 53 bits of 64. Should two keys share them, an unfinished file of one is fetched anew. */
const shortOf = (high: number, low: number): number => high * 2 ** 21 + (low >>> 11)

function within(spans: Span[], size: number): Span[] {
  if ((spans.at(-1)?.[1] ?? 0) <= size) return spans
  return spans.filter(([start]) => start < size).map(([start, end]) => [start, Math.min(end, size)] as const)
}
