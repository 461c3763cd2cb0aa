/** Every state of the job page, for `stories.html`. */
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { success } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { Summary } from '../../../shared/job-state.ts'
import type { ObjectRow } from '../../../shared/object-row.ts'
import type { Story } from '../../stories/story.ts'
import { at, END, NOW, PAST, PREFIX, pastShare, type Scene, scene } from './job-scene.ts'
import { type SampleWeather, sampleHistory } from './sample-history.ts'
import { sampleConnections, sampleErrors, sampleJob, sampleKey, sampleSnapshot } from './samples.ts'

/** A job that moves, twenty seconds in one: for watching that nothing jumps and that memory stays flat. */
function timeLapse(): Story {
  const story = scene({})
  const { answers } = story.script
  return {
    ...story,
    script: {
      answers: {
        ...answers,
        'jobs.history': (_, push) => {
          let seconds = 0
          let bytesDone = sampleSnapshot().bytesDone
          setInterval(() => {
            seconds++
            const bytesPerSecond = 31e6 + 2e6 * Math.sin(seconds / 7)
            bytesDone += bytesPerSecond
            const time = new Date(NOW + seconds * 1000).toISOString()
            const snapshot = {
              ...sampleSnapshot(),
              time,
              bytesDone,
              bytesPerSecond,
              secondsLeft: (676e9 - bytesDone) / 31e6,
            }
            push({ name: 'snapshot', payload: { jobId: 'job-1', snapshot } })
            if (seconds % 40 === 0) push({ name: 'event', payload: { jobId: 'job-1', event: lapseEvent(seconds) } })
          }, 50)
          return success(sampleHistory({ end: END, hours: 3.5, marks: PAST, shareAt: pastShare }))
        },
      },
    },
  }
}

function lapseEvent(seconds: number): EngineEvent {
  const time = new Date(NOW + seconds * 1000).toISOString()
  const generation = 3 + Math.floor(seconds / 80)
  return seconds % 80 === 0
    ? { time, code: 'pool-rebuilt', reason: { generation, size: 16, seconds: 40 } }
    : { time, code: 'pool-rebuilding', reason: { cause: 'hourly', generation, size: 16 } }
}

const summary = (more: Partial<Summary> = {}): Summary => ({
  status: 'completed',
  objectsDone: 496,
  objectsFailed: 0,
  objectsSkipped: 0,
  objectsUnproven: 0,
  objectsLeft: 0,
  filesSetAside: 0,
  bytesDone: 676e9,
  bytesFetched: 676.3e9,
  seconds: 21_320,
  retries: 61,
  failed: [],
  ...more,
})
const DONE = {
  limitSeconds: { line: 19_600, throttling: 1300, ageing: 420 },
  bytesDone: 676e9,
  objectsDone: 496,
  endedAt: new Date(NOW).toISOString(),
}
const allDone = (index: number): Partial<ObjectRow> => {
  const size = 0.6e9 + ((index * 7) % 9) * 0.17e9
  return { state: 'done', bytesDone: size, size, key: sampleKey(index) }
}
const failedSome = (index: number): Partial<ObjectRow> =>
  index < 3
    ? { ...allDone(index), state: 'failed', bytesDone: 0, failure: index === 1 ? 'archived' : 'denied' }
    : allDone(index)

const REBUILDING = at(6, 'pool-rebuilding', { cause: 'hourly', generation: 3, size: 16 })
const quiet = {
  connections: { active: 0, connecting: 0, idle: 0, closeWait: 0 },
  connectionTable: [],
  bytesPerSecond: 0,
}
const tab = (zh: string, en: string): Scene['press'] => ({ zh, en })

const ALL_CHARTS = tab('全部图表', 'All charts')
/** An ended job shows the whole of its past. */
const charts = (weather: Partial<SampleWeather>): Story =>
  scene({
    phase: 'completed',
    job: { ...DONE, summary: summary() },
    weather: { shareAt: pastShare, ...weather },
    objectState: allDone,
    press: ALL_CHARTS,
  })

const outage = (secondsAgo: number, seconds: number): EngineEvent[] => [
  at(secondsAgo, 'network-lost', { seconds: 3 }),
  at(secondsAgo - seconds, 'network-restored', { seconds }),
]

