/** Runs of the landing over one folder, a new one for each test: a real folder, a bucket in memory. */
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { failed } from '../../../../shared/failure.ts'
import { jobSpecSchema, type VerifyMode } from '../../../../shared/job-spec.ts'
import { openWorkplace } from '../../disk/open-workplace.ts'
import type { Clock } from '../../engine-ports.ts'
import { createObjectTable } from '../../plan/object-table.ts'
import { markDone, type OpenObject } from '../../schedule/open-object.ts'
import { createMemoryBucket, createMemorySource } from '../../testing/memory/source.ts'
import type { StoredObject } from '../../testing/objects/stored-objects.ts'
import { askForCheck, checkObject } from '../../verify/check-object.ts'
import { verifyObject } from '../../verify/verify-object.ts'
import { createObjectLanding } from '../land-objects.ts'

export const MIB = 1024 ** 2
export const GROUP = { name: 'p/', lastServed: 0 }
export const NOON = Date.UTC(2025, 9, 31, 12)
const clock: Clock = { now: () => NOON, monotonic: () => 0, after: () => () => {} }

export const BIG: StoredObject = { key: 'p/sub/big', size: 2 * MIB, lastModified: NOON, upload: 'whole' }
export const SMALL: StoredObject = { key: 'p/sub/small', size: 1000, lastModified: NOON, upload: 'whole' }

let folder = ''
const ends: (() => Promise<unknown>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-land-'))
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
  rmSync(folder, { recursive: true, force: true })
})

export const file = (path: string) => join(folder, path)

/**
 * One run over the folder. All objects are listed, in the order of their keys; an object is named by its place in that.
 */
export async function startRun(
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

/** A run that is ended when it has fetched the first half. */
export async function leaveHalf(stored: StoredObject): Promise<void> {
  const run = await startRun([stored])
  const object = await run.begin()
  run.fetch(object, 0, MIB)
  await run.landing.abandon(object)
  await run.close()
}

export async function landIn(stored: StoredObject): Promise<void> {
  const run = await startRun([stored])
  const object = await run.begin()
  run.fetch(object)
  await run.landing.land(object)
  await run.close()
}
