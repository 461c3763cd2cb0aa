/** The whole engine without sockets: real decisions, real files, objects in memory. */
import { existsSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { type Failure, success } from '../../../shared/failure.ts'
import { jobSpecSchema, type VerifyMode } from '../../../shared/job-spec.ts'
import { type Policy, policySchema } from '../../../shared/policy.ts'
import { type Download, startDownload } from '../download-engine.ts'
import { createVerifier, type Verifier } from '../verify/verifier.ts'
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryDataPlaneOptions } from './memory-data-plane.ts'
import { createMemoryBucket, createMemorySource, type MemoryBucket } from './memory-source.ts'
import { realClock } from './real-clock.ts'
import { createSeededRandom } from './seeded-random.ts'
import { lastModifiedOf, type StoredObject } from './stored-objects.ts'

const PREFIX = 'archive/'
const OBJECTS: StoredObject[] = [
  { key: 'archive/large.nc', size: 9_000_001, upload: { partBytes: 4_000_000 }, checksum: 'CRC64NVME' },
  { key: 'archive/middle.nc', size: 2_000_000, upload: 'whole' },
  { key: 'archive/small.nc', size: 1234 },
  { key: 'archive/empty.nc', size: 0 },
]

let folder: string
let verifier: Verifier
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-memory-'))
  verifier = createVerifier({ workerUrl: new URL('../verify/verify-worker.ts', import.meta.url) })
})
afterEach(async () => {
  await verifier.close()
  await rm(folder, { recursive: true, force: true })
})

const VERIFYING = { filter: 'verifying', search: '', offset: 0, limit: 10 } as const

type Run = { download: Download; events: EngineEvent[]; plane: MemoryDataPlane }

function begin(
  bucket: MemoryBucket,
  options: Partial<MemoryDataPlaneOptions> & {
    verify?: VerifyMode
    headFailure?: (key: string) => Failure | undefined
    /** A HEAD waits for it. */
    beforeHead?: () => Promise<unknown>
    /** A listing that misses the others. */
    isListed?: (key: string) => boolean
    /** What reading one file takes longer than it does. */
    readingMs?: number
    policy?: Partial<Policy>
    onEvent?: (event: EngineEvent) => void
    onSnapshot?: () => void
  } = {},
): Run {
  const { verify = 'etag', headFailure, isListed = () => true, readingMs = 0, policy, onEvent, ...more } = options
  const plane = createMemoryDataPlane({ bucket, clock: realClock, ...more })
  const events: EngineEvent[] = []
  const source = createMemorySource({
    bucket,
    failure: (call) => (call.kind === 'head' ? headFailure?.(call.key) : undefined),
  })
  const download = startDownload({
    spec: jobSpecSchema.parse({
      source: { bucket: 'memory', prefix: PREFIX, access: { kind: 'anonymous' } },
      destination: folder,
      threads: 4,
      partSize: 1024 ** 2,
      verify,
    }),
    policy: policySchema.parse({ maxAttempts: 3, retryBaseSeconds: 0.01, stallSeconds: 2, ...policy }),
    ports: {
      clock: realClock,
      random: createSeededRandom(1),
      source: {
        ...source,
        async headObject(key, what, signal) {
          await options.beforeHead?.()
          return source.headObject(key, what, signal)
        },
        async listPage(request, signal) {
          const page = await source.listPage(request, signal)
          return page.ok
            ? success({ ...page.value, objects: page.value.objects.filter(({ key }) => isListed(key)) })
            : page
        },
      },
      resolver: {
        resolve: async () =>
          success({ addresses: ['192.0.2.1'], ttlSeconds: 60, milliseconds: 1, from: 'fixed' as const }),
      },
      dataPlane: plane,
      verifier: {
        ...verifier,
        async verify(request, signal) {
          if (readingMs > 0) await new Promise((resolve) => setTimeout(resolve, readingMs))
          return verifier.verify(request, signal)
        },
      },
      memory: () => 0,
      closeWait: () => 0,
    },
    onEvent(event) {
      events.push(event)
      onEvent?.(event)
    },
    onSnapshot: () => options.onSnapshot?.(),
  })
  return { download, events, plane }
}

