/** What is believed of a journal after a power cut, and of one that is damaged. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openJournal } from './journal.ts'
import { encodeLines, recordText, seedOf } from './record.ts'
import {
  AFTER_POWER_CUT,
  BOOT,
  IDENTITY,
  landed,
  pinned,
  prepareJournal,
  ranges,
  restarted,
} from './testing/scratch-journal.ts'

const { folder, file, options, session, checkpoint, claims } = prepareJournal()

describe('after a power cut', () => {
  test('only records before the last checkpoint count', async () => {
    await session(async (journal) => {
      journal.append(landed('flushed'))
      journal.append(pinned('big'))
      journal.append(ranges('big', [[0, 10]]))
      await checkpoint(journal)
      journal.append(landed('not flushed'))
      journal.append(ranges('big', [[10, 20]]))
    })
    const { replay, repair } = await claims(AFTER_POWER_CUT)
    expect(replay.isLanded({ key: 'flushed', etag: 'e1', size: 10 })).toBe(true)
    expect(replay.isLanded({ key: 'not flushed', etag: 'e1', size: 10 })).toBe(false)
    expect(replay.progressOf('big')?.spans).toEqual([[0, 10]])
    expect(repair).toMatchObject({ distrustedRecords: 2, damagedLines: 0 })
  })

  test('what was written while the files were being flushed does not count', async () => {
    await session(async (journal) => {
      journal.append(landed('before'))
      const mark = journal.mark()
      journal.append(landed('during'))
      await journal.checkpoint(mark)
    })
    const { replay } = await claims(AFTER_POWER_CUT)
    expect(replay.isLanded({ key: 'before', etag: 'e1', size: 10 })).toBe(true)
    expect(replay.isLanded({ key: 'during', etag: 'e1', size: 10 })).toBe(false)
  })

  test('a checkpoint speaks for its own run only', async () => {
    await session((journal) => journal.append(landed('first run')))
    await session(async (journal) => {
      journal.append(landed('second run'))
      await checkpoint(journal)
    })
    expect((await claims()).replay.landedCount).toBe(2)
    const { replay } = await claims(AFTER_POWER_CUT)
    expect(replay.isLanded({ key: 'first run', etag: 'e1', size: 10 })).toBe(false)
    expect(replay.isLanded({ key: 'second run', etag: 'e1', size: 10 })).toBe(true)
  })

  test('what takes claims back counts all the same', async () => {
    await session(async (journal) => {
      journal.append(landed('a'))
      journal.append(pinned('b'))
      journal.append(ranges('b', [[0, 10]]))
      await checkpoint(journal)
      await journal.appendDurably(restarted('a'))
      journal.append(pinned('b', 'e2'))
    })
    const { replay } = await claims(AFTER_POWER_CUT)
    expect(replay.isLanded({ key: 'a', etag: 'e1', size: 10 })).toBe(false)
    expect(replay.progressOf('b')).toBeUndefined()
  })

  test('a machine that does not tell its start is never believed to be the same', async () => {
    await session((journal) => journal.append(landed('a')), 'unknown')
    expect((await claims('unknown')).replay.landedCount).toBe(0)
  })

  test.each([
    ['at:1760000000', 'at:1760000003', 1],
    ['at:1760000000', 'at:1760000060', 0],
  ])('start times %s and %s: %i object believed', async (one, other, expected) => {
    await session((journal) => journal.append(landed('a')), one)
    expect((await claims(other)).replay.landedCount).toBe(expected)
  })
})

describe('damage', () => {
  const setAside = () => readdirSync(folder()).filter((name) => name.startsWith('journal.damaged-'))
  const write100 = () => session((journal) => Array.from({ length: 100 }, (_, n) => journal.append(landed(`k${n}`))))

  test('half a line at the end is cut, and told', async () => {
    await write100()
    const whole = readFileSync(file())
    writeFileSync(file(), whole.subarray(0, whole.length - 5))
    const { replay, repair } = await claims()
    expect(replay.landedCount).toBe(99)
    expect(repair).toMatchObject({ cutBytes: expect.any(Number), damagedLines: 0 })
    expect(repair?.cutBytes).toBeGreaterThan(10)
    expect((await claims()).repair).toBeUndefined()
    expect(setAside()).toEqual([])
  })

  describe('where another service with a bucket of that name has overwritten files since', () => {
    const OTHER = { ...IDENTITY, endpoint: 'https://other.example' }
    const isBelieved = async (identity = IDENTITY) => {
      const { replay } = await claims(BOOT, identity)
      return replay.isLanded({ key: 'a', etag: 'e1', size: 10 })
    }
    /** What the first letter of stands so is no longer a record. */
    const damageLine = (text: string) => {
      const bytes = readFileSync(file())
      const at = bytes.indexOf(text)
      bytes[at] = (bytes[at] as number) ^ 1
      writeFileSync(file(), bytes)
    }

    test('the line that says so is damaged: nothing that had landed before is believed, now or later', async () => {
      await session((journal) => journal.append(landed('a')))
      await session((journal) => journal.append(landed('a', 'of the other')), BOOT, OTHER)
      damageLine('of the other')
      expect(await isBelieved()).toBe(false)
      expect(await isBelieved()).toBe(false)
    })

    test('... and as little by the other, whose claim a damaged line had taken back', async () => {
      await session((journal) => journal.append(landed('a')))
      await session((journal) => journal.append(landed('a', 'of the other')), BOOT, OTHER)
      await session((journal) => journal.append(landed('a', 'once more')))
      damageLine('once more')
      expect(await isBelieved()).toBe(false)
      const { replay } = await claims(BOOT, OTHER)
      expect(replay.isLanded({ key: 'a', etag: 'of the other', size: 10 })).toBe(false)
    })

    test('what has landed since the damage is believed', async () => {
      await session((journal) => journal.append(landed('before')))
      await session((journal) => journal.append(landed('of the other')), BOOT, OTHER)
      damageLine('of the other')
      await session((journal) => journal.append(landed('a')))
      expect(await isBelieved()).toBe(true)
      expect(await isBelieved()).toBe(true)
    })

    test('of a bucket with files of its own: all is believed', async () => {
      await session((journal) => journal.append(landed('a')))
      await session((journal) => journal.append(landed('of the other')), BOOT, { ...OTHER, bucket: 'other' })
      damageLine('of the other')
      expect(await isBelieved()).toBe(true)
    })
  })

  test('a damaged line in the middle costs that line; the damaged file is kept', async () => {
    await write100()
    const bytes = readFileSync(file())
    const at = bytes.indexOf('k50')
    bytes[at] = 0x4b
    writeFileSync(file(), bytes)
    const { replay, repair } = await claims()
    expect(replay.landedCount).toBe(99)
    expect(replay.isLanded({ key: 'k99', etag: 'e1', size: 10 })).toBe(true)
    expect(repair).toMatchObject({ damagedLines: 1, setAside: expect.stringMatching(/journal\.damaged-1$/) })
    expect(readFileSync(join(folder(), 'journal.damaged-1'))).toEqual(bytes)
    const again = await claims()
    expect(again.repair).toBeUndefined()
    expect(again.replay.landedCount).toBe(99)
  })

  test('bytes of unfinished files that were reported before the damage are fetched anew, also by the run after next', async () => {
    await session((journal) => {
      journal.append(pinned('a'))
      journal.append(ranges('a', [[0, 10]]))
      journal.append(landed('x'))
      journal.append(ranges('a', [[20, 30]]))
    })
    const bytes = readFileSync(file())
    bytes[bytes.indexOf('"x"') + 1] = 0x79
    writeFileSync(file(), bytes)
    expect((await claims()).replay.progressOf('a')?.spans).toEqual([[20, 30]])
    expect((await claims()).replay.progressOf('a')?.spans).toEqual([[20, 30]])
  })

  test.each([
    ['an empty file', Buffer.alloc(0), 0],
    ['zeros', Buffer.alloc(100_000), 0],
    ['noise with line ends', Buffer.from('not a journal\n'.repeat(1000)), 1],
    ['one endless line', Buffer.alloc(3_000_000, 0x61), 1],
    ['another kind of file', Buffer.from('SQLite format 3\0\n\n\n'), 1],
  ])('%s instead of a journal: a fresh start, nothing thrown away', async (_, content, kept) => {
    writeFileSync(file(), content)
    await write100()
    expect(setAside()).toHaveLength(kept)
    if (kept) expect(readFileSync(join(folder(), 'journal.damaged-1'))).toEqual(content)
    expect((await claims()).replay.landedCount).toBe(100)
  })

  test("without its session line a record is nobody's", async () => {
    await session((journal) => journal.append(landed('mine')))
    await session((journal) => journal.append(landed('theirs')), BOOT, { ...IDENTITY, bucket: 'other' })
    const lines = readFileSync(file(), 'utf8').split('\n')
    writeFileSync(file(), lines.filter((line) => !line.includes('"bucket":"other"')).join('\n'))
    const { replay } = await claims()
    expect(replay.isLanded({ key: 'theirs', etag: 'e1', size: 10 })).toBe(false)
    expect(replay.isLanded({ key: 'mine', etag: 'e1', size: 10 })).toBe(true)
  })

  test('a journal of a newer program is set aside whole', async () => {
    const newer = { kind: 'session' as const, schema: 2, id: 'n', bootId: BOOT, time: '', ...IDENTITY }
    writeFileSync(file(), encodeLines([recordText(newer), recordText(landed('a'))], seedOf('n')))
    expect((await claims()).replay.landedCount).toBe(0)
    expect(setAside()).toHaveLength(1)
  })

  test('a link planted in place of the journal is refused', async () => {
    const outside = join(folder(), 'outside')
    writeFileSync(outside, 'precious')
    symlinkSync(outside, file())
    const opened = await openJournal(options())
    expect(opened).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
    expect(readFileSync(outside, 'utf8')).toBe('precious')
  })
})
