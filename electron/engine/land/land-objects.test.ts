/** From a key to a file under its name, over several runs: a real folder, a bucket in memory. */
import { existsSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { failed, success } from '../../../shared/failure.ts'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { StoredObject } from '../testing/objects/stored-objects.ts'
import { BIG, file, GROUP, landIn, leaveHalf, MIB, NOON, SMALL, startRun } from './testing/landing-run.ts'

describe('a complete object', () => {
  it('gets its name and its time, is in the manifest, and is there in the next run', async () => {
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object)
    expect(existsSync(file('sub/big'))).toBe(false)
    expect(await run.landing.land(object)).toEqual({ ok: true, value: undefined })
    expect(readFileSync(file('sub/big')).equals(run.expected(BIG))).toBe(true)
    expect(statSync(file('sub/big')).mtimeMs).toBe(NOON)
    expect(existsSync(file('sub/big.part'))).toBe(false)
    await run.close()
    expect(readFileSync(file('.longhaul/manifest.csv'), 'utf8')).toContain(`sub/big,${BIG.size}`)
    expect(await (await startRun([BIG])).landing.areThere([0])).toEqual([true])
  })

  it('that a worker has landed is noted alike', async () => {
    const run = await startRun([SMALL])
    const object = await run.begin()
    writeFileSync(file('sub/small'), run.expected(SMALL))
    utimesSync(file('sub/small'), NOON / 1000, NOON / 1000)
    run.landing.landed(object)
    await run.close()
    expect(await (await startRun([SMALL])).landing.areThere([0])).toEqual([true])
  })

  it.each<[string, VerifyMode, { asks: boolean; isBelieved: boolean }]>([
    ['off: nobody looks', 'off', { asks: false, isBelieved: true }],
    ['etag: what this run has received is believed', 'etag', { asks: false, isBelieved: true }],
    ['checksum: it is held against what S3 promises', 'checksum', { asks: true, isBelieved: false }],
    ['reread: so it is', 'reread', { asks: true, isBelieved: false }],
  ])('whose bytes are wrong - verify %s', async (_name, verify, { asks, isBelieved }) => {
    const run = await startRun([BIG], { verify })
    const object = await run.begin()
    run.fetch(object, 0, BIG.size, Buffer.alloc(BIG.size))
    const landed = await run.landing.land(object)
    expect(landed.ok).toBe(isBelieved)
    expect(run.heads() > 0).toBe(asks)
    expect([existsSync(file('sub/big')), existsSync(file('sub/big.part'))]).toEqual([isBelieved, !isBelieved])
    if (!landed.ok) expect(landed.failure.class).toBe('corrupt')
  })

  it('that an earlier run had begun is proven in any mode but off: who knows what happened to its part file', async () => {
    await leaveHalf(BIG)
    writeFileSync(file('sub/big.part'), Buffer.alloc(BIG.size))
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object, MIB)
    expect(await run.landing.land(object)).toMatchObject({ ok: false, failure: { class: 'corrupt' } })
  })

  it('... unless ETags of this service are no sums, as files that landed whole tell', async () => {
    const noSum = (name: string, size: number): StoredObject => ({
      key: `p/${name}`,
      size,
      lastModified: NOON,
      upload: 'whole',
      checksum: 'none',
      etag: Buffer.from(name.padEnd(16, '.')).toString('hex'),
    })
    const objects = [noSum('one', MIB + 1), noSum('two', MIB + 2), noSum('unfinished', 2 * MIB)]
    await leaveHalf(objects[2] as StoredObject)
    const run = await startRun(objects)
    for (const index of [0, 1]) {
      const object = await run.begin(index)
      run.fetch(object)
      expect((await run.landing.land(object)).ok).toBe(true)
      run.table.setState(index, 'done')
    }
    const unfinished = await run.begin(2)
    run.fetch(unfinished, MIB)
    expect((await run.landing.land(unfinished)).ok).toBe(true)
  })
})

describe('on a machine that gives no further file', () => {
  it('an object waits until it does, to be begun and to be checked', async () => {
    const run = await startRun([BIG], { verify: 'checksum', failuresToOpen: 2 })
    const object = await run.begin()
    run.fetch(object)
    expect((await run.landing.land(object)).ok).toBe(true)
    expect(run.short).toEqual(['EMFILE', 'EMFILE', 'EMFILE', 'EMFILE'])
  })

  it('fails by its name where that never comes', async () => {
    const run = await startRun([BIG], { failuresToOpen: 1000 })
    expect(await run.landing.begin(0, GROUP)).toMatchObject({ ok: false, failure: { code: 'EMFILE' } })
  })

  it('ends with the job', async () => {
    const run = await startRun([BIG], { failuresToOpen: 1000 })
    const begun = run.landing.begin(0, GROUP)
    run.stop()
    expect(await begun).toEqual(failed({ class: 'cancelled' }))
  })
})

