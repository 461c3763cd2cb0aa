/** A job's page at one moment, from which each story differs in a few values. */
import type { EngineEvent, EventCode, Reason } from '../../../shared/engine-event.ts'
import { success } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded, type JobPhase } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { ObjectRow } from '../../../shared/object-row.ts'
import { always } from '../../client/testing/scripted-client.ts'
import { baseAnswers, INFO, type Story } from '../../stories/story.ts'
import { type SampleWeather, sampleHistory } from './sample-history.ts'
import { sampleJob, sampleKey, sampleSnapshot } from './samples.ts'

export const NOW = Date.parse('2026-01-01T12:00:00.000Z')
export const END = NOW / 1000
export const at = (secondsAgo: number, code: EventCode, reason: Reason = {}): EngineEvent => ({
  time: new Date(NOW - secondsAgo * 1000).toISOString(),
  code,
  reason,
})
export const HOST = 'nsf-ncar-era5.s3.us-west-2.amazonaws.com'
export const PREFIX = 'e5.oper.an.pl/202510/'

/** Three and a half hours of a good download, as its decision log tells it. */
export const PAST: EngineEvent[] = [
  at(12_600, 'job-started', { resumed: false }),
  at(12_599, 'pool-warming', { size: 16 }),
  at(12_598, 'pool-warmed', { size: 16, seconds: 0.42 }),
  at(12_597, 'listing-finished', { objects: 496, bytes: 676e9, seconds: 1.4 }),
  at(12_590, 'concurrency-changed', { from: 4, to: 8, cause: 'growth', goodputBytesPerSecond: 15.6e6 }),
  at(12_580, 'concurrency-changed', { from: 8, to: 16, cause: 'growth', goodputBytesPerSecond: 31.2e6 }),
  at(9000, 'pool-rebuilding', { cause: 'hourly', generation: 2, size: 16 }),
  at(8988, 'pool-rebuilt', { generation: 2, size: 16, seconds: 12 }),
  at(6400, 'connection-replaced', {
    cause: 'stalled',
    address: '52.218.130.74',
    seconds: 5.2,
    bytesPerSecond: 0,
    medianBytesPerSecond: 2.01e6,
  }),
  ...Array.from({ length: 9 }, (_, index) =>
    at(4300 - index * 8, 'throttled', {
      prefix: PREFIX,
      status: 503,
      successRate: 0.93 - index * 0.02,
      retryAfterMs: 1000,
    }),
  ),
  at(4290, 'rate-changed', { prefix: PREFIX, requestsPerSecond: 4.2, successRate: 0.86, delayMs: 240 }),
  at(4100, 'throttle-ended', { prefix: PREFIX, seconds: 200 }),
  at(5400, 'retirement-age-learned', { seconds: 3600, tauSeconds: 90_000, handshakeMs: 54 }),
  at(2100, 'connection-kept', { freshBytesPerSecond: 1.98e6, medianBytesPerSecond: 2.01e6, probed: 1 }),
  at(1700, 'dns-stale', { host: HOST, ageSeconds: 95 }),
  at(1640, 'dns-recovered', { host: HOST, seconds: 60 }),
  at(240, 'connection-replaced', {
    cause: 'slow',
    address: '52.218.133.185',
    seconds: 10,
    bytesPerSecond: 0.31e6,
    medianBytesPerSecond: 2.01e6,
  }),
].sort((a, b) => a.time.localeCompare(b.time))

/** The past above: throttled for three minutes, a dip each time. */
export const pastShare = (time: number): number => {
  const ago = END - time
  return ago < 4300 && ago > 4100 ? 0.7 : 1
}

export type Scene = {
  phase?: JobPhase
  job?: Partial<JobView>
  snapshot?: Partial<MetricsSnapshot> | null
  events?: EngineEvent[]
  weather?: Partial<SampleWeather>
  objects?: number
  objectState?(index: number): Partial<ObjectRow>
  press?: Story['click']
}

export function scene({
  phase = 'running',
  snapshot = {},
  events = [],
  weather = {},
  objects = 496,
  ...more
}: Scene): Story {
  const job: JobView = { ...sampleJob(), phase, createdAt: new Date(NOW - 12_600_000).toISOString(), ...more.job }
  const all = [...PAST, ...events].sort((a, b) => a.time.localeCompare(b.time))
  const { bytesDone, bytesTotal, objectsDone, objectsFailed, objectsTotal } = job
  const progress = { bytesDone, bytesTotal, objectsDone, objectsFailed, objectsTotal }
  const live = snapshot === null || hasEnded(phase) ? null : { ...sampleSnapshot(), phase, ...progress, ...snapshot }
  return {
    route: { page: 'job', jobId: job.jobId },
    ...(more.press ? { click: more.press } : {}),
    script: {
      answers: {
        ...baseAnswers([job]),
        'app.info': always({ ...INFO, host: 'desktop' as const, nativeDialogs: true }),
        'jobs.snapshot': always(live),
        'jobs.events': always(all),
        'jobs.history': always(sampleHistory({ end: END, hours: 3.5, marks: all, shareAt: pastShare, ...weather })),
        'jobs.objects': ({ filter, search, offset, limit }) => {
          const rows = objectRows(objects, offset, limit, more.objectState).filter(
            (row) => (filter === 'all' || row.state === filter) && row.key.includes(search),
          )
          return success({ total: filter === 'all' && search === '' ? objects : rows.length, rows })
        },
        ...Object.fromEntries(
          ['pause', 'resume', 'cancel', 'remove', 'retry', 'rebuildPool', 'coolDown', 'setLimits', 'reveal'].map(
            (name) => [`jobs.${name}`, always({})],
          ),
        ),
      },
    },
  }
}

function objectRows(total: number, offset: number, limit: number, change: Scene['objectState']): ObjectRow[] {
  return Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, place) => {
    const index = offset + place
    const size = 0.6e9 + ((index * 7) % 9) * 0.17e9
    const active = index < 4
    return {
      index,
      key: sampleKey(active ? 301 + index : index),
      size,
      bytesDone: active ? size * (0.83 - index * 0.2) : index < 301 ? size : 0,
      state: active ? 'active' : index < 301 ? 'done' : 'waiting',
      ...change?.(index),
    }
  })
}