async function expectBytes(bucket: MemoryBucket, objects: readonly StoredObject[]): Promise<void> {
  for (const object of objects) {
    const file = await readFile(join(folder, object.key.slice(PREFIX.length)))
    expect(file.equals(bucket.expectedBytes(object)), object.key).toBe(true)
  }
}

describe('a download from memory', () => {
  it('lands every byte under its name, and closes every socket', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, { verify: 'checksum' })
    const summary = await download.finished
    expect(summary).toMatchObject({ status: 'completed', objectsDone: 4, bytesDone: 11_001_235, retries: 0 })
    await expectBytes(bucket, OBJECTS)
    const { opened, closed } = plane.socketCounts()
    expect(opened).toBeGreaterThan(0)
    expect(closed).toBe(opened)
  })

  it('counts what S3 promises nothing of, where all is to be proven', async () => {
    const bucket = createMemoryBucket([{ key: 'archive/opaque.nc', size: 2_000_000, checksum: 'none' }])
    const { download, events } = begin(bucket, { verify: 'checksum' })
    expect(await download.finished).toMatchObject({ status: 'completed', objectsUnproven: 1 })
    expect(events.at(-1)).toMatchObject({ code: 'job-finished', reason: { objectsUnproven: 1 } })
  })

  it('ends with a last word that knows of no connection, not even of those that were still on their way', async () => {
    const bucket = createMemoryBucket(OBJECTS.slice(2))
    const { download } = begin(bucket, { handshakeMs: 50 })
    const { bytesFetched } = await download.finished
    const last = download.snapshot()
    expect(last).toMatchObject({ bytesFetched, connectionTable: [] })
    expect(last.connections).toEqual({ active: 0, connecting: 0, idle: 0, closeWait: 0 })
    expect(last.socketsOpened).toBe(last.socketsClosed)
  })

  it('writes down how fast it was at its start and at its end, each run behind the one before', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    await begin(bucket).download.finished
    await begin(bucket).download.finished
    const lines = (await readFile(join(folder, '.longhaul', 'performance.ndjson'), 'utf8')).trim().split('\n')
    const phases = lines.map((line) => JSON.parse(line).phase)
    expect(phases).toEqual(['listing', 'completed', 'listing', 'completed'])
  })

  it('goes on from the byte reached when a connection breaks or falls silent', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, {
      bytesPerSecond: 5e6,
      fate({ key, range }) {
        if (key !== 'archive/large.nc') return undefined
        if (range.start === 1024 ** 2) return { afterBytes: 300_000, failure: { class: 'reset', code: 'ECONNRESET' } }
        return range.start === 2 * 1024 ** 2 ? { silentAfterBytes: 300_000 } : undefined
      },
    })
    const summary = await download.finished
    expect(summary.status).toBe('completed')
    const starts = plane.tasks.map(({ range }) => range.start % 1024 ** 2)
    expect(starts.filter((start) => start === 300_000)).toHaveLength(2)
    expect(summary.bytesFetched).toBe(summary.bytesDone)
    await expectBytes(bucket, OBJECTS)
  })

  it('fails an object by name when it cannot be had; the others arrive', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const failure = { class: 'server-error', code: 'InternalError', httpStatus: 500 } as const
    const { download, plane } = begin(bucket, {
      fate: ({ key }) => (key === 'archive/middle.nc' ? { afterBytes: 0, failure, connectionEnds: false } : undefined),
    })
    const summary = await download.finished
    expect(summary).toMatchObject({
      status: 'failed',
      objectsDone: 3,
      objectsFailed: 1,
      failed: [{ key: 'archive/middle.nc', failure: 'server-error' }],
    })
    expect(plane.tasks.filter(({ key }) => key === 'archive/middle.nc').length).toBeGreaterThanOrEqual(3)
    expect(existsSync(join(folder, 'middle.nc'))).toBe(false)
    await expectBytes(
      bucket,
      OBJECTS.filter(({ key }) => key !== 'archive/middle.nc'),
    )
  })

  it('begins an object anew that was changed in between, and mixes no bytes', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const changed: StoredObject = { ...(OBJECTS[0] as StoredObject), version: 1 }
    const { download, events } = begin(bucket, {
      bytesPerSecond: 5e6,
      fate(task, attempt) {
        if (task.key === changed.key && attempt === 4) bucket.put(changed)
        return undefined
      },
    })
    expect((await download.finished).status).toBe('completed')
    expect(events.map(({ code }) => code)).toContain('object-changed')
    await expectBytes(bucket, [changed, ...OBJECTS.slice(1)])
  })

  it.each(['etag', 'checksum'] as const)(
    'gets all of it from copies that have ETags of their own, by %s',
    async (verify) => {
      const bucket = createMemoryBucket(OBJECTS)
      let asked = 0
      const { download, events } = begin(bucket, {
        verify,
        fate: () =>
          ++asked % 2 === 0
            ? { afterBytes: 0, failure: { class: 'changed', code: 'etag-differs' }, connectionEnds: true }
            : undefined,
      })
      expect(await download.finished).toMatchObject({ status: 'completed', bytesFetched: 11_001_235 })
      expect(events.map(({ code }) => code)).not.toContain('object-changed')
      await expectBytes(bucket, OBJECTS)
    },
  )

  it('files that take longer to read than a network may be away are read to their end', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const patience = {
      readingMs: 3000,
      policy: { networkGoneSeconds: 0.8, stallSeconds: 0.3 },
      verify: 'reread',
    } as const
    const landing = await begin(bucket, patience).download.finished
    expect(landing).toMatchObject({ status: 'completed', objectsSkipped: 0 })
    expect(await begin(bucket, patience).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })

  it('a job that is cancelled while its files are read blames no object', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download } = begin(bucket, { verify: 'reread', readingMs: 1000 })
    await expect.poll(() => download.objects(VERIFYING).total).toBeGreaterThan(3)
    download.cancel()
    expect(await download.finished).toMatchObject({ status: 'interrupted', objectsFailed: 0, failed: [] })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 0 })
    await expectBytes(bucket, OBJECTS)
  })

  it('continues a cancelled job, and fetches only what is missing', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const first = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    const interrupted = await first.download.finished
    expect(interrupted.status).toBe('interrupted')
    const again = begin(bucket)
    const second = await again.download.finished
    expect(second).toMatchObject({ status: 'completed', bytesFetched: 11_001_235 - interrupted.bytesDone })
    const listed = again.events.find(({ code }) => code === 'listing-finished')
    expect(listed?.reason).toMatchObject({ bytes: 11_001_235, bytesKept: interrupted.bytesDone })
    await expectBytes(bucket, OBJECTS)
  })

  it('gives an object whose time is not known that of its landing, and fetches it once', async () => {
    const bucket = createMemoryBucket(OBJECTS.map((object) => ({ ...object, lastModified: 0 })))
    const begunAt = Date.now()
    expect((await begin(bucket).download.finished).status).toBe('completed')
    for (const name of ['large.nc', 'small.nc']) {
      expect((await stat(join(folder, name))).mtimeMs).toBeGreaterThan(begunAt - 2000)
    }
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 0 })
  })

  it('removes what it had begun of an object that the service has no longer', async () => {
    const first = begin(createMemoryBucket(OBJECTS), { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    await first.download.finished
    const part = join(folder, 'large.nc.part')
    expect(existsSync(part)).toBe(true)
    const rest = OBJECTS.filter(({ key }) => key !== 'archive/large.nc')
    const second = begin(createMemoryBucket(rest))
    expect(await second.download.finished).toMatchObject({ status: 'completed', objectsDone: 3 })
    const gone = second.events.filter(({ code }) => code === 'object-gone')
    expect(gone).toMatchObject([{ reason: { key: 'archive/large.nc', bytes: expect.any(Number) } }])
    expect(existsSync(part)).toBe(false)
    // Should it come back, nothing of it is believed to be there.
    const bucket = createMemoryBucket(OBJECTS)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 9_000_001 })
    await expectBytes(bucket, OBJECTS)
  })

  it('keeps it where the listing has only missed it', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const first = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    await first.download.finished
    const second = begin(bucket, { isListed: (key) => key !== 'archive/large.nc' })
    expect(await second.download.finished).toMatchObject({ status: 'completed', objectsDone: 3 })
    expect(second.events.map(({ code }) => code)).not.toContain('object-gone')
    expect(existsSync(join(folder, 'large.nc.part'))).toBe(true)
  })
})

