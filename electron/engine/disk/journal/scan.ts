/**
 * Reads a journal from front to back in bounded memory and decides of each record whether it may be believed.
 *
 * - A record is *covered* when a later checkpoint of its own session names a mark that comes after it.
 * - A record is *trusted* when it is covered, or when the machine
 *   has not been started anew since (docs/decisions/0002).
 * - Damaged lines are reported with their place. What follows the last valid line is the torn tail.
 *
 * Records are handed out in their order in the file, once their coverage is known.
 */
import type { FileHandle } from 'node:fs/promises'
import { isSameBoot } from '../boot-id.ts'
import { forEachLine } from '../read-lines.ts'
import { type ControlRecord, JOURNAL_SCHEMA, type SessionRecord, seedOf } from './record.ts'
import type { ReplayedRecord } from './replay.ts'

type Fate = { covered: boolean; trusted: boolean }

/** `Told`: what `decode` makes of records of progress. */
export type JournalVisitor<Told extends ReplayedRecord> = {
  /** See `decodeRecord`. */
  decode(bytes: Buffer, start: number, end: number, seed: number | undefined): ControlRecord | Told | undefined
  session(session: SessionRecord): void
  /** Records of the running session that share one fate, in order. */
  records(records: Told[], fate: Fate): void
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

/** Throws what the file system throws. The file stays open. */
export async function scanJournal<Told extends ReplayedRecord>(
  file: FileHandle,
  currentBootId: string,
  visitor: JournalVisitor<Told>,
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

  const take = (record: ControlRecord | Told) => {
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
      const record = visitor.decode(bytes, start, end, session?.seed)
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
function createCoverage<Told extends ReplayedRecord>(visitor: JournalVisitor<Told>) {
  type Group = { mark: number; entries: (Told | 'damage')[] }
  let marked: Group[] = []
  let current: Group['entries'] = []

  const deliver = (entries: Group['entries'], fate: Fate) => {
    let records: Told[] = []
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
    add: (record: Told) => current.push(record),
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
