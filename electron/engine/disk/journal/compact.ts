/**
 * Rewrites a journal without what is dead or damaged. The new file is complete and flushed before it takes the old
 * one's name: killed at any moment, one of the two is there whole. A damaged original is kept as `journal.damaged-N`.
 *
 * Sessions stay, and in them the order of records and which of them are covered by a checkpoint; only records are left
 * out. So what may be believed of the rest does not change. Sessions of other sources are copied as they are.
 */
import { constants } from 'node:fs'
import { copyFile, type FileHandle, link, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from '../disk-error.ts'
import { freeNameBeside, renameDurably, writeFully } from '../durable-files.ts'
import {
  decodeRecord,
  encodeLines,
  isSameSource,
  type JournalIdentity,
  type ProgressRecord,
  recordText,
  seedOf,
} from './record.ts'
import type { JournalModel } from './replay.ts'
import { scanJournal } from './scan.ts'

/** So many lines are written at once. */
const BATCH_LINES = 10_000

/** Closes `old`. Returns the new size in bytes, and the name under which a damaged original was kept. */
export async function compactJournal(
  old: FileHandle,
  path: string,
  { identity, bootId }: { identity: JournalIdentity; bootId: string },
  model: JournalModel,
  keepOld: boolean,
): Promise<{ size: number; setAside?: string }> {
  const replacement = `${path}.new`
  const file = await open(replacement, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL, 0o666)
  try {
    const writer = createLineWriter(file)
    await copyLiveRecords(old, writer, { identity, bootId }, model)
    const size = await writer.finish()
    await file.datasync()
    // Windows moves no file that is open, and none onto a file that is open.
    await file.close()
    await old.close()
    const setAside = keepOld ? await setAsideCopy(path) : undefined
    await renameDurably(replacement, path, dirname(path))
    return setAside ? { size, setAside } : { size }
  } catch (error) {
    await file.close().catch(() => {})
    throw error
  }
}

async function copyLiveRecords(
  old: FileHandle,
  writer: LineWriter,
  { identity, bootId }: { identity: JournalIdentity; bootId: string },
  model: JournalModel,
): Promise<void> {
  let isInSession = false
  let isOurs = false
  let mark = 0
  await scanJournal<ProgressRecord>(old, bootId, {
    decode: decodeRecord,
    session(session) {
      isInSession = true
      isOurs = isSameSource(session, identity)
      writer.startSession(seedOf(session.id))
      writer.add(recordText(session))
    },
    records(records, { covered }) {
      const kept = records.filter((record) => !isOurs || model.isLive(record))
      if (kept.length === 0) return
      for (const record of kept) writer.add(recordText(record))
      if (!covered) return
      mark++
      writer.add(recordText({ kind: 'mark', mark }))
      writer.add(recordText({ kind: 'checkpoint', mark }))
    },
    damage() {
      // Before the first session there is nothing to doubt.
      if (isInSession) writer.add(recordText({ kind: 'doubt' }))
    },
  })
}

type LineWriter = ReturnType<typeof createLineWriter>

/** Writes lines in batches, one behind the other, while the next are being collected. */
function createLineWriter(file: FileHandle) {
  let texts: string[] = []
  let seed = 0
  let size = 0
  let written = Promise.resolve()

  function writeOut(): void {
    if (texts.length === 0) return
    const bytes = encodeLines(texts, seed)
    const position = size
    texts = []
    size += bytes.length
    written = written.then(() => writeFully(file, bytes, position))
    // The error reaches the caller that awaits the last write.
    written.catch(() => {})
  }

  return {
    /** Each session's lines are sealed with a seed of its own. */
    startSession(itsSeed: number): void {
      writeOut()
      seed = itsSeed
    },
    add(text: string): void {
      texts.push(text)
      if (texts.length >= BATCH_LINES) writeOut()
    },
    /** Resolves with the size of all when all is written. */
    async finish(): Promise<number> {
      writeOut()
      await written
      return size
    },
  }
}

/** A second name for the old file: at no moment is there no journal. Caller: the file is closed. */
async function setAsideCopy(path: string): Promise<string> {
  const name = await freeNameBeside(path)
  try {
    await link(path, name)
  } catch (error) {
    // FAT and some network drives have no links.
    if (codeOf(error) === 'EEXIST') throw error
    await copyFile(path, name, constants.COPYFILE_EXCL)
  }
  return name
}