describe('a bug of ours', () => {
  it('in what is done ten times a second ends the job by name, and gives the folder back', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => download.snapshot().bytesDone).toBeGreaterThan(0)
    plane.blockedMs = () => {
      throw new Error('a bug')
    }
    expect(await download.finished).toMatchObject({
      ...{ status: 'failed', failure: { class: 'protocol', code: 'internal', detail: 'Error: a bug' } },
    })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed' })
    await expectBytes(bucket, OBJECTS)
  })

  it('in the listing does so too, and nothing goes on behind it', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    let snapshots = 0
    const { download } = begin(bucket, {
      policy: { snapshotSeconds: 0.02 },
      onSnapshot: () => snapshots++,
      onEvent({ code }) {
        if (code === 'listing-finished') throw new Error('a bug')
      },
    })
    expect(await download.finished).toMatchObject({ status: 'failed', failure: { code: 'internal' } })
    const told = snapshots
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(snapshots).toBe(told)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed' })
  })
})

describe('an object that has failed and is asked for again', () => {
  const MIDDLE = OBJECTS[1] as StoredObject
  /** The large object keeps the job alive for some seconds. */
  const SLOW = { bytesPerSecond: 1e6 }
  const failuresOf = ({ events }: Run) => events.filter(({ code }) => code === 'object-failed').length

  it('is fetched as it is now, though it kept changing before', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    let isChanging = true
    const run = begin(bucket, {
      ...SLOW,
      fate({ key }, attempt) {
        if (key !== MIDDLE.key || !isChanging) return undefined
        bucket.put({ ...MIDDLE, version: attempt })
        return { afterBytes: 0, failure: { class: 'changed', code: 'size-differs' } }
      },
    })
    await expect.poll(() => failuresOf(run)).toBe(1)
    isChanging = false
    run.download.retry()
    expect(await run.download.finished).toMatchObject({ status: 'completed', objectsDone: 4, failed: [] })
  })

  it('and fails again is named once, with what it failed of last', async () => {
    let failure: Failure = { class: 'denied', code: 'AccessDenied' }
    const run = begin(createMemoryBucket(OBJECTS), {
      ...SLOW,
      fate: ({ key }) => (key === MIDDLE.key ? { afterBytes: 0, failure } : undefined),
    })
    await expect.poll(() => failuresOf(run)).toBe(1)
    failure = { class: 'archived', code: 'InvalidObjectState' }
    run.download.retry()
    const { failed, objectsFailed } = await run.download.finished
    expect(objectsFailed).toBe(1)
    expect(failed).toEqual([{ key: MIDDLE.key, failure: 'archived', message: 'InvalidObjectState' }])
  })
})

