/**
 * Reads a journal from front to back in bounded memory and says of each record whether it may be believed.
 *
 * - A record is *covered* when a later checkpoint of its own session names a mark that comes after it.
 * - A record is *trusted* when it is covered, or when the machine has not been started anew since (docs/decisions/0002).
 * - Damaged lines are told where they stand. What follows the last valid line is the torn tail.
 *
 * Records are handed out in their order in the file, once their coverage is known.
 */
import type { FileHandle } from 'node:fs/promises'
import { isSameBoot } from './boot-id.ts'
import {
  decodeRecord,
  JOURNAL_SCHEMA,
  type JournalRecord,
  type ProgressRecord,
  type SessionRecord,
  seedOf,
} from './journal-record.ts'

type Fate = { covered: boolean; trusted: boolean }

export type JournalVisitor = {
  session(session: SessionRecord): void
  /** Records of the running session that share one fate, in order. */
  records(records: ProgressRecord[], fate: Fate): void
  /** Lines are missing here, of any session, and they may have mattered. */
  damage(): void
}

export type ScanResult = {
  /** Bytes up to the end of the last valid line. */
  validBytes: number
  totalBytes: number
  /** Whole lines that are not valid. Half a line at the end is no damage: an interrupted write leaves it. */
  damagedLines: number
  /** Sessions written by a newer program, whose records cannot be read. */
  foreignSchemas: number
  records: number
}

/** Small enough not to hold up the window: some 10 ms of work each. */
const CHUNK_BYTES = 1024 * 1024
/** Longer than any record can be: keys have 1,024 bytes, spans are cut into several records. */
const MAX_LINE_BYTES = 256 * 1024

/** Throws what the file system throws. The file stays open. */
export async function scanJournal(
  file: FileHandle,
  currentBootId: string,
  visitor: JournalVisitor,
): Promise<ScanResult> {
  const result: ScanResult = {
    validBytes: 0,
    totalBytes: 0,
    damagedLines: 0,
    foreignSchemas: 0,
    records: 0,
  }
  const coverage = createCoverage(visitor)
  let session: { id: string; seed: number; sameBoot: boolean } | undefined

  const take = (record: JournalRecord) => {
    if (record.kind === 'session') {
      if (record.id === session?.id) return
      coverage.endSession(session?.sameBoot ?? false)
      session = undefined
      if (record.schema !== JOURNAL_SCHEMA) {
        result.foreignSchemas++
        return
      }
      session = { id: record.id, seed: seedOf(record.id), sameBoot: isSameBoot(record.bootId, currentBootId) }
      visitor.session(record)
    } else if (record.kind === 'mark') coverage.mark(record.mark)
    else if (record.kind === 'checkpoint') coverage.checkpoint(record.mark)
    else {
      result.records++
      coverage.add(record)
    }
  }

  const noteDamage = () => {
    result.damagedLines++
    coverage.addDamage()
  }
  result.totalBytes = await forEachLine(file, {
    line(bytes, start, end, offset) {
      if (start === end) return
      const record = decodeRecord(bytes, start, end, session?.seed)
      if (!record) return noteDamage()
      result.validBytes = offset + end + 1
      take(record)
    },
    overlong: noteDamage,
  })
  coverage.endSession(session?.sameBoot ?? false)
  return result
}

/** Holds records back until it is known whether a checkpoint covers them. */
function createCoverage(visitor: JournalVisitor) {
  type Group = { mark: number; entries: (ProgressRecord | 'damage')[] }
  let marked: Group[] = []
  let current: Group['entries'] = []

  const deliver = (entries: Group['entries'], fate: Fate) => {
    let records: ProgressRecord[] = []
    for (const entry of entries) {
      if (entry !== 'damage') {
        records.push(entry)
        continue
      }
      if (records.length > 0) visitor.records(records, fate)
      records = []
      visitor.damage()
    }
    if (records.length > 0) visitor.records(records, fate)
  }

  return {
    add: (record: ProgressRecord) => current.push(record),
    addDamage() {
      if (current.at(-1) !== 'damage') current.push('damage')
    },
    mark(mark: number) {
      marked.push({ mark, entries: current })
      current = []
    },
    checkpoint(mark: number) {
      const covered = marked.findIndex((group) => group.mark === mark) + 1
      for (const group of marked.splice(0, covered)) deliver(group.entries, { covered: true, trusted: true })
    },
    endSession(sameBoot: boolean) {
      for (const group of marked) deliver(group.entries, { covered: false, trusted: sameBoot })
      deliver(current, { covered: false, trusted: sameBoot })
      marked = []
      current = []
    },
  }
}

type LineVisitor = {
  /** `start` and `end` within `bytes`; `offset` is where `bytes` begins in the file. */
  line(bytes: Buffer, start: number, end: number, offset: number): void
  /** In place of a line that is too long to be one. */
  overlong(): void
}

/** Returns the size of the file. A last line without newline is not told. */
async function forEachLine(file: FileHandle, visitor: LineVisitor): Promise<number> {
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES + MAX_LINE_BYTES)
  let offset = 0
  let filled = 0
  let skipping = false
  for (;;) {
    const { bytesRead } = await file.read(
      buffer,
      filled,
      Math.min(CHUNK_BYTES, buffer.length - filled),
      offset + filled,
    )
    if (bytesRead === 0) break
    const searchFrom = filled
    filled += bytesRead
    let start = 0
    let newline = buffer.subarray(0, filled).indexOf(0x0a, searchFrom)
    while (newline >= 0) {
      if (!skipping) visitor.line(buffer, start, newline, offset)
      skipping = false
      start = newline + 1
      newline = buffer.subarray(0, filled).indexOf(0x0a, start)
    }
    // A line without end is no line of ours: let go of it.
    if (filled - start > MAX_LINE_BYTES) {
      if (!skipping) visitor.overlong()
      skipping = true
      start = filled
    }
    buffer.copyWithin(0, start, filled)
    filled -= start
    offset += start
  }
  return offset + filled
}
