import { describe, expect, it, test } from 'vitest'
import type { EngineEvent, EventCode, Reason } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { jobEn } from '../../i18n/job-en.ts'
import { sampleConnections, sampleJob, sampleSnapshot } from '../testing/samples.ts'
import { fillSentence } from '../words/fill-sentence.ts'
import { type BannerKind, chooseBanners } from './choose-banners.ts'

const NOW = Date.parse('2026-01-01T12:00:00.000Z')
const ago = (secondsAgo: number, code: EventCode, reason: Reason = {}): EngineEvent => ({
  time: new Date(NOW - secondsAgo * 1000).toISOString(),
  code,
  reason,
})

/** On the clock of this machine, as it is told. */
const ENDED = new Date(2026, 0, 1, 7, 5).toISOString()

type Row = [
  what: string,
  phase: JobPhase,
  events: EngineEvent[],
  expected: BannerKind[],
  snapshot?: Partial<MetricsSnapshot>,
  job?: Partial<JobView>,
]

const summary = {
  status: 'failed' as const,
  objectsDone: 490,
  objectsFailed: 6,
  objectsSkipped: 0,
  objectsUnproven: 0,
  objectsLeft: 0,
  filesSetAside: 0,
  bytesDone: 1,
  bytesFetched: 1,
  seconds: 100,
  retries: 3,
  failed: [],
}

const ROWS: Row[] = [
  ['calm', 'running', [], ['running']],
  ['one request in seven fails', 'running', [], ['retrying'], { successRate: 0.86 }],
  ['all is well but for two objects', 'running', [], ['runningWithFailures'], {}, { objectsFailed: 2 }],
  ['nothing known yet', 'starting', [], ['starting']],
  [
    'what ended its last run is waited for',
    'waiting',
    [ago(500, 'network-lost')],
    ['goesOnByItself'],
    {},
    { summary: { ...summary, failure: { class: 'connect', code: 'network-gone' } } },
  ],
  ['its turn has not come', 'queued', [ago(500, 'network-lost')], ['queued']],
  ['listing goes on beside the download', 'running', [], ['listing'], { listingComplete: false }],
  ['first page on its way', 'listing', [], ['listing']],
  ['verifying', 'finishing', [], ['finishing']],
  ['a rebuild has begun', 'running', [ago(5, 'pool-rebuilding', { generation: 3, size: 16 })], ['rebuildingWarm']],
  ['a rebuild without numbers', 'running', [ago(5, 'pool-rebuilding')], ['rebuilding']],
  [
    'a rebuild has just ended',
    'running',
    [ago(30, 'pool-rebuilding', { generation: 3 }), ago(10, 'pool-rebuilt', { generation: 3 })],
    ['rebuilt'],
  ],
  ['a rebuild ended a minute ago', 'running', [ago(90, 'pool-rebuilding'), ago(60, 'pool-rebuilt')], ['running']],
  ['a rebuild of an earlier run', 'running', [ago(500, 'pool-rebuilding'), ago(400, 'job-started')], ['running']],
  ['throttled just now', 'running', [ago(10, 'throttled', { prefix: 'a/' })], ['throttled']],
  ['throttled, then not', 'running', [ago(10, 'throttled'), ago(5, 'throttle-ended')], ['running']],
  ['throttled long ago', 'running', [ago(100, 'throttled')], ['running']],
  ['throttled with all it asks for', 'running', [ago(10, 'throttled')], ['throttled'], { delayMs: 80 }],
  ['the listing was refused, and the download goes on', 'running', [ago(10, 'throttled')], ['running']],
  [
    'the listing is refused',
    'listing',
    [ago(10, 'throttled')],
    ['throttled', 'listing'],
    { limit: { code: 'throttling', evidence: { seconds: 8 } } },
  ],
  ['throttling is what limits', 'running', [], ['throttled'], { limit: { code: 'throttling', evidence: {} } }],
  [
    'throttled while the pool is rebuilt',
    'running',
    [ago(10, 'pool-rebuilding'), ago(5, 'throttled', { prefix: 'a/' })],
    ['throttled', 'rebuilding'],
  ],
  [
    'cooling down',
    'cooling-down',
    [ago(10, 'cooling-down', { successRate: 0.4 })],
    ['coolingDown'],
    { waitSeconds: 290 },
  ],
  ['paused', 'paused', [ago(10, 'paused')], ['paused']],
  ['a full disk ends it', 'finishing', [ago(1, 'disk-full', { freeBytes: 1 })], ['diskFull']],
  ['resumed after disk full', 'running', [ago(10, 'disk-full'), ago(5, 'job-started')], ['running']],
  ['paused before its turn came, after disk full', 'paused', [ago(20, 'disk-full')], ['paused']],
  ['paused while the network is away', 'paused', [ago(30, 'network-lost'), ago(9, 'paused')], ['paused']],
  ['paused while throttled', 'paused', [], ['paused'], { limit: { code: 'throttling', evidence: {} } }],
  ['network away', 'waiting', [ago(30, 'network-lost')], ['offline']],
  [
    'turned away',
    'waiting',
    [ago(30, 'network-lost')],
    ['offline'],
    { limit: { code: 'turned-away', evidence: { failure: 'tls' } } },
  ],
  ['network back', 'running', [ago(30, 'network-lost'), ago(3, 'network-restored')], ['running']],
  [
    'outside the window',
    'waiting',
    [],
    ['outsideWindow'],
    { waitSeconds: 3600 },
    { spec: { ...sampleJob().spec, timeWindow: { fromMinutes: 1320, toMinutes: 420 } } },
  ],
  ['waiting for something else', 'waiting', [], ['waiting'], { waitSeconds: 5 }],
  ['unhealthy', 'running', [ago(10, 'health-check-failed')], ['unhealthy']],
  ['healthy again', 'running', [ago(10, 'health-check-failed'), ago(5, 'health-check-passed')], ['running']],
  ['stale DNS', 'running', [ago(100, 'dns-stale')], ['dnsTrouble']],
  ['DNS back', 'running', [ago(100, 'dns-stale'), ago(50, 'dns-recovered')], ['running']],
  ['decay alert', 'running', [ago(100, 'decay-alert', { cause: 'line' })], ['decay']],
  ['resumed after a crash', 'running', [ago(5, 'job-started', { resumed: true })], ['resumedAfterCrash']],
  ['started afresh', 'running', [ago(5, 'job-started', { resumed: false })], ['running']],
  ['interrupted', 'interrupted', [ago(5, 'throttled')], ['interrupted']],
  ['cancelled', 'cancelled', [], ['cancelled']],
  ['all there', 'completed', [ago(2, 'throttled')], ['completed']],
  ['nothing was there, or nothing that the filters leave', 'completed', [], ['nothingFound'], {}, { objectsTotal: 0 }],
  ['some failed', 'failed', [], ['completedWithFailures'], {}, { summary }],
  ['denied at the start', 'failed', [], ['failedEarly'], {}, { summary: { ...summary, failure: { class: 'denied' } } }],
  [
    'ended by a full disk',
    'failed',
    [],
    ['diskFull'],
    {},
    { summary: { ...summary, failure: { class: 'disk-full' } } },
  ],
]