it('the end is the last that is told of a job, also when a question to the service is answered after it', async () => {
  const [large] = OBJECTS as [StoredObject]
  let isAsked = false
  const { download, events } = begin(createMemoryBucket([large]), {
    bytesPerSecond: 1e6,
    policy: { healthCheckSeconds: 0.1 },
    headFailure: () => ({ class: 'server-error' }),
    beforeHead() {
      isAsked = true
      download.cancel()
      return download.finished
    },
  })
  await download.finished
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(isAsked).toBe(true)
  expect(events.at(-1)?.code).toBe('job-finished')
})

it('a job that is about to end takes no more commands, and leaves nothing behind that runs on', async () => {
  const run = begin(createMemoryBucket(OBJECTS), {
    fate: ({ key }) =>
      key === 'archive/middle.nc' ? { afterBytes: 0, failure: { class: 'denied', code: 'AccessDenied' } } : undefined,
  })
  const { download, events, plane } = run
  const shutDown = plane.shutDown
  plane.shutDown = () => {
    expect(download.snapshot().phase).toBe('finishing')
    expect(download.retry()).toBe(false)
    download.pause()
    download.setLimits({ threads: 1 })
    download.coolDown()
    download.resume()
    return shutDown()
  }
  expect(await download.finished).toMatchObject({ status: 'failed', objectsFailed: 1 })
  expect(events.at(-1)?.code).toBe('job-finished')
  const late = ['object-retried', 'paused', 'resumed', 'limits-changed', 'cooling-down']
  expect(events.filter(({ code }) => late.includes(code))).toEqual([])
  const armed = vi.spyOn(realClock, 'after')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(armed).not.toHaveBeenCalled()
  armed.mockRestore()
})

