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
import { codeOf } from './disk-error.ts'
import { freeNameBeside, renameDurably, writeFully } from './durable-files.ts'
import {
  decodeRecord,
  encodeLines,
  isSameSource,
  type JournalIdentity,
  type ProgressRecord,
  recordText,
  seedOf,
} from './journal-record.ts'
import type { JournalModel } from './journal-replay.ts'
import { scanJournal } from './journal-scan.ts'

const BATCH_LINES = 10_000

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
    /** Records of the running session. */
    let texts: string[] = []
    const written: { size: number; tail: Promise<void> } = { size: 0, tail: Promise.resolve() }
    const writeOut = () => {
      if (texts.length === 0) return
      const bytes = encodeLines(texts, seed)
      const position = written.size
      texts = []
      written.size += bytes.length
      written.tail = written.tail.then(() => writeFully(file, bytes, position))
      // Whoever awaits the last write hears of it.
      written.tail.catch(() => {})
    }
    let isOurs = false
    let seed = 0
    let mark = 0
    await scanJournal<ProgressRecord>(old, bootId, {
      decode: decodeRecord,
      session(session) {
        writeOut()
        isOurs = isSameSource(session, identity)
        seed = seedOf(session.id)
        texts.push(recordText(session))
      },
      records(records, { covered }) {
        const before = texts.length
        for (const record of records) {
          if (isOurs && !model.isLive(record)) continue
          texts.push(recordText(record))
        }
        if (texts.length === before) return
        if (covered) {
          mark++
          texts.push(recordText({ kind: 'mark', mark }), recordText({ kind: 'checkpoint', mark }))
        }
        if (texts.length >= BATCH_LINES) writeOut()
      },
      damage() {
        // Before the first session there is nothing to doubt.
        if (seed !== 0) texts.push(recordText({ kind: 'doubt' }))
      },
    })
    writeOut()
    await written.tail
    await file.datasync()
    // Windows moves no file that is open, and none onto a file that is open.
    await file.close()
    await old.close()
    const setAside = keepOld ? await setAsideCopy(path) : undefined
    await renameDurably(replacement, path, dirname(path))
    return setAside ? { size: written.size, setAside } : { size: written.size }
  } catch (error) {
    await file.close().catch(() => {})
    throw error
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
