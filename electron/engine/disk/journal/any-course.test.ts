import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Journal } from './journal.ts'
import { AFTER_POWER_CUT, BOOT, landed, pinned, prepareJournal, ranges, restarted } from './testing/scratch-journal.ts'

const { file, open, checkpoint, claims } = prepareJournal()

/** Versions of an object never come back: the listing asks for the newest only. */
type Step = { kind: 'land' | 'pin' | 'range' | 'restart' | 'checkpoint' | 'reopen' | 'change'; key: string; at: number }
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('land', 'pin', 'range', 'range', 'range', 'restart', 'checkpoint', 'reopen', 'change'),
  key: fc.constantFrom('a', 'b', 'c'),
  at: fc.integer({ min: 0, max: 9 }),
})
type Truth = Map<string, { version: number; landed: boolean; bytes: Set<number> | undefined }>

/** Plays the steps as an engine would and returns what is true after each record line, beside the file. */
async function play(steps: Step[]): Promise<Truth> {
  rmSync(file(), { force: true })
  const truth: Truth = new Map(['a', 'b', 'c'].map((key) => [key, { version: 1, landed: false, bytes: undefined }]))
  let journal = await open()
  for (const { kind, key, at } of steps) {
    const object = truth.get(key) ?? { version: 1, landed: false, bytes: undefined }
    const etag = `e${object.version}`
    if (kind === 'pin') {
      // The rule for callers: a landing is taken back by a restart.
      if (object.landed) await journal.appendDurably(restarted(key))
      journal.append(pinned(key, etag))
      object.landed = false
      object.bytes ??= new Set()
    } else if (kind === 'range' && object.bytes) {
      journal.append(ranges(key, [[at * 10, at * 10 + 10]], etag))
      object.bytes.add(at)
    } else if (kind === 'land') {
      journal.append(landed(key, etag, 100))
      object.landed = true
      object.bytes = undefined
    } else if (kind === 'restart') {
      await journal.appendDurably(restarted(key))
      object.landed = false
      object.bytes = undefined
    } else if (kind === 'change') {
      object.version++
      object.landed = false
      object.bytes = undefined
    } else if (kind === 'checkpoint') {
      await checkpoint(journal)
    } else if (kind === 'reopen') {
      await journal.close()
      journal = await open()
    }
  }
  await journal.close()
  return truth
}

function expectNoFalseClaim(journal: Journal, truth: Truth) {
  for (const [key, object] of truth) {
    const etag = `e${object.version}`
    if (journal.replay.isLanded({ key, etag, size: 100 })) expect(object.landed).toBe(true)
    const progress = journal.replay.progressOf(key)
    // Landed: the bytes are right, only elsewhere; begin-object.ts asks for the part file.
    if (progress?.etag !== etag || object.landed) continue
    for (const [start, end] of progress.spans) {
      for (let at = start; at < end; at += 10) expect(object.bytes?.has(at / 10)).toBe(true)
    }
  }
}
function expectAllClaims(journal: Journal, truth: Truth) {
  for (const [key, object] of truth) {
    const etag = `e${object.version}`
    expect(journal.replay.isLanded({ key, etag, size: 100 })).toBe(object.landed)
    const progress = journal.replay.progressOf(key)
    const bytes = (progress?.etag === etag ? progress.spans : []).reduce((sum, [start, end]) => sum + end - start, 0)
    expect(bytes).toBe((object.bytes?.size ?? 0) * 10)
  }
}

describe('for any course of events', () => {
  const steps = fc.array(step, { minLength: 1, maxLength: 40 })

  test('the replay is what happened', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (each) => {
        const truth = await play(each)
        const journal = await claims()
        expectAllClaims(journal, truth)
        expect(journal.repair).toBeUndefined()
      }),
      { numRuns: 40 },
    )
  })

  test('one flipped bit anywhere makes no false claim, now or after the repair', async () => {
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.double({ min: 0, max: 0.999999, noNaN: true }),
        fc.nat(7),
        async (each, where, bit) => {
          const truth = await play(each)
          const bytes = readFileSync(file())
          const at = Math.floor(where * bytes.length)
          bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
          writeFileSync(file(), bytes)
          expectNoFalseClaim(await claims(), truth)
          expectNoFalseClaim(await claims(), truth)
          expectNoFalseClaim(await claims(AFTER_POWER_CUT), truth)
        },
      ),
      { numRuns: 100 },
    )
  })

  test('cut anywhere, it claims what a run up to there would have claimed', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.double({ min: 0, max: 1, noNaN: true }), async (each, where) => {
        await play(each)
        const bytes = readFileSync(file())
        const cut = Math.floor(where * bytes.length)
        const wholeLines = bytes.subarray(0, bytes.subarray(0, cut).lastIndexOf(0x0a) + 1)
        writeFileSync(file(), wholeLines)
        const clean = await claims()
        writeFileSync(file(), bytes.subarray(0, cut))
        const torn = await claims()
        expect([...torn.replay.inProgress()]).toEqual([...clean.replay.inProgress()])
        for (const key of ['a', 'b', 'c']) {
          for (let version = 1; version < 10; version++) {
            const object = { key, etag: `e${version}`, size: 100 }
            expect(torn.replay.isLanded(object)).toBe(clean.replay.isLanded(object))
          }
        }
        expect(torn.repair?.cutBytes ?? 0).toBe(cut - wholeLines.length)
      }),
      { numRuns: 40 },
    )
  })

  test('leaving out what is dead changes no claim, after a power cut neither', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (each, powerCut) => {
        const truth = await play(each)
        const content = readFileSync(file())
        const bootId = powerCut ? AFTER_POWER_CUT : BOOT
        const before = await claims(bootId)
        // A damaged line at the very front forces a rewrite and casts doubt on nothing.
        writeFileSync(file(), Buffer.concat([Buffer.from('damage\n'), content]))
        expect((await claims(BOOT)).repair?.setAside).toBeDefined()
        const after = await claims(bootId)
        expect([...after.replay.inProgress()]).toEqual([...before.replay.inProgress()])
        for (const [key, object] of truth) {
          const version = { key, etag: `e${object.version}`, size: 100 }
          expect(after.replay.isLanded(version)).toBe(before.replay.isLanded(version))
        }
      }),
      { numRuns: 40 },
    )
  })
})
