/** An engine that does what the test says: a listing of fixed objects, and downloads that wait for the test. */
import type { Check } from '../../../shared/diagnosis.ts'
import type { EventCode } from '../../../shared/engine-event.ts'
import { FAILURE_CLASSES, type Failure, type FailureClass, failed, success } from '../../../shared/failure.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { ListedObject } from '../../engine/engine-ports.ts'
import type { DiagnoseRequest, DownloadRequest, EngineAccess, LiveDownload } from '../real-engine/engine-access.ts'

type FakeDownload = {
  request: DownloadRequest
  /** Names of the commands it was given, oldest first. */
  commands: string[]
  tick(changes?: Partial<MetricsSnapshot>): void
  event(code: EventCode): void
  end(changes?: Partial<Summary>): void
}

export type FakeEngine = EngineAccess & {
  downloads: FakeDownload[]
  openSources: number
  /** What was asked of `diagnose`, oldest first. */
  diagnoses: Pick<DiagnoseRequest, 'source' | 'folder' | 'jobs' | 'limitBytesPerSecond'>[]
}

export function createFakeEngine(
  options: {
    objects?: ListedObject[]
    listFailure?: Failure
    startFailure?: Failure
    pageSize?: number
    diagnosisLasts?(signal: AbortSignal): Promise<void>
  } = {},
): FakeEngine {
  const engine: FakeEngine = {
    downloads: [],
    openSources: 0,
    diagnoses: [],
    async openSource() {
      engine.openSources++
      return success({
        async listPage({ prefix, delimiter, continuation }) {
          if (options.listFailure) return failed(options.listFailure)
          const objects = (options.objects ?? []).filter(({ key }) => key.startsWith(prefix))
          const from = Number(continuation ?? 0)
          const to = from + (options.pageSize ?? 1000)
          const page = objects.slice(from, to)
          const isDeeper = ({ key }: ListedObject) => Boolean(delimiter) && key.slice(prefix.length).includes('/')
          const prefixes = page.filter(isDeeper).map(({ key }) => key.slice(0, key.indexOf('/', prefix.length) + 1))
          return success({
            objects: page.filter((object) => !isDeeper(object)),
            prefixes: [...new Set(prefixes)],
            ...(to < objects.length ? { continuation: String(to) } : {}),
          })
        },
        listBuckets: async () => success(['era5', 'sentinel']),
        close: () => void engine.openSources--,
      })
    },
    async start(request) {
      if (options.startFailure) return failed(options.startFailure)
      const fake = createFakeDownload(request)
      engine.downloads.push(fake.control)
      return success(fake.download)
    },
    async diagnose({ onCheck, folder, source, version, jobs, limitBytesPerSecond, signal }) {
      engine.diagnoses.push({ ...(source ? { source } : {}), folder, jobs, limitBytesPerSecond })
      onCheck(sampleCheck)
      await options.diagnosisLasts?.(signal)
      return {
        startedAt: '2026-01-01T00:00:00.000Z',
        seconds: 1,
        version,
        system: 'test',
        address: '',
        folder,
        checks: [sampleCheck],
      }
    },
  }
  return engine
}

function createFakeDownload(request: DownloadRequest): { download: LiveDownload; control: FakeDownload } {
  const commands: string[] = []
  const ended = Promise.withResolvers<Summary>()
  let snapshot = sampleSnapshot()
  const end = (changes: Partial<Summary>) => ended.resolve({ ...sampleSummary(), ...changes })
  const tick = (changes: Partial<MetricsSnapshot> = {}) => {
    snapshot = { ...snapshot, time: new Date(Date.parse(snapshot.time) + 1000).toISOString(), ...changes }
    request.onSnapshot(snapshot)
  }
  return {
    control: {
      request,
      commands,
      tick,
      event: (code) => request.onEvent({ time: snapshot.time, code, reason: {} }),
      end: (changes = {}) => end(changes),
    },
    download: {
      finished: ended.promise,
      pause() {
        commands.push('pause')
        tick({ phase: 'paused' })
      },
      resume() {
        commands.push('resume')
        tick({ phase: 'running' })
      },
      cancel() {
        commands.push('cancel')
        end({ status: 'interrupted' })
      },
      rebuildPool: () => void commands.push('rebuildPool'),
      coolDown: () => void commands.push('coolDown'),
      setLimits: ({ threads, limitBytesPerSecond }) =>
        void commands.push(`setLimits ${threads} ${limitBytesPerSecond ?? 'none'}`),
      retry(indexes) {
        commands.push(`retry ${indexes?.join(',') ?? 'all'}`)
        return snapshot.phase !== 'finishing'
      },
      snapshot: () => snapshot,
      objects: () => ({ total: 1, rows: [] }),
      objectPath: (index) => (index === 0 ? '/data/era5/first.nc' : undefined),
    },
  }
}

export function sampleSnapshot(): MetricsSnapshot {
  return {
    time: '2026-01-01T00:00:00.000Z',
    phase: 'running',
    bytesDone: 0,
    bytesTotal: 1000,
    bytesFetched: 0,
    objectsDone: 0,
    objectsFailed: 0,
    objectsSkipped: 0,
    objectsTotal: 10,
    listingComplete: true,
    bytesPerSecond: 100,
    secondsLeft: 10,
    concurrency: 16,
    threads: 16,
    connections: { active: 16, connecting: 0, idle: 0, closeWait: 0 },
    socketsOpened: 16,
    socketsClosed: 0,
    generation: 1,
    requestsPerSecond: 4,
    successRate: 1,
    delayMs: 0,
    firstByteMsP50: 80,
    firstByteMsP95: 200,
    dnsMs: 3,
    diskWriteMs: 1,
    errors: Object.fromEntries(FAILURE_CLASSES.map((name) => [name, 0])) as Record<FailureClass, number>,
    retries: 0,
    rssBytes: 1e8,
    loopLagMs: 0,
    waitSeconds: 0,
    limit: { code: 'none', evidence: {} },
    connectionTable: [],
    addressTable: [],
  }
}

const sampleSummary = (): Summary => ({
  status: 'completed',
  objectsDone: 10,
  objectsFailed: 0,
  objectsSkipped: 0,
  objectsUnproven: 0,
  objectsLeft: 0,
  filesSetAside: 0,
  bytesDone: 1000,
  bytesFetched: 1000,
  seconds: 10,
  retries: 0,
  failed: [],
})

export const sampleObject = (key: string, size = 100): ListedObject => ({
  key,
  size,
  etag: 'e',
  lastModified: Date.UTC(2025, 9, 1),
  storageClass: 'STANDARD',
})

const sampleCheck: Check = { code: 'cpu', verdict: 'ok', cause: 'cpu-free', value: 0.1, threshold: {}, evidence: {} }
