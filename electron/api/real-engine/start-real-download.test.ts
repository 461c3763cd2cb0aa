/** One job with real sockets, disks and clocks against a server whose mind changes while the job runs. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { policySchema } from '../../../shared/policy.ts'
import { startFaultServer } from '../../engine/testing/fault-server/fault-server.ts'
import type { StoredObject } from '../../engine/testing/objects/stored-objects.ts'
import { latency, lineCapacity } from '../../engine/testing/weather/line.ts'
import type { Fate, RequestFacts, Weather } from '../../engine/testing/weather/weather.ts'
import { systemClock } from '../host/system-clock.ts'
import { createSessionVault } from '../host/vault.ts'
import type { LiveDownload } from './engine-access.ts'
import { startRealDownload } from './start-real-download.ts'

const BUCKET = 'changing'
const PREFIX = 'archive/'
const LARGE: StoredObject = { key: `${PREFIX}large.nc`, size: 12_000_000, upload: 'whole' }
const OTHERS: StoredObject[] = Array.from({ length: 6 }, (_, index) => ({
  key: `${PREFIX}other-${index}.nc`,
  size: 1_000_000,
  upload: 'whole',
}))
const OBJECTS = [LARGE, ...OTHERS]
const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a-secret-of-the-test' }
/** The job takes about two seconds: long enough for something to happen in its middle. */
const LINE = lineCapacity(9e6)
const MIDDLE = 4_000_000

const vault = createSessionVault()
let vaultId: string
let folder: string
let server: Awaited<ReturnType<typeof startFaultServer>>
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-changing-'))
  const saved = await vault.save({ ...KEYS, label: 'keys' })
  vaultId = saved.ok ? saved.value : ''
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  server = await startFaultServer({ buckets: { [BUCKET]: OBJECTS }, keys: KEYS, weather: [LINE] })
})
afterEach(() => server.close())

let count = 0
type Job = { live: LiveDownload; destination: string; events: EngineEvent[]; last(): MetricsSnapshot | undefined }

async function begin(
  options: {
    destination?: string
    include?: string[]
    onBytes?: { at: number; happens(live: LiveDownload): void }
  } = {},
): Promise<Job> {
  const destination = options.destination ?? join(folder, String(++count))
  const events: EngineEvent[] = []
  let last: MetricsSnapshot | undefined
  let hasHappened = false
  const started = await startRealDownload({
    workers: {
      dataPlaneUrl: new URL('../../engine/transport/data-plane-worker.ts', import.meta.url),
      verifyUrl: new URL('../../engine/verify/verify-worker.ts', import.meta.url),
    },
    vault,
    clock: systemClock,
    environment: {},
    spec: jobSpecSchema.parse({
      source: {
        bucket: BUCKET,
        prefix: PREFIX,
        endpointUrl: server.endpointUrl,
        region: 'us-east-1',
        access: { kind: 'vault', id: vaultId },
      },
      destination,
      include: options.include ?? [],
      threads: 6,
      partSize: 1024 ** 2,
      network: { proxy: 'none' },
    }),
    policy: policySchema.parse({ maxAttempts: 3, retryBaseSeconds: 0.02, snapshotSeconds: 0.05 }),
    onEvent: (event) => void events.push(event),
    onSnapshot(snapshot) {
      last = snapshot
      if (!started?.ok || hasHappened || !options.onBytes || snapshot.bytesDone < options.onBytes.at) return
      hasHappened = true
      options.onBytes.happens(started.value)
    },
  })
  if (!started.ok) throw new Error(started.failure.class)
  return { live: started.value, destination, events, last: () => last }
}

const refusesGets = (fate: Fate, isMeant: (request: RequestFacts) => boolean = () => true): Weather => ({
  name: 'refuses',
  fate: (request) => (request.kind === 'get' && isMeant(request) ? fate : undefined),
})

/** Every file under its final name is right and whole. Returns their names. */
async function rightFiles(destination: string, objects: readonly StoredObject[] = OBJECTS): Promise<string[]> {
  const names = (await readdir(destination)).filter((name) => name.endsWith('.nc')).sort()
  for (const name of names) {
    const object = objects.find(({ key }) => key === PREFIX + name)
    if (!object) throw new Error(`nobody asked for ${name}`)
    expect((await readFile(join(destination, name))).equals(server.expectedBytes(object)), name).toBe(true)
  }
  return names
}

