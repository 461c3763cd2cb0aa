/**
 * What earlier runs have achieved, folded out of the journal. A finished object costs 17 bytes a slot (about 35 MB for
 * 1,000,000), only objects in progress are kept as objects.
 */
import type { Random } from '../engine-ports.ts'
import { mergeSpans, type Span } from './byte-spans.ts'
import { createFingerprinter, createFingerprintTable } from './fingerprint.ts'
import type { ProgressRecord } from './journal-record.ts'

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
  /** An object that was begun and neither finished nor changed. */
  progressOf(key: string): ObjectProgress | undefined
  inProgress(): Iterable<[key: string, progress: ObjectProgress]>
}

export type JournalModel = JournalReplay & {
  /** `trusted` false: only what takes claims away counts. */
  apply(record: ProgressRecord, trusted: boolean): void
  /** Whether leaving this record out of the journal would change the replay. */
  isLive(record: ProgressRecord): boolean
}

export function createJournalModel(random: Random): JournalModel {
  const fingerprint = createFingerprinter(random)
  const landed = createFingerprintTable()
  const progress = new Map<string, ObjectProgress>()

  const forgetLanded = (key: string) => {
    const { high, low } = fingerprint(key)
    landed.remove(high, low)
  }
  const isLanded = (object: { key: string; etag: string; size: number }): boolean => {
    const { high, low } = fingerprint(object.key)
    const slot = landed.find(high, low)
    if (slot < 0) return false
    const version = fingerprint(versionOf(object))
    return landed.valueHigh(slot) === (version.high | 1) >>> 0 && landed.valueLow(slot) === version.low
  }
  const hasLanded = (key: string): boolean => {
    const { high, low } = fingerprint(key)
    return landed.find(high, low) >= 0
  }
  const setLanded = (object: { key: string; etag: string; size: number }) => {
    const version = fingerprint(versionOf(object))
    const valueHigh = (version.high | 1) >>> 0
    const valueLow = version.low
    const { high, low } = fingerprint(object.key)
    landed.set(high, low, valueHigh, valueLow)
  }

  return {
    get landedCount() {
      return landed.size
    },
    isLanded,
    progressOf: (key) => progress.get(key),
    inProgress: () => progress.entries(),
    apply(record, trusted) {
      switch (record.kind) {
        case 'landed':
          if (progress.size > 0) progress.delete(record.key)
          // Untrusted, it still says that an older version is no longer what lies there.
          if (trusted) setLanded(record)
          else if (!isLanded(record)) forgetLanded(record.key)
          return
        case 'pinned': {
          // Fetched once more, so somebody knows that it is not there.
          forgetLanded(record.key)
          const known = progress.get(record.key)
          const { etag, size, lastModified, path } = record
          if (known && known.etag === etag && known.size === size && known.path === path) return
          progress.delete(record.key)
          if (trusted) progress.set(record.key, { etag, size, lastModified, path, spans: [] })
          return
        }
        case 'ranges': {
          const known = progress.get(record.key)
          if (!known) return
          if (known.etag !== record.etag) progress.delete(record.key)
          else if (trusted) known.spans = within(mergeSpans([...known.spans, ...record.spans]), known.size)
          return
        }
        case 'restarted':
          progress.delete(record.key)
          forgetLanded(record.key)
          return
        case 'doubt':
          for (const known of progress.values()) known.spans = []
          return
      }
    },
    isLive(record) {
      if (record.kind === 'doubt') return progress.size > 0
      // All or nothing for a key in progress: a record may undo an earlier one.
      if (progress.has(record.key)) return true
      if (record.kind === 'landed') return isLanded(record)
      // What was landed, doubted and landed again must stay doubted for whoever trusts only the first landing.
      return (record.kind === 'pinned' || record.kind === 'restarted') && hasLanded(record.key)
    },
  }
}

const versionOf = (object: { etag: string; size: number }): string => `${object.etag}\n${object.size}`

function within(spans: Span[], size: number): Span[] {
  if ((spans.at(-1)?.[1] ?? 0) <= size) return spans
  return spans.filter(([start]) => start < size).map(([start, end]) => [start, Math.min(end, size)] as const)
}
