/**
 * DEST/.longhaul/journal: what has been achieved, so that the next run need not fetch it again.
 *
 * Records are written soon after the bytes they record (pace.ts), without flushing, so the death of the
 * process loses next to nothing: the page cache outlives it. What may be believed after the death of the machine is
 * decided by checkpoints. The caller makes one in three steps, every `journalFlushSeconds`:
 *
 *   const mark = journal.mark()              // all records so far
 *   await flush every file touched so far
 *   await journal.checkpoint(mark)           // they stand on flushed data now
 *
 * Why it is built so: docs/decisions/0002-journal-trust.md. Opening it never fails for what it holds, only for what
 * the disk refuses.
 */
import { constants } from 'node:fs'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { failed, type Outcome, success } from '../../../../shared/failure.ts'
import type { Clock, Random } from '../../engine-ports.ts'
import { codeOf, mapDiskError } from '../disk-error.ts'
import { writeFully } from '../durable-files.ts'
import { createWaitingLines } from '../waiting-lines.ts'
import { compactJournal } from './compact.ts'
import {
  type ControlRecord,
  encodeLines,
  isSameSource,
  JOURNAL_SCHEMA,
  type JournalIdentity,
  type ProgressRecord,
  type RangesRecord,
  recordText,
  type SessionRecord,
  seedOf,
  sharesFiles,
} from './record.ts'
import { createJournalModel, type JournalModel, type JournalReplay } from './replay.ts'
import { type ScanResult, scanJournal } from './scan.ts'

/** What opening had to mend; the numbers of a `journal-repaired` event. */
type JournalRepair = {
  /** Half a line at the end, left by an interrupted write. */
  cutBytes: number
  damagedLines: number
  /** Records of the time after the last checkpoint before a power cut, not believed. */
  distrustedRecords: number
  /** Where the damaged file lies now, if it was set aside. */
  setAside?: string
}

export type Journal = {
  /** What earlier runs have achieved, and this one: every appended record counts at once. */
  readonly replay: JournalReplay
  /** Absent when there was nothing to mend. */
  readonly repair?: JournalRepair
  /** On disk within half a second. Failures show at the next `flush` or `checkpoint`, and nothing is lost by them. */
  append(record: ProgressRecord): void
  /** On disk, flushed, when it returns: for records that take claims back, before new bytes overwrite old ones. */
  appendDurably(record: ProgressRecord): Promise<Outcome<void>>
  /** Hands all records to the operating system. */
  flush(): Promise<Outcome<void>>
  mark(): number
  checkpoint(mark: number): Promise<Outcome<void>>
  close(): Promise<Outcome<void>>
}

export type JournalOptions = {
  /** DEST/.longhaul. Must exist and be locked by this run. */
  folder: string
  identity: JournalIdentity
  /** From boot-id.ts. */
  bootId: string
  clock: Clock
  random: Random
  /**
   * Runs before each write, when it is settled which records that one holds: for what has to be on disk before them.
   */
  beforeWrite?: () => Promise<unknown>
  /** How long a record may wait for company. */
  writeEveryMs?: number
}

const NO_FOLLOW = constants.O_NOFOLLOW ?? 0
/** Fewer dead records than this are not worth a rewrite. */
const COMPACT_FROM_DEAD_RECORDS = 20_000
/** A session line is repeated after so many records. */
const REPEAT_SESSION_RECORDS = 10_000
/** Of a `landed` record; most are somewhat shorter, and too few expected costs less than too many. */
const BYTES_PER_LINE = 128
const MAX_SPANS_PER_RECORD = 1000

export async function openJournal(options: JournalOptions): Promise<Outcome<Journal>> {
  const path = join(options.folder, 'journal')
  let file: FileHandle | undefined
  try {
    // A rewrite that was cut off: the journal itself is whole.
    await unlink(`${path}.new`).catch(ignoreMissing)
    file = await open(path, constants.O_RDWR | constants.O_CREAT | NO_FOLLOW, 0o666)
    const { model, scan, distrustedRecords, deadRecords } = await replayJournal(file, options)
    let size = scan.validBytes
    const repair: JournalRepair = { cutBytes: 0, damagedLines: scan.damagedLines, distrustedRecords }
    const isDamaged = scan.damagedLines > 0 || scan.foreignSchemas > 0
    if (isDamaged || deadRecords >= Math.max(COMPACT_FROM_DEAD_RECORDS, scan.records / 2)) {
      const compacted = await compactJournal(file, path, options, model, isDamaged)
      file = await open(path, constants.O_RDWR | NO_FOLLOW)
      size = compacted.size
      if (compacted.setAside) repair.setAside = compacted.setAside
    } else if (scan.totalBytes > scan.validBytes) {
      repair.cutBytes = scan.totalBytes - scan.validBytes
      await file.truncate(scan.validBytes)
    }
    const isMended = isDamaged || repair.cutBytes > 0 || distrustedRecords > 0
    const writer = createWriter(file, size, options, model)
    const started = await writer.flush()
    if (!started.ok) {
      await file.close()
      return started
    }
    return success({ replay: model, ...(isMended ? { repair } : {}), ...writer })
  } catch (error) {
    await file?.close().catch(() => {})
    return failed(mapDiskError(error, path))
  }
}