/** Last month's job stands beside this one, to be compared with; each was without network for a while. */
function twoJobs(): Story {
  const story = charts({ hours: 5 })
  const source = { ...sampleJob().spec.source, prefix: 'e5.oper.an.pl/202509/' }
  const other: JobView = {
    ...sampleJob(),
    ...DONE,
    jobId: 'job-2',
    phase: 'completed',
    spec: { ...sampleJob().spec, source },
    createdAt: '2025-12-01T08:30:00.000Z',
    summary: summary(),
  }
  const decaying = (time: number) => 1 - 0.5 * Math.max(0, 1 - (END - time) / 12_000)
  const { answers } = story.script
  return {
    ...story,
    script: {
      answers: {
        ...answers,
        'jobs.list': async (input, push) => {
          const mine = await answers['jobs.list']?.(input, push)
          return mine?.ok ? success([...mine.value, other]) : success([other])
        },
        'jobs.history': async (input, push) =>
          input.jobId === 'job-2'
            ? success(sampleHistory({ end: END, hours: 6, shareAt: decaying }))
            : ((await answers['jobs.history']?.(input, push)) ?? success(sampleHistory({ end: END, hours: 0 }))),
        'jobs.events': ({ jobId }) => success(jobId === 'job-2' ? outage(9000, 40) : [...PAST, ...outage(2400, 600)]),
      },
    },
  }
}

const lost = (story: Story): Story => ({ ...story, script: { ...story.script, hostState: 'lost' } })