const ALL = OBJECTS.map(({ key }) => key.slice(PREFIX.length)).sort()

describe('rights that are withdrawn in the middle of a job', () => {
  const rows: [title: string, fate: Fate, failureClass: string][] = [
    ['the token has expired', { kind: 'refuse', status: 400, code: 'ExpiredToken' }, 'credentials'],
    ['the key is no longer known', { kind: 'refuse', status: 403, code: 'InvalidAccessKeyId' }, 'credentials'],
    ['the permission is gone', { kind: 'refuse', status: 403, code: 'AccessDenied' }, 'denied'],
  ]
  it.each(rows)(
    '%s: said by name, nothing half under a final name, and continued later',
    async (_title, fate, name) => {
      const job = await begin({
        onBytes: { at: MIDDLE, happens: () => server.setWeather([LINE, { ...refusesGets(fate), name: 'withdrawn' }]) },
      })
      const summary = await job.live.finished
      expect(summary.status).toBe('failed')
      expect([summary.failure?.class, ...summary.failed.map(({ failure }) => failure)]).toContain(name)
      await rightFiles(job.destination)
      const before = server.counters.bytesSent
      server.setWeather([])
      const again = await begin({ destination: job.destination })
      expect((await again.live.finished).status).toBe('completed')
      expect(await rightFiles(job.destination)).toEqual(ALL)
      // What was there before the refusal is not fetched again.
      expect(server.counters.bytesSent - before).toBeLessThan(18_000_000 - MIDDLE / 2)
    },
  )

  it('the permission for one object is gone: it fails by its name, the others arrive', async () => {
    server.setWeather([
      LINE,
      refusesGets({ kind: 'refuse', status: 403, code: 'AccessDenied' }, ({ key }) => key === OTHERS[2]?.key),
    ])
    const job = await begin()
    const summary = await job.live.finished
    expect(summary).toMatchObject({ status: 'failed', failed: [{ key: OTHERS[2]?.key, failure: 'denied' }] })
    expect(await rightFiles(job.destination)).toEqual(ALL.filter((name) => name !== 'other-2.nc'))
  })
})

describe('objects that are not what they were', () => {
  it.each([
    ['listed as larger than it is', 1000],
    ['listed as smaller than it is', -1000],
    ['listed as empty', -12_000_000],
    ['listed as a hundred gigabytes', 100e9],
  ])('%s: right bytes or a named failure, and the others arrive', async (_title, by) => {
    server.put(BUCKET, { ...LARGE, listedSize: LARGE.size + by })
    server.setWeather([])
    const job = await begin()
    const summary = await job.live.finished
    const landed = await rightFiles(job.destination)
    expect(landed).toEqual(expect.arrayContaining(ALL.filter((name) => name !== 'large.nc')))
    const failedKeys = summary.failed.map(({ key }) => key)
    expect(landed.includes('large.nc') ? summary.failed : failedKeys).toEqual(
      landed.includes('large.nc') ? [] : [LARGE.key],
    )
  })

  it('another object under the key in the middle of it: fetched anew, never mixed', async () => {
    const changed = { ...LARGE, version: 2 }
    const job = await begin({ onBytes: { at: MIDDLE, happens: () => server.put(BUCKET, changed) } })
    expect((await job.live.finished).status).toBe('completed')
    expect(await rightFiles(job.destination, [changed, ...OTHERS])).toEqual(ALL)
  })

  it('another object of another size', async () => {
    const changed = { ...LARGE, version: 2, size: 7_654_321 }
    const job = await begin({ onBytes: { at: MIDDLE, happens: () => server.put(BUCKET, changed) } })
    expect((await job.live.finished).status).toBe('completed')
    expect(await rightFiles(job.destination, [changed, ...OTHERS])).toEqual(ALL)
  })

  it('deleted in the middle of it: it fails by its name, the others arrive', async () => {
    const gone: Weather = {
      name: 'deleted',
      fate: ({ key }) => (key === LARGE.key ? { kind: 'refuse', status: 404, code: 'NoSuchKey' } : undefined),
    }
    const job = await begin({ onBytes: { at: MIDDLE, happens: () => server.setWeather([LINE, gone]) } })
    const summary = await job.live.finished
    expect(summary).toMatchObject({ status: 'failed', failed: [{ key: LARGE.key, failure: 'missing' }] })
    expect(await rightFiles(job.destination)).toEqual(ALL.filter((name) => name !== 'large.nc'))
  })
})