describe('a finished folder, read again', () => {
  const FILES: StoredObject[] = [
    { key: 'archive/large.nc', size: 600_001, upload: { partBytes: 250_000 }, checksum: 'CRC64NVME' },
    { key: 'archive/middle.nc', size: 200_000, upload: 'whole', checksum: 'none' },
    { key: 'archive/small.nc', size: 1234 },
    { key: 'archive/empty.nc', size: 0 },
  ]
  const pathOf = (key: string) => join(folder, key.slice(PREFIX.length))

  /** As a disk does it: neither size nor time tells. */
  async function flipByte(key: string): Promise<void> {
    const bytes = await readFile(pathOf(key))
    const at = Math.floor(bytes.length / 2)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    await rewrite(key, bytes)
  }
  async function rewrite(key: string, bytes: Buffer): Promise<void> {
    const { mtime } = await stat(pathOf(key))
    await writeFile(pathOf(key), bytes)
    await utimes(pathOf(key), mtime, mtime)
  }
  const damaged = ({ events }: Run) =>
    events.filter(({ code }) => code === 'file-damaged').map(({ reason }) => reason.key)

  const LARGE = 'archive/large.nc'
  const SMALL = 'archive/small.nc'

  it('every file is what the server has: nothing is fetched', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread' })
    expect(await again.download.finished).toMatchObject({
      ...{ status: 'completed', objectsDone: 4, objectsSkipped: 4, bytesDone: 801_235, bytesFetched: 0 },
    })
    expect(damaged(again)).toEqual([])
  })

  const rows: [what: string, key: string, size: number][] = [
    ['whose upload in parts has a checksum', LARGE, 600_001],
    ['of which there is nothing but an MD5 for an ETag', 'archive/middle.nc', 200_000],
    ['that is small', SMALL, 1234],
  ]
  it.each(rows)(
    'one flipped byte in a file %s is found, and the file alone is fetched anew',
    async (_what, key, size) => {
      const bucket = createMemoryBucket(FILES)
      await begin(bucket).download.finished
      await flipByte(key)
      const again = begin(bucket, { verify: 'reread' })
      expect(await again.download.finished).toMatchObject({
        ...{ status: 'completed', objectsDone: 4, objectsSkipped: 3, bytesFetched: size },
      })
      expect(damaged(again)).toEqual([key])
      await expectBytes(bucket, FILES)
    },
  )

  it.each(['etag', 'checksum'] as const)('with --verify %s size and time are all that is looked at', async (verify) => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await flipByte(SMALL)
    expect(await begin(bucket, { verify }).download.finished).toMatchObject({ objectsSkipped: 4, bytesFetched: 0 })
  })

  it('a file that is gone, cut or another kind of thing is fetched anew, or fails by its name', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await rm(pathOf(SMALL))
    await rewrite('archive/middle.nc', Buffer.alloc(1000))
    await rename(pathOf(LARGE), join(folder, 'elsewhere'))
    await mkdir(pathOf(LARGE))
    const summary = await begin(bucket, { verify: 'reread' }).download.finished
    expect(summary).toMatchObject({ status: 'failed', failed: [{ key: LARGE }], objectsDone: 3 })
    await expectBytes(bucket, FILES.slice(1))
  })

  it('what was found damaged stays so for later runs, whatever they verify', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    await flipByte(SMALL)
    const fate = () => ({ afterBytes: 0, failure: { class: 'denied', code: 'AccessDenied', httpStatus: 403 } as const })
    const refused = await begin(bucket, { verify: 'reread', fate }).download.finished
    expect(refused).toMatchObject({ status: 'failed', failed: [{ key: SMALL, failure: 'denied' }] })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', bytesFetched: 1234 })
    await expectBytes(bucket, FILES)
  })

  it('an object of which the service tells nothing fails by its name; its file is left alone', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const denied: Failure = { class: 'denied', code: 'AccessDenied', httpStatus: 403 }
    const headFailure = (key: string) => (key === LARGE ? denied : undefined)
    const summary = await begin(bucket, { verify: 'reread', headFailure }).download.finished
    expect(summary).toMatchObject({ status: 'failed', objectsSkipped: 3, failed: [{ key: LARGE, failure: 'denied' }] })
    await expectBytes(bucket, FILES)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })

  it('where ETags look like MD5s and are none, files are not fetched for nothing, but fail by their names', async () => {
    const disguised = FILES.slice(0, 3).map(
      ({ key, size }, at): StoredObject => ({ key, size, etag: String(at + 1).repeat(32), checksum: 'none' }),
    )
    const bucket = createMemoryBucket(disguised)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread' })
    expect(await again.download.finished).toMatchObject({ status: 'failed', objectsFailed: 3, bytesFetched: 0 })
    await expectBytes(bucket, disguised)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 3 })
  })

  it('an object that is replaced between its listing and its HEAD is fetched as what it is now', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const changed: StoredObject = { key: SMALL, size: 4321, version: 1 }
    const headFailure = (key: string) => void (key === SMALL && bucket.put(changed))
    const again = begin(bucket, { verify: 'reread', headFailure })
    expect(await again.download.finished).toMatchObject({ status: 'completed', bytesFetched: 4321 })
    expect(again.events.map(({ code }) => code)).toContain('object-changed')
    await expectBytes(bucket, [changed])
  })

  it('a job that is cancelled meanwhile ends at once, and blames no object', async () => {
    const bucket = createMemoryBucket(FILES)
    await begin(bucket).download.finished
    const again = begin(bucket, { verify: 'reread', readingMs: 1000 })
    await expect.poll(() => again.download.objects(VERIFYING).total).toBeGreaterThan(0)
    again.download.cancel()
    expect(await again.download.finished).toMatchObject({ status: 'interrupted', objectsFailed: 0 })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', objectsSkipped: 4 })
  })
})