describe('an object that S3 promises nothing of', () => {
  const OPAQUE: StoredObject = { ...BIG, etag: 'opaque', checksum: 'none' }

  it.each<[VerifyMode, StoredObject, number]>([
    ['checksum', OPAQUE, 1],
    ['reread', OPAQUE, 1],
    ['etag', OPAQUE, 0],
    ['checksum', BIG, 0],
    ['checksum', { ...OPAQUE, size: 0 }, 0],
  ])('is told under --verify %s', async (verify, stored, times) => {
    const run = await startRun([stored], { verify })
    const object = await run.begin()
    run.fetch(object)
    expect((await run.landing.land(object)).ok).toBe(true)
    expect(run.unproven()).toBe(times)
  })

  it('is told of what an earlier run has landed, when that is read again', async () => {
    const first = await startRun([OPAQUE])
    const object = await first.begin()
    first.fetch(object)
    await first.landing.land(object)
    await first.close()
    const run = await startRun([OPAQUE], { verify: 'reread' })
    expect(await run.landing.reread(0)).toEqual(success({}))
    expect(run.unproven()).toBe(1)
  })
})

describe('an object that does not come in one go', () => {
  it('small: goes on in a part file of its own', async () => {
    const run = await startRun([SMALL], { verify: 'checksum' })
    const object = await run.begin()
    expect(object.proof).toEqual({ task: { kind: 'compare' }, sums: [] })
    expect((await run.landing.keepPart(object)).ok).toBe(true)
    expect(object).toMatchObject({ file: { kind: 'open' }, proof: undefined })
    expect(statSync(file('sub/small.part')).size).toBe(1000)
  })

  it('tells the journal what it has gained, running tasks included, and only when it has', async () => {
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object, 0, 100)
    run.landing.noteProgress(object, [[100, 150]])
    expect(run.landing.bytesLeft(0)).toBe(150)
    object.done = []
    run.landing.noteProgress(object, [])
    expect(run.landing.bytesLeft(0)).toBe(150)
  })

  it('takes back what it has told the journal and is not believed, for the next run too', async () => {
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object, 0, 100)
    run.landing.noteProgress(object, [[100, 150]])
    expect((await run.landing.takeBack(object)).ok).toBe(true)
    expect(run.landing.bytesLeft(0)).toBe(100)
    await run.close()
    expect((await startRun([BIG])).landing.bytesLeft(0)).toBe(100)
  })

  it('discarded: nothing of it is left, nor claimed in the next run', async () => {
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object, 0, MIB)
    run.landing.noteProgress(object, [])
    await run.landing.discard(object)
    expect(existsSync(file('sub/big.part'))).toBe(false)
    await run.close()
    expect((await startRun([BIG])).landing.bytesLeft(0)).toBe(0)
  })
})

describe('what an earlier run has landed', () => {
  it.each<[string, () => void]>([
    ['is gone', () => rmSync(file('sub/big'))],
    ['has been cut', () => truncateSync(file('sub/big'), 5)],
    ['has been written to since', () => writeFileSync(file('sub/big'), Buffer.alloc(BIG.size))],
  ])('is not there when its file %s', async (_name, happen) => {
    await landIn(BIG)
    happen()
    const run = await startRun([BIG])
    expect(await run.landing.areThere([0])).toEqual([false])
  })

  it('is read again where that is wanted: a damaged file keeps its name, and is fetched anew', async () => {
    await landIn(BIG)
    const run = await startRun([BIG], { verify: 'reread' })
    expect(run.landing.isReread(0, true)).toBe(true)
    expect(await run.landing.reread(0)).toEqual({ ok: true, value: {} })
    writeFileSync(file('sub/big'), Buffer.alloc(BIG.size))
    expect(await run.landing.reread(0)).toMatchObject({ ok: true, value: { anew: { class: 'corrupt' } } })
    expect(existsSync(file('sub/big'))).toBe(true)
    await run.close()
    expect(await (await startRun([BIG])).landing.areThere([0])).toEqual([false])
  })
})