export const jobStories: Record<string, Story> = {
  'job-running': scene({}),
  'job-time-lapse': timeLapse(),
  'job-listing': scene({
    phase: 'listing',
    job: { bytesDone: 0, bytesTotal: 0, objectsDone: 0, objectsTotal: 0 },
    snapshot: { ...quiet, listingComplete: false, secondsLeft: -1, limit: { code: 'none', evidence: {} } },
    weather: { hours: 0 },
    objects: 0,
  }),
  'job-listing-on': scene({
    job: { bytesDone: 1.2e9, bytesTotal: 88e12, objectsDone: 0, objectsTotal: 66_400 },
    snapshot: { listingComplete: false, secondsLeft: -1, limit: { code: 'none', evidence: {} } },
    weather: { hours: 40 / 3600 },
    objects: 66_400,
  }),
  'job-healing': scene({
    events: [REBUILDING],
    snapshot: {
      connectionTable: [
        ...sampleConnections(5, { generation: 2, state: 'draining' }),
        ...sampleConnections(11, { generation: 3, ageSeconds: 5, requests: 2 }).map((line) => ({
          ...line,
          id: line.id + 50,
        })),
      ],
      limit: {
        code: 'ageing',
        evidence: { freshBytesPerSecond: 2.4e6, medianBytesPerSecond: 1.1e6, ageSeconds: 3580 },
      },
    },
  }),
  'job-rebuilt': scene({
    events: [
      at(18, 'pool-rebuilding', { cause: 'hourly', generation: 3, size: 16 }),
      at(6, 'pool-rebuilt', { generation: 3, size: 16, seconds: 12 }),
    ],
  }),
  'job-throttled': scene({
    events: [
      at(20, 'pool-rebuilding', { cause: 'health', generation: 3, size: 16 }),
      at(9, 'throttled', { prefix: PREFIX, status: 503, successRate: 0.84, retryAfterMs: 1000 }),
      at(8, 'rate-changed', { prefix: PREFIX, requestsPerSecond: 4.2, successRate: 0.84, delayMs: 240 }),
    ],
    snapshot: {
      successRate: 0.84,
      delayMs: 240,
      bytesPerSecond: 22.4e6,
      secondsLeft: 11_700,
      errors: sampleErrors({ throttled: 143, reset: 21, stalled: 8 }),
      limit: {
        code: 'throttling',
        evidence: { successRate: 0.84, requestsPerSecond: 4.2, retryAfterMs: 1000, prefix: PREFIX },
      },
    },
    weather: { shareAt: (time) => (END - time < 40 ? 0.7 : pastShare(time)) },
  }),
  'job-retrying': scene({
    snapshot: { successRate: 0.86, errors: sampleErrors({ throttled: 0, reset: 61, stalled: 8 }) },
  }),
  'job-cooling-down': scene({
    phase: 'cooling-down',
    events: [at(60, 'cooling-down', { seconds: 300, successRate: 0.41 })],
    snapshot: { ...quiet, waitSeconds: 240, concurrency: 0, successRate: 0.41, secondsLeft: -1 },
    weather: { shareAt: (time) => (END - time < 60 ? 0 : END - time < 180 ? 0.35 : pastShare(time)) },
  }),
  'job-paused': scene({
    phase: 'paused',
    events: [at(90, 'paused', { cause: 'user' })],
    snapshot: { ...quiet, secondsLeft: -1 },
  }),
  'job-disk-full': scene({
    phase: 'failed',
    job: { summary: summary({ status: 'failed', failure: { class: 'disk-full' } }) },
    events: [at(30, 'disk-full', { path: 'D:\\era5\\202510', needBytes: 263.4e9, freeBytes: 1.2e6 })],
    snapshot: { ...quiet, secondsLeft: -1 },
  }),
  'job-offline': scene({
    phase: 'waiting',
    events: [at(42, 'network-lost', { seconds: 3 })],
    snapshot: {
      ...quiet,
      secondsLeft: -1,
      successRate: 0,
      limit: { code: 'network-lost', evidence: { seconds: 42 } },
    },
    weather: { shareAt: (time) => (END - time < 42 ? 0 : pastShare(time)) },
  }),
  'job-after-outage': scene({
    phase: 'completed',
    job: { ...DONE, summary: summary() },
    objectState: allDone,
    events: [
      at(2400, 'network-lost', { seconds: 3 }),
      at(2100, 'job-finished', { status: 'failed' }),
      at(1380, 'resumed', { cause: 'outage' }),
      at(1379, 'job-started', { resumed: true }),
      at(700, 'network-lost', { seconds: 3 }),
      at(661, 'network-restored', { seconds: 42 }),
    ],
    weather: {
      shareAt: (time) => {
        const ago = END - time
        if (ago < 2100 && ago > 1380) return undefined
        return (ago < 2403 && ago > 1375) || (ago < 703 && ago > 661) ? 0 : pastShare(time)
      },
    },
  }),
  'job-outside-window': scene({
    phase: 'waiting',
    job: { spec: { ...sampleJob().spec, timeWindow: { fromMinutes: 1320, toMinutes: 420 } } },
    snapshot: { ...quiet, waitSeconds: 8040, secondsLeft: -1 },
  }),
  'job-decaying': scene({
    events: [
      at(120, 'decay-alert', {
        cause: 'line',
        slopeMegabytesPerSecondPerHour: -4.2,
        confidence: 0.998,
        minutesSinceChange: 38,
        baselineBytesPerSecond: 32e6,
        bytesPerSecond: 19.4e6,
      }),
    ],
    snapshot: { bytesPerSecond: 19.2e6 },
    weather: { shareAt: (time) => 1 - 0.4 * Math.max(0, 1 - (END - time) / 9000) },
  }),
  'job-resumed': scene({
    events: [
      at(12, 'job-started', { resumed: true }),
      at(11, 'listing-finished', { objects: 496, bytes: 676e9, bytesKept: 412.6e9, seconds: 1.4 }),
    ],
    weather: { shareAt: (time) => (END - time < 12 ? 1 : END - time < 2500 ? undefined : pastShare(time)) },
  }),
  'job-queued': scene({ phase: 'queued', weather: { end: END - 7200 } }),
  'job-interrupted': scene({ phase: 'interrupted', weather: { end: END - 7200 } }),
  'job-finished': scene({
    phase: 'completed',
    job: { ...DONE, summary: summary() },
    events: [at(0, 'job-finished', { status: 'completed', seconds: 21_320 })],
    objectState: allDone,
  }),
  'job-nothing-found': scene({
    phase: 'completed',
    job: { ...DONE, limitSeconds: {}, bytesDone: 0, bytesTotal: 0, objectsDone: 0, objectsTotal: 0 },
    objectState: allDone,
  }),
  'job-finished-failures': scene({
    phase: 'failed',
    job: {
      ...DONE,
      bytesDone: 672.1e9,
      objectsDone: 493,
      objectsFailed: 3,
      summary: summary({
        status: 'failed',
        objectsDone: 493,
        objectsFailed: 3,
        failed: [0, 1, 2].map((index) => ({
          key: sampleKey(index),
          failure: index === 1 ? 'archived' : 'denied',
          message: '',
        })),
      }),
    },
    objectState: failedSome,
  }),
  'job-denied': scene({
    phase: 'failed',
    job: {
      bytesDone: 0,
      bytesTotal: 0,
      objectsDone: 0,
      objectsTotal: 0,
      summary: summary({
        status: 'failed',
        objectsDone: 0,
        bytesDone: 0,
        failure: {
          class: 'denied',
          code: 'AccessDenied',
          httpStatus: 403,
          subject: 's3://nsf-ncar-era5/e5.oper.an.pl/202510/',
        },
      }),
    },
    weather: { hours: 0 },
    objects: 0,
  }),
  'job-cancelled': scene({ phase: 'cancelled' }),
  'job-many-objects': scene({
    job: { objectsTotal: 100_000, objectsDone: 61_204, bytesTotal: 132e12, bytesDone: 80.7e12 },
    objects: 100_000,
    objectState: (index) => (index < 61_204 ? {} : { state: 'waiting', bytesDone: 0 }),
  }),
  'job-large-numbers': scene({
    job: {
      objectsTotal: 9_123_456,
      objectsDone: 4_561_728,
      objectsFailed: 12_345,
      bytesTotal: 40.2e12,
      bytesDone: 20.1e12,
      spec: {
        ...sampleJob().spec,
        source: {
          ...sampleJob().spec.source,
          bucket: 'a-bucket-name-of-sixty-three-characters-as-long-as-they-can-be-',
          prefix: 'archive/reanalysis/v2/hourly/pressure-levels/europe-and-north-atlantic/temperature/2025/10/',
        },
        destination: 'D:\\Users\\wang.xiaoming\\Documents\\Research Projects\\ERA5 pressure levels\\202510',
      },
    },
    snapshot: {
      secondsLeft: 1_065_600,
      objectsSkipped: 1_234_567,
      bytesPerSecond: 3.98e9,
      concurrency: 128,
      threads: 128,
      connections: { active: 128, connecting: 12, idle: 10, closeWait: 3 },
      firstByteMsP50: 12_400,
      firstByteMsP95: 28_900,
      diskWriteMs: 12_400,
      dnsMs: 12_500,
      rssBytes: 1.26e9,
    },
    weather: { hours: 240, full: 4e9 },
    objects: 9_123_456,
    objectState: (index) => ({
      size: 4.4e6,
      ...(index < 4 ? { bytesDone: 1e6 } : {}),
      key: `archive/reanalysis/v2/hourly/pressure-levels/${'x'.repeat(150)}/${sampleKey(index)}`,
    }),
  }),
  'job-slow-line': scene({ snapshot: { bytesPerSecond: 3100 }, weather: { hours: 600 / 3600, full: 3000 } }),
  'job-charts': scene({ press: ALL_CHARTS }),
  'job-charts-10-hours': charts({ hours: 10, everySecond: true }),
  'job-charts-3-weeks': charts({ hours: 504 }),
  'job-charts-errors': charts({ hours: 3.5, shareAt: (time) => (Math.floor(time / 1200) % 3 === 0 ? 0.6 : 1) }),
  'job-charts-empty': scene({ weather: { hours: 0, shareAt: () => undefined }, press: ALL_CHARTS }),
  'job-charts-short': scene({ weather: { hours: 20 / 3600 }, press: ALL_CHARTS }),
  'job-two-jobs': twoJobs(),
  'job-connections': scene({ press: tab('连接', 'Connections') }),
  'job-addresses': scene({ press: tab('地址', 'Addresses') }),
  'job-decisions': scene({ press: tab('决策记录', 'Decision log') }),
  'job-errors': scene({ press: tab('错误', 'Errors') }),
  'job-verdict': scene({ press: tab('为什么', 'Why') }),
  'job-more': scene({ press: tab('更多操作', 'More actions') }),
  'job-limits': scene({ press: tab('线程与限速', 'Threads and limit') }),
  'job-host-lost': lost(scene({ phase: 'paused', snapshot: { ...quiet, secondsLeft: -1 } })),
  'job-missing': { ...scene({}), route: { page: 'job', jobId: 'gone' } },
}
