/** From a key to a file under its name, over several runs: a real folder, a bucket in memory. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failed, success } from '../../../shared/failure.ts'
import { jobSpecSchema, type VerifyMode } from '../../../shared/job-spec.ts'
import { openWorkplace } from '../disk/open-workplace.ts'
import type { Clock } from '../engine-ports.ts'
import { createObjectTable } from '../plan/object-table.ts'
import type { OpenObject } from '../schedule/open-object.ts'
import { markDone } from '../schedule/open-object.ts'
import { createMemoryBucket, createMemorySource } from '../testing/memory/source.ts'
import type { StoredObject } from '../testing/objects/stored-objects.ts'
import { askForCheck, checkObject } from '../verify/check-object.ts'
import { verifyObject } from '../verify/verify-object.ts'
import { createObjectLanding } from './land-objects.ts'

const MIB = 1024 ** 2
const GROUP = { name: 'p/', lastServed: 0 }
const NOON = Date.UTC(2025, 9, 31, 12)
const clock: Clock = { now: () => NOON, monotonic: () => 0, after: () => () => {} }

const BIG: StoredObject = { key: 'p/sub/big', size: 2 * MIB, lastModified: NOON, upload: 'whole' }
const SMALL: StoredObject = { key: 'p/sub/small', size: 1000, lastModified: NOON, upload: 'whole' }

let folder = ''
const ends: (() => Promise<unknown>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-land-'))
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  rmSync(folder, { recursive: true, force: true })
})

const file = (path: string) => join(folder, path)

/**
 * One run over the folder. All objects are listed, in the order of their keys; an object is named by its place in that.
 */
async function startRun(
  stored: StoredObject[],
  { verify = 'etag' as VerifyMode, listed = [...stored], failuresToOpen = 0 } = {},
) {
  const bucket = createMemoryBucket(stored)
  const source = createMemorySource({ bucket })
  const spec = jobSpecSchema.parse({ source: { bucket: 'b', prefix: 'p/' }, destination: folder, verify })
  const opened = await openWorkplace(spec, { clock, random: () => 0.5 }, () => {})
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  const place = opened.value
  const table = createObjectTable(() => 0)
  for (const object of listed) {
    const { key, size, storageClass = 'STANDARD', lastModified = 1e12 } = object
    table.add({ key, size: object.listedSize ?? size, etag: bucket.sums.etag(object), lastModified, storageClass })
  }
  const controller = new AbortController()
  const { signal } = controller
  const mapped: [string, string][] = []
  const short: string[] = []
  let unproven = 0
  const left = { parts: failuresToOpen, checks: failuresToOpen }
  const noFile = failed({ class: 'disk', code: 'EMFILE' })
  const landing = createObjectLanding({
    ...place,
    table,
    source,
    signal,
    verify,
    bucket: 'b',
    prefix: 'p/',
    destination: {
      ...place.destination,
      openPart: async (path, size) => (left.parts-- > 0 ? noFile : place.destination.openPart(path, size)),
    },
    askForCheck: (object) => askForCheck(object, { source, signal }),
    checkObject: async (object) =>
      left.checks-- > 0 ? noFile : checkObject(object, { source, verifier: { verify: verifyObject }, signal }),
    inspectFiles: async () => undefined,
    onShortOfFiles: ({ code = '' }) => short.push(code),
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    onUnproven() {
      unproven++
    },
    onPathMapped: (key, path) => mapped.push([key, path]),
    onSetAside: () => {},
  })
  for (let index = 0; index < table.length; index++) landing.pathOf(index)
  let isClosed = false
  const close = async () => {
    if (!isClosed) await place.close()
    isClosed = true
  }
  ends.push(close)

  return {
    table,
    landing,
    mapped,
    source,
    place,
    close,
    short,
    unproven: () => unproven,
    stop: () => controller.abort(),
    async begin(index = 0): Promise<OpenObject> {
      const begun = await landing.begin(index, GROUP)
      if (!begun.ok || !begun.value) throw new Error(`nothing to fetch: ${JSON.stringify(begun)}`)
      return begun.value
    },
    /** What a worker does. */
    fetch(
      object: OpenObject,
      start = 0,
      end = object.size,
      bytes = bucket.expectedBytes(bucket.find(object.key) as StoredObject),
    ) {
      if (object.file.kind !== 'open') throw new Error('a worker lands it alone')
      writeSync(object.file.fd, bytes, start, end - start, start)
      markDone(object, { start, end })
    },
    expected: (object: StoredObject) => bucket.expectedBytes(object),
    heads: () => source.calls.filter(({ kind }) => kind === 'head').length,
  }
}

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

describe('an object that may have changed', () => {
  it('is asked for, and pinned as what it is now', async () => {
    const { key, size } = BIG
    const run = await startRun([{ ...BIG, version: 2 }], {
      listed: [{ key, size, etag: 'as listed', lastModified: 1 }],
    })
    expect(await run.landing.isStill(0)).toEqual({ ok: true, value: false })
    expect((await run.landing.repin(0)).ok).toBe(true)
    expect(await run.landing.isStill(0)).toEqual({ ok: true, value: true })
    expect(run.table.lastModified(0)).toBe(NOON)
  })

  it('and is gone instead fails by what was answered', async () => {
    const run = await startRun([SMALL], { listed: [BIG] })
    expect(await run.landing.isStill(0)).toMatchObject({ ok: false, failure: { class: 'missing' } })
    expect(await run.landing.repin(0)).toMatchObject({ ok: false, failure: { class: 'missing' } })
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

/** A run that is ended when it has fetched the first half. */
async function leaveHalf(stored: StoredObject): Promise<void> {
  const run = await startRun([stored])
  const object = await run.begin()
  run.fetch(object, 0, MIB)
  await run.landing.abandon(object)
  await run.close()
}

async function landIn(stored: StoredObject): Promise<void> {
  const run = await startRun([stored])
  const object = await run.begin()
  run.fetch(object)
  await run.landing.land(object)
  await run.close()
}
