import { readFileSync, renameSync, statSync, utimesSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { VerifyMode } from '../../../shared/job-spec.ts'
import type { StoredObject } from '../testing/objects/stored-objects.ts'
import { BIG, file, GROUP, leaveHalf, MIB, NOON, SMALL, startRun } from './testing/landing-run.ts'

describe('an object is begun', () => {
  it('small, at once, when the folder of its file is known', async () => {
    const run = await startRun([SMALL])
    expect(run.landing.beginAtOnce(0, GROUP)).toBeUndefined()
    expect((await run.begin()).file).toMatchObject({ kind: 'whole', finalPath: file('sub/small'), lastModified: NOON })
    expect(run.landing.beginAtOnce(0, GROUP)).toMatchObject({ key: 'p/sub/small', path: 'sub/small', done: [] })
  })

  it.each<[string, StoredObject, VerifyMode]>([
    ['larger than what a worker lands alone', { ...SMALL, size: MIB + 1 }, 'etag'],
    ['empty', { ...SMALL, size: 0 }, 'etag'],
    ['to be read again before it gets its name', SMALL, 'reread'],
  ])('step by step, in a part file, when it is %s', async (_name, object, verify) => {
    const run = await startRun([object], { verify })
    await run.place.destination.ensureFolderOf('sub/small')
    expect(run.landing.beginAtOnce(0, GROUP)).toBeUndefined()
    expect((await run.begin()).file.kind).toBe('open')
    expect(statSync(file('sub/small.part')).size).toBe(object.size)
  })

  it('as a folder, when its key is the marker of one: nothing is to be fetched', async () => {
    const run = await startRun([{ key: 'p/marked/', size: 0, upload: 'whole' }])
    expect(await run.landing.begin(0, GROUP)).toEqual({ ok: true, value: undefined })
    expect(statSync(file('marked')).isDirectory()).toBe(true)
  })

  it('under another name, that is told and kept, when its own cannot be', async () => {
    const run = await startRun([{ ...BIG, key: 'p/a\u0000b' }])
    const object = await run.begin()
    expect(run.mapped).toEqual([['p/a\u0000b', object.path]])
    await run.close()
    expect(readFileSync(file('.longhaul/manifest.csv'), 'utf8')).toContain(`${object.path},${BIG.size}`)
  })

  it('as what it is, when the listing calls it empty and its ETag says that it is not', async () => {
    const run = await startRun([{ ...BIG, listedSize: 0 }])
    expect((await run.begin()).size).toBe(2 * MIB)
    expect(run.table.size(0)).toBe(2 * MIB)
  })

  it.each(['d41d8cd98f00b204e9800998ecf8427e', 'D41D8CD98F00B204E9800998ECF8427E'])(
    'without a question, when it is empty and its ETag says so: %s',
    async (etag) => {
      const run = await startRun([{ ...SMALL, size: 0, etag }])
      await run.begin()
      expect(run.heads()).toBe(0)
    },
  )

  it('where an earlier run has left it', async () => {
    await leaveHalf(BIG)
    const run = await startRun([BIG])
    expect(run.landing.bytesLeft(0)).toBe(MIB)
    const object = await run.begin()
    expect(object.done).toEqual([[0, MIB]])
    expect(object.pending).toMatchObject([{ start: MIB, end: 2 * MIB }])
  })

  it('where it was given up, when it is tried again in the same run', async () => {
    const run = await startRun([BIG])
    const object = await run.begin()
    run.fetch(object, 0, MIB)
    await run.landing.abandon(object)
    expect((await run.begin()).done).toEqual([[0, MIB]])
  })

  it('anew, when it has become another one since an earlier run', async () => {
    await leaveHalf(BIG)
    const run = await startRun([{ ...BIG, version: 2 }])
    expect(run.landing.bytesLeft(0)).toBe(0)
    expect((await run.begin()).done).toEqual([])
  })

  it('not at all, when the last run has named the complete file and was cut off before it could say so', async () => {
    const first = await startRun([BIG])
    const object = await first.begin()
    first.fetch(object)
    first.landing.noteProgress(object, [])
    await first.close()
    // All that was left to do is the name.
    utimesSync(file('sub/big.part'), NOON / 1000, NOON / 1000)
    renameSync(file('sub/big.part'), file('sub/big'))

    const second = await startRun([BIG])
    expect(await second.landing.areThere([0])).toEqual([false])
    expect(await second.landing.begin(0, GROUP)).toEqual({ ok: true, value: undefined })
    await second.close()
    expect(await (await startRun([BIG])).landing.areThere([0])).toEqual([true])
  })
})
