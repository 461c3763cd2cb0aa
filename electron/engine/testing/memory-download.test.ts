/** The whole engine without sockets: real decisions, real files, objects in memory. */
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { success } from '../../../shared/failure.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import { policySchema } from '../../../shared/policy.ts'
import { type Download, startDownload } from '../download-engine.ts'
import type { Clock } from '../engine-ports.ts'
import { createVerifier, type Verifier } from '../verify/verifier.ts'
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryDataPlaneOptions } from './memory-data-plane.ts'
import { createMemoryBucket, createMemorySource, type MemoryBucket } from './memory-source.ts'
import { createSeededRandom } from './seeded-random.ts'
import type { StoredObject } from './stored-objects.ts'

const PREFIX = 'archive/'
const OBJECTS: StoredObject[] = [
  { key: 'archive/large.nc', size: 9_000_001, upload: { partBytes: 4_000_000 }, checksum: 'CRC64NVME' },
  { key: 'archive/middle.nc', size: 2_000_000, upload: 'whole' },
  { key: 'archive/small.nc', size: 1234 },
  { key: 'archive/empty.nc', size: 0 },
]

/** Real time: the disk takes some, and would be outrun by any other. */
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
}

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

type Run = { download: Download; events: EngineEvent[]; plane: MemoryDataPlane }

function begin(
  bucket: MemoryBucket,
  options: Partial<MemoryDataPlaneOptions> & { verify?: 'etag' | 'checksum' } = {},
): Run {
  const { verify = 'etag', ...more } = options
  const plane = createMemoryDataPlane({ bucket, clock, ...more })
  const events: EngineEvent[] = []
  const download = startDownload({
    spec: jobSpecSchema.parse({
      source: { bucket: 'memory', prefix: PREFIX, access: { kind: 'anonymous' } },
      destination: folder,
      threads: 4,
      partSize: 1024 ** 2,
      verify,
    }),
    policy: policySchema.parse({ maxAttempts: 3, retryBaseSeconds: 0.01, stallSeconds: 2 }),
    ports: {
      clock,
      random: createSeededRandom(1),
      source: createMemorySource({ bucket }),
      resolver: {
        resolve: async () =>
          success({ addresses: ['192.0.2.1'], ttlSeconds: 60, milliseconds: 1, from: 'fixed' as const }),
      },
      dataPlane: plane,
      verifier,
      memory: () => 0,
      closeWait: () => 0,
    },
    onEvent: (event) => void events.push(event),
    onSnapshot() {},
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
      fate: ({ key }) => (key === 'archive/middle.nc' ? { afterBytes: 0, failure, lineEnds: false } : undefined),
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

  it('continues a cancelled job, and fetches only what is missing', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const first = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => first.download.snapshot().bytesDone).toBeGreaterThan(3_000_000)
    first.download.cancel()
    const interrupted = await first.download.finished
    expect(interrupted.status).toBe('interrupted')
    const second = await begin(bucket).download.finished
    expect(second).toMatchObject({ status: 'completed', bytesFetched: 11_001_235 - interrupted.bytesDone })
    await expectBytes(bucket, OBJECTS)
  })
})