describe('the line under the head', () => {
  test.each(ROWS)('%s', (_, phase, events, expected, snapshot = {}, job = {}) => {
    const banners = chooseBanners({
      job: { ...sampleJob(), phase, ...job },
      snapshot: { ...sampleSnapshot(), phase, ...snapshot },
      events,
      now: NOW,
    })
    expect(banners.map((banner) => banner.kind)).toEqual(expected)
  })

  it.each([
    ['tells the share of the last requests', 10, { successRate: 0.3 }],
    ['tells no share of two', 2, {}],
  ])('throttled, it %s', (_, recentRequests, share) => {
    const [banner] = chooseBanners({
      job: sampleJob(),
      snapshot: { ...sampleSnapshot(), successRate: 0.3, recentRequests },
      events: [ago(3, 'throttled', { prefix: 'a/', successRate: 0 })],
      now: NOW,
    })
    expect(banner).toMatchObject({ kind: 'throttled', reason: { prefix: 'a/', ...share } })
    expect(Object.keys(banner?.reason ?? {}).sort()).toEqual(['prefix', ...Object.keys(share)])
  })

  it('names the prefix that is throttled only where it is not all of the job', () => {
    const { prefix } = sampleJob().spec.source
    const reasonOf = (throttledPrefix: string) =>
      chooseBanners({
        job: sampleJob(),
        snapshot: sampleSnapshot(),
        events: [ago(3, 'throttled', { prefix: throttledPrefix })],
        now: NOW,
      })[0]?.reason
    expect(reasonOf(`${prefix}01/`)).toHaveProperty('prefix', `${prefix}01/`)
    expect(reasonOf(prefix)).not.toHaveProperty('prefix')
  })

  it('counts the warm connections of the new generation only', () => {
    const connectionTable = [
      ...sampleConnections(16, { generation: 2 }),
      ...sampleConnections(9, { generation: 3 }),
      ...sampleConnections(3, { generation: 3, state: 'connecting' }),
    ]
    const [banner] = chooseBanners({
      job: sampleJob(),
      snapshot: { ...sampleSnapshot(), connectionTable },
      events: [ago(3, 'pool-rebuilding', { generation: 3, size: 16, cause: 'hourly' })],
      now: NOW,
    })
    expect(banner?.reason).toEqual({ generation: 3, size: 16, cause: 'hourly', warm: 9 })
  })

  it.each([
    ['of one run', [], { seconds: 100, averageBytesPerSecond: 5 }],
    [
      'that was resumed',
      [ago(99, 'job-started', { resumed: true })],
      { lastRunSeconds: 100, lastRunBytesPerSecond: 5 },
    ],
  ])('a whole job %s tells whose time it is', (_, events, times) => {
    const whole = { ...summary, status: 'completed' as const, bytesDone: 900, bytesFetched: 500 }
    const job = { ...sampleJob(), phase: 'completed' as const, endedAt: ENDED, summary: whole }
    const [banner] = chooseBanners({ job, snapshot: undefined, events, now: NOW })
    expect(banner?.reason).toEqual({ objectsDone: 490, bytesDone: 900, endedAt: ENDED, ...times })
  })

  it.each<[string, 'off' | 'checksum', number, string]>([
    ['all is verified', 'checksum', 0, 'Everything downloaded and verified'],
    ['nothing was to be verified', 'off', 0, 'Everything downloaded, not verified, as set'],
    ['nothing could be', 'checksum', 490, 'Everything downloaded, but the server gave nothing to verify it against'],
    [
      'some could not be',
      'checksum',
      1,
      'Everything downloaded; 1 object had nothing to check against, the others are verified',
    ],
  ])('of a whole job it claims no more than was done: %s', (_, verify, objectsUnproven, lead) => {
    const spec = { ...sampleJob().spec, verify }
    const whole = { ...summary, status: 'completed' as const, objectsUnproven }
    const job = { ...sampleJob(), spec, phase: 'completed' as const, summary: whole }
    const [banner] = chooseBanners({ job, snapshot: undefined, events: [], now: NOW })
    expect(fillSentence(jobEn.banners.completed, banner?.reason ?? {}, jobEn).lead).toBe(lead)
  })

  it('says how much room a job still needs that a full disk has ended', () => {
    const ended = { ...summary, failure: { class: 'disk-full' as const } }
    const job = { ...sampleJob(), phase: 'failed' as const, bytesDone: 30, bytesTotal: 100, summary: ended }
    const [banner] = chooseBanners({
      job,
      snapshot: undefined,
      events: [ago(3, 'disk-full', { path: '/d', needBytes: 90 })],
      now: NOW,
    })
    expect(banner?.reason).toEqual({ needBytes: 70, path: '/d' })
  })

  it.each([
    ['some', 490, { objectsDone: 490 }],
    ['all', 0, {}],
  ])('says the most frequent cause when %s objects failed', (_, objectsDone, others) => {
    const failed = ['denied', 'missing', 'denied'].map((failure, index) => ({ key: `${index}`, failure, message: '' }))
    const job = { ...sampleJob(), phase: 'failed' as const, summary: { ...summary, objectsDone, failed } }
    const [banner] = chooseBanners({ job, snapshot: undefined, events: [], now: NOW })
    expect(banner?.reason).toEqual({ objectsFailed: 6, failure: 'denied', ...others })
  })
})

