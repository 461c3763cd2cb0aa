/** The whole engine without sockets: real decisions, real files in a folder of its own, objects in memory. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import type { EngineEvent } from '../../../../shared/engine-event.ts'
import { type Failure, failed, success } from '../../../../shared/failure.ts'
import { jobSpecSchema, type VerifyMode } from '../../../../shared/job-spec.ts'
import { type Policy, policySchema } from '../../../../shared/policy.ts'
import { type Download, startDownload } from '../../download-engine.ts'
import { createVerifier, type Verifier } from '../../verify/verifier.ts'
import type { StoredObject } from '../objects/stored-objects.ts'
import { realClock } from '../real-clock.ts'
import { createSeededRandom } from '../seeded-random.ts'
import { createMemoryDataPlane, type MemoryDataPlane, type MemoryDataPlaneOptions } from './data-plane.ts'
import { createMemorySource, type MemoryBucket } from './source.ts'

const PREFIX = 'archive/'
export const OBJECTS: StoredObject[] = [
  { key: 'archive/large.nc', size: 9_000_001, upload: { partBytes: 4_000_000 }, checksum: 'CRC64NVME' },
  { key: 'archive/middle.nc', size: 2_000_000, upload: 'whole' },
  { key: 'archive/small.nc', size: 1234 },
  { key: 'archive/empty.nc', size: 0 },
]

export const VERIFYING = { filter: 'verifying', search: '', offset: 0, limit: 10 } as const

export type Run = { download: Download; events: EngineEvent[]; plane: MemoryDataPlane }

/** Makes the folder before each test of the file, and removes it after. */
export function prepareMemoryJobs() {
  let folder: string
  let verifier: Verifier
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'longhaul-memory-'))
    verifier = createVerifier({ workerUrl: new URL('../../verify/verify-worker.ts', import.meta.url) })
  })
  afterEach(async () => {
    await verifier.close()
    await rm(folder, { recursive: true, force: true })
  })
  return { folder: () => folder, fileOf, begin, expectBytes }

  /** Where an object lands. */
  function fileOf({ key }: Pick<StoredObject, 'key'>): string {
    return join(folder, key.slice(PREFIX.length))
  }

  function begin(
    bucket: MemoryBucket,
    options: Partial<MemoryDataPlaneOptions> & {
      verify?: VerifyMode
      headFailure?: (key: string) => Failure | undefined
      /** Of a page, by the token that it is asked for with. */
      listFailure?: (continuation: string | undefined) => Failure | undefined
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
            const failure = options.listFailure?.(request.continuation)
            const page = failure ? failed(failure) : await source.listPage(request, signal)
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
      const file = await readFile(fileOf(object))
      expect(file.equals(bucket.expectedBytes(object)), object.key).toBe(true)
    }
  }
}