async function replayJournal(file: FileHandle, options: JournalOptions) {
  const { size } = await file.stat()
  const model = createJournalModel(options.random, size / BYTES_PER_LINE)
  let isOurs = false
  let isOfSameFiles = false
  let hasOthers = false
  let ours = 0
  let distrustedRecords = 0
  const doubt = () => {
    model.apply({ kind: 'doubt' }, true)
    // What is lost may have said that the other source has overwritten a file: its size and time may be the same.
    if (hasOthers) model.forgetLanded()
  }
  const scan: ScanResult = await scanJournal(file, options.bootId, {
    decode: model.decode,
    session: (session) => {
      isOurs = isSameSource(session, options.identity)
      isOfSameFiles = sharesFiles(session, options.identity)
      hasOthers ||= isOfSameFiles && !isOurs
      // Older ones were reported when they were found.
      distrustedRecords = 0
    },
    records: (records, { trusted }) => {
      if (!isOfSameFiles) return
      if (isOurs) {
        ours += records.length
        if (!trusted) distrustedRecords += records.length
      }
      for (const record of records) {
        if (record.kind === 'doubt') doubt()
        else model.apply(record, isOurs && trusted)
      }
    },
    damage: doubt,
  })
  let live = model.landedCount
  for (const [, progress] of model.inProgress()) live += 1 + progress.spans.length
  // What is dead to us may still take back what the others claim.
  return { model, scan, distrustedRecords, deadRecords: hasOthers ? 0 : ours - live }
}

function createWriter(
  file: FileHandle,
  startSize: number,
  options: JournalOptions,
  model: JournalModel,
): Omit<Journal, 'replay' | 'repair'> {
  const { clock, random, identity, bootId, writeEveryMs = 500 } = options
  const session: SessionRecord = {
    kind: 'session',
    schema: JOURNAL_SCHEMA,
    id: Math.floor(random() * 2 ** 48).toString(36),
    bootId,
    time: new Date(clock.now()).toISOString(),
    ...identity,
  }
  const seed = seedOf(session.id)
  const waiting = createWaitingLines((texts) => encodeLines(texts, seed))
  /** Bytes of whole records in the file. What a failed write left behind them is written over. */
  let size = startSize
  let marks = 0
  let recordsSinceSession = 0
  let cancelTimer: (() => void) | undefined
  let running: Promise<Outcome<void>> = Promise.resolve(success(undefined))
  let closed = false

  const enqueue = (record: ProgressRecord | ControlRecord) => {
    if (closed) throw new Error('the journal is closed')
    waiting.add(recordText(record))
  }

  const writeWaiting = async (durable: boolean): Promise<Outcome<void>> => {
    const bytes = waiting.take()
    await options.beforeWrite?.()
    try {
      if (bytes.length > 0) await writeFully(file, bytes, size)
      size += bytes.length
      if (durable) await file.datasync()
      return success(undefined)
    } catch (error) {
      // Half a record may stand there now. The next write begins at the same place.
      waiting.giveBack(bytes)
      await file.truncate(size).catch(() => {})
      return failed(mapDiskError(error, 'journal'))
    }
  }

  /** One write at a time, in order. */
  const write = (durable: boolean): Promise<Outcome<void>> => {
    cancelTimer?.()
    cancelTimer = undefined
    running = running.then(() => writeWaiting(durable))
    return running
  }

  const append = (record: ProgressRecord) => {
    if (record.kind === 'ranges') for (const part of splitSpans(record)) enqueue(part)
    else enqueue(record)
    model.apply(record, true)
    recordsSinceSession++
    cancelTimer ??= clock.after(writeEveryMs, () => {
      cancelTimer = undefined
      void write(false)
    })
  }

  const mark = () => {
    marks++
    enqueue({ kind: 'mark', mark: marks })
    return marks
  }

  enqueue(session)
  return {
    append,
    appendDurably(record) {
      // Twice, apart: one damaged line must not bring back what was taken back.
      append(record)
      mark()
      append(record)
      return write(true)
    },
    flush: () => write(false),
    mark,
    checkpoint(mark) {
      enqueue({ kind: 'checkpoint', mark })
      if (recordsSinceSession >= REPEAT_SESSION_RECORDS) {
        recordsSinceSession = 0
        enqueue(session)
      }
      return write(true)
    },
    async close() {
      if (closed) return running
      const written = await write(true)
      closed = true
      cancelTimer?.()
      await file.close().catch(() => {})
      return written
    },
  }
}

function splitSpans(record: RangesRecord): RangesRecord[] {
  if (record.spans.length <= MAX_SPANS_PER_RECORD) return [record]
  const parts: RangesRecord[] = []
  for (let from = 0; from < record.spans.length; from += MAX_SPANS_PER_RECORD) {
    parts.push({ ...record, spans: record.spans.slice(from, from + MAX_SPANS_PER_RECORD) })
  }
  return parts
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}