describe("files of the user's own", () => {
  const [large, middle, small] = OBJECTS as [StoredObject, StoredObject, StoredObject]
  const nameOf = ({ key }: StoredObject) => key.slice(PREFIX.length)
  const bytesOf = async (name: string) => readFile(join(folder, name))
  const putThere = async (object: StoredObject, bytes: Buffer | string) => {
    await writeFile(join(folder, nameOf(object)), bytes)
    await utimes(join(folder, nameOf(object)), 1e9, 1e9)
  }
  const told = ({ events }: Run) =>
    events.filter(({ code }) => code === 'file-set-aside').map(({ reason }) => reason.path)

  it('that bear the names of objects are kept beside them and told, once', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    await putThere(large, 'mine')
    await putThere(small, 'mine too')
    // Of the size of the object, edited in place.
    const edited = Buffer.alloc(middle.size, 'edited')
    await putThere(middle, edited)
    const first = begin(bucket)
    expect(await first.download.finished).toMatchObject({ status: 'completed', filesSetAside: 3, objectsSkipped: 0 })
    expect(told(first).sort()).toEqual(['large.nc', 'middle.nc', 'small.nc'].map((name) => `${name}.before-longhaul`))
    await expectBytes(bucket, OBJECTS)
    expect(`${await bytesOf('large.nc.before-longhaul')}`).toBe('mine')
    expect(`${await bytesOf('small.nc.before-longhaul')}`).toBe('mine too')
    expect((await bytesOf('middle.nc.before-longhaul')).equals(edited)).toBe(true)
    const second = begin(bucket)
    expect(await second.download.finished).toMatchObject({ filesSetAside: 0, bytesFetched: 0 })
  })

  it('that are the objects, fetched by another program, are taken over as they are', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    for (const object of [large, middle, small]) await putThere(object, bucket.expectedBytes(object))
    const first = begin(bucket)
    expect(await first.download.finished).toMatchObject({ status: 'completed', objectsSkipped: 3, filesSetAside: 0 })
    await expectBytes(bucket, OBJECTS)
    expect((await stat(join(folder, 'large.nc'))).mtimeMs).toBeGreaterThan(1e12)
    expect(await begin(bucket).download.finished).toMatchObject({ objectsSkipped: 4, bytesFetched: 0 })
  })

  it.each<[string, boolean, Partial<StoredObject>]>([
    ['is the object: it is taken over without a question, as what a killed run has landed last', true, {}],
    ['is the object, uploaded in one part', true, { upload: { partBytes: 10_000 } }],
    ['is damaged: it is fetched, and the file is not kept', false, {}],
    ['may be anything: it is fetched', false, { etag: 'no sum' }],
  ])('small, with the time of the object, of which its ETag says that it %s', async (_, isOurs, differs) => {
    const object: StoredObject = { ...small, upload: 'whole', ...differs }
    const bucket = createMemoryBucket([object])
    const bytes = bucket.expectedBytes(object)
    if (!isOurs) bytes.fill(0, small.size - 10)
    await putThere(object, bytes)
    await utimes(join(folder, nameOf(small)), lastModifiedOf(small) / 1000, lastModifiedOf(small) / 1000)
    const asked: string[] = []
    const run = begin(bucket, { headFailure: (key) => void asked.push(key) })
    expect(await run.download.finished).toMatchObject({
      ...{ status: 'completed', filesSetAside: 0 },
      ...{ objectsSkipped: isOurs ? 1 : 0, bytesFetched: isOurs ? 0 : small.size },
    })
    expect(asked).toEqual([])
    await expectBytes(bucket, [object])
    expect(await begin(bucket).download.finished).toMatchObject({ objectsSkipped: 1, bytesFetched: 0 })
  })

  it('are kept as well where somebody puts them there while the job runs', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const fate = ({ key }: { key: string }) => {
      if (key !== small.key && key !== large.key) return undefined
      writeFileSync(join(folder, key.slice(PREFIX.length)), 'put there meanwhile')
      return undefined
    }
    const run = begin(bucket, { fate })
    expect(await run.download.finished).toMatchObject({ status: 'completed', filesSetAside: 2, retries: 0 })
    expect(told(run).sort()).toEqual(['large.nc', 'small.nc'].map((name) => `${name}.before-longhaul`))
    await expectBytes(bucket, OBJECTS)
    expect(`${await bytesOf('small.nc.before-longhaul')}`).toBe('put there meanwhile')
    expect((await begin(bucket).download.finished).bytesFetched).toBe(0)
  })

  it('are not what an earlier run has landed, though the object or the file has changed since', async () => {
    expect((await begin(createMemoryBucket(OBJECTS)).download.finished).status).toBe('completed')
    await putThere(small, 'edited')
    const bucket = createMemoryBucket([{ ...large, version: 1 }, ...OBJECTS.slice(1)])
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed', filesSetAside: 0 })
    await expectBytes(bucket, [{ ...large, version: 1 }, ...OBJECTS.slice(1)])
  })
})