test.each<[string, Reason, Reason]>([
  ['by its evidence', { cause: 'success-rate', successRate: 0.4 }, { cause: 'success-rate', successRate: 0.4 }],
  ['of a user who asked for it nothing', { cause: 'user', successRate: 1 }, { cause: 'user' }],
])('a cool-down says why it came: %s', (_, reason, told) => {
  const job = { ...sampleJob(), phase: 'cooling-down' as const }
  const [banner] = chooseBanners({ job, snapshot: undefined, events: [ago(2, 'cooling-down', reason)], now: NOW })
  expect(banner?.reason).toEqual(told)
})

test('a resumed job tells how much was kept as soon as all is listed', () => {
  const started = ago(5, 'job-started', { resumed: true })
  const listed = ago(4, 'listing-finished', { objects: 2, bytes: 9, bytesKept: 5, seconds: 1 })
  const reasonOf = (events: EngineEvent[]) =>
    chooseBanners({ job: sampleJob(), snapshot: undefined, events, now: NOW })[0]?.reason
  expect(reasonOf([started])).toEqual({ resumed: true })
  expect(reasonOf([started, listed])).toEqual({ resumed: true, bytesKept: 5 })
})

test.each<[JobView['spec']['verify'], string]>([
  ['etag', 'All data is here: verifying and writing to disk'],
  ['off', 'All data is here: writing to disk, not verified, as set'],
])('what is left to do at the end, with verification %s', (verify, lead) => {
  const job = { ...sampleJob(), phase: 'finishing' as const, spec: { ...sampleJob().spec, verify } }
  const [banner] = chooseBanners({ job, snapshot: undefined, events: [], now: NOW })
  expect(fillSentence(jobEn.banners.finishing, banner?.reason ?? {}, jobEn).lead).toBe(lead)
})
