/** A journal in a folder of its own for each test, and records to write into it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import type { Clock } from '../../../engine-ports.ts'
import { type Journal, openJournal } from '../journal.ts'
import type { ProgressRecord } from '../record.ts'

export const BOOT = '11111111-1111-1111-1111-111111111111'
export const AFTER_POWER_CUT = '22222222-2222-2222-2222-222222222222'
export const IDENTITY = { bucket: 'era5', endpoint: 'https://s3.example', prefix: 'e5.oper.an.pl/202510/' }
const clock: Clock = { now: () => 1_760_000_000_000, monotonic: () => 0, after: () => () => {} }

export const landed = (key: string, etag = 'e1', size = 10): ProgressRecord => ({ kind: 'landed', key, etag, size })
export const pinned = (key: string, etag = 'e1', size = 100): ProgressRecord => ({
  kind: 'pinned',
  key,
  etag,
  size,
  lastModified: 0,
  path: key,
})
export const ranges = (key: string, spans: [number, number][], etag = 'e1'): ProgressRecord => ({
  kind: 'ranges',
  key,
  etag,
  spans,
})
export const restarted = (key: string): ProgressRecord => ({ kind: 'restarted', key })

/** Makes the folder before each test of the file, and removes it after. */
export function prepareJournal() {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'longhaul-journal-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  return { folder: () => folder, file: () => join(folder, 'journal'), options, open, session, checkpoint, claims }

  function options(bootId = BOOT, identity = IDENTITY) {
    return { folder, identity, bootId, clock, random: Math.random }
  }

  async function open(bootId = BOOT, identity = IDENTITY): Promise<Journal> {
    const opened = await openJournal(options(bootId, identity))
    if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
    return opened.value
  }

  /** One run: opens, works, closes. */
  async function session(work: (journal: Journal) => unknown, bootId = BOOT, identity = IDENTITY) {
    const journal = await open(bootId, identity)
    await work(journal)
    await journal.close()
  }

  async function checkpoint(journal: Journal) {
    expect(await journal.checkpoint(journal.mark())).toEqual({ ok: true, value: undefined })
  }

  /** What the next run reads. */
  async function claims(bootId = BOOT, identity = IDENTITY) {
    const journal = await open(bootId, identity)
    await journal.close()
    return journal
  }
}