describe('what the user does in the middle of a job', () => {
  it('pause holds it without a byte more, resume ends it with each byte fetched once', async () => {
    const job = await begin({ onBytes: { at: MIDDLE, happens: (live) => live.pause() } })
    await expect.poll(() => job.last()?.phase).toBe('paused')
    await expect.poll(server.openSockets).toBeLessThanOrEqual(1)
    const sent = server.counters.bytesSent
    for (let round = 0; round < 5; round++) await new Promise((resolve) => setTimeout(resolve, 100))
    expect(server.counters.bytesSent).toBe(sent)
    job.live.resume()
    expect((await job.live.finished).status).toBe('completed')
    expect(await rightFiles(job.destination)).toEqual(ALL)
  })

  it('pause holds the listing as well, and a cancel ends the wait', async () => {
    await server.close()
    const keys = {
      count: 200_000,
      objectAt: (index: number) => ({ key: `${PREFIX}${100_000 + index}.nc`, size: 1000 }),
    }
    server = await startFaultServer({ buckets: { [BUCKET]: keys }, keys: KEYS, weather: [latency(20)] })
    const job = await begin({ onBytes: { at: 1, happens: (live) => live.pause() } })
    await expect.poll(() => job.last()?.phase).toBe('paused')
    // The pages that were on their way.
    await new Promise((resolve) => setTimeout(resolve, 500))
    const { lists } = server.counters
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(server.counters.lists).toBe(lists)
    job.live.resume()
    await expect.poll(() => server.counters.lists).toBeGreaterThan(lists)
    job.live.pause()
    job.live.cancel()
    expect((await job.live.finished).status).toBe('interrupted')
  })

  it('cancel ends it at once and in order; a later run continues', async () => {
    const job = await begin({ onBytes: { at: MIDDLE, happens: (live) => live.cancel() } })
    const summary = await job.live.finished
    expect(summary.status).toBe('interrupted')
    await expect.poll(server.openSockets).toBeLessThanOrEqual(1)
    await rightFiles(job.destination)
    server.setWeather([])
    const again = await begin({ destination: job.destination })
    expect((await again.live.finished).bytesFetched).toBeLessThanOrEqual(18_000_000 - summary.bytesDone + 1_000_000)
    expect(await rightFiles(job.destination)).toEqual(ALL)
  })

  it('cancel keeps what had arrived of small objects too', async () => {
    const include = OTHERS.map(({ key }) => key.slice(PREFIX.length))
    // Six connections, six objects: each is somewhere in its middle.
    const job = await begin({ include, onBytes: { at: 3_000_000, happens: (live) => live.cancel() } })
    const { bytesDone } = await job.live.finished
    expect(bytesDone).toBeGreaterThanOrEqual(3_000_000)
    server.setWeather([])
    const again = await begin({ include, destination: job.destination })
    const { bytesFetched } = await again.live.finished
    expect(bytesFetched).toBeGreaterThanOrEqual(6_000_000 - bytesDone)
    // Where a range is shared, what its connection reads until it hears of that is read once more.
    expect(bytesFetched).toBeLessThan(6_000_000 - bytesDone + 1_000_000)
    expect(await rightFiles(job.destination)).toEqual(include)
  })

  it('pause, then cancel', async () => {
    const job = await begin({ onBytes: { at: MIDDLE, happens: (live) => live.pause() } })
    await expect.poll(() => job.last()?.phase).toBe('paused')
    job.live.cancel()
    expect((await job.live.finished).status).toBe('interrupted')
    await rightFiles(job.destination)
  })

  it('retry fetches what had failed while the rest goes on', async () => {
    const broken = OTHERS[0]?.key ?? ''
    server.setWeather([
      lineCapacity(4e6),
      refusesGets({ kind: 'refuse', status: 403, code: 'AccessDenied' }, ({ key }) => key === broken),
    ])
    const job = await begin()
    await expect.poll(() => job.events.some(({ code }) => code === 'object-failed')).toBe(true)
    server.setWeather([LINE])
    job.live.retry()
    expect(await job.live.finished).toMatchObject({ status: 'completed', objectsFailed: 0, failed: [] })
    expect(await rightFiles(job.destination)).toEqual(ALL)
  })
})
