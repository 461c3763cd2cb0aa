/**
 * What the line under the head says: from the job, its newest snapshot and its events to banners, most important first,
 * at least one. Pure. A run's earlier conditions end with `job-started`; while it is paused or queued none of them
 * holds.
 */
import type { EngineEvent, EventCode, Reason } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { isBetweenRuns, type JobPhase } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { writeTimeWindow } from '../../form/draft/draft-fields.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { hasSuccessRate } from '../words/success-rate.ts'

export type BannerKind = keyof JobWords['banners']
/** trouble: red, needs the user. healing: orange, being dealt with. healthy: green. neutral: a plain state. */
export type Tone = 'trouble' | 'healing' | 'healthy' | 'neutral'
export type Banner = { kind: BannerKind; tone: Tone; reason: Reason }

export type BannerInput = {
  job: JobView
  snapshot: MetricsSnapshot | undefined
  /** Oldest first. */
  events: readonly EngineEvent[]
  /** Unix milliseconds. */
  now: number
}

/** The seed report's plan A slows down below this success rate. */
export const POOR_SUCCESS_RATE = 0.9
/** "Rebuilt" is news for this long. */
const REBUILT_SECONDS = 20
/** Without a further refusal, throttling is over after this long (the window of the success rate). */
const THROTTLED_SECONDS = 60
const RESUMED_SECONDS = 60
const DECAY_SECONDS = 600

export function chooseBanners(input: BannerInput): Banner[] {
  const phase = input.job.phase
  const ended = ENDINGS[phase]?.(input)
  if (ended) return [ended]
  if (isBetweenRuns(input.job)) return [{ kind: 'goesOnByItself', tone: 'healing', reason: {} }]
  if (phase === 'queued') return [{ kind: 'queued', tone: 'neutral', reason: {} }]
  if (phase === 'paused') return [{ kind: 'paused', tone: 'neutral', reason: {} }]
  const conditions = [
    diskFull(input),
    offline(input),
    coolingDown(input),
    waiting(input),
    throttled(input),
    rebuilding(input),
    unhealthy(input),
    dnsTrouble(input),
    decay(input),
    rebuilt(input),
    resumedAfterCrash(input),
  ].filter((banner) => banner !== undefined)
  const state = stateBanner(input)
  // Beside trouble the calm state is noise, except for the listing.
  return conditions.length > 0 && state.kind !== 'listing' ? conditions : [...conditions, state]
}

// -- how it ended ---------------------------------------------------------------------------------------------

const ENDINGS: Partial<Record<JobPhase, (input: BannerInput) => Banner>> = {
  completed: ({ job, events }) => {
    if (job.objectsTotal === 0) return { kind: 'nothingFound', tone: 'healing', reason: {} }
    const { summary } = job
    const average = summary && summary.seconds > 0 ? summary.bytesFetched / summary.seconds : 0
    // The summary's seconds are those of the last run, its bytes those of all runs.
    const isOneOfMany = latest(events, ['job-started'])?.reason.resumed === true
    const reason = {
      ...verification(job),
      objectsDone: summary?.objectsDone ?? job.objectsDone,
      bytesDone: summary?.bytesDone ?? job.bytesDone,
      ...(summary ? { [isOneOfMany ? 'lastRunSeconds' : 'seconds']: summary.seconds } : {}),
      ...(average > 0 ? { [isOneOfMany ? 'lastRunBytesPerSecond' : 'averageBytesPerSecond']: average } : {}),
      ...endOf(job),
    }
    return { kind: 'completed', tone: 'healthy', reason }
  },
  failed: ({ job, events }) => {
    const failure = job.summary?.failure
    if (failure?.class === 'disk-full') {
      const needBytes = job.bytesTotal - job.bytesDone
      // Requests that were in flight when the event was written have been counted since.
      const reason = { ...latest(events, ['disk-full'])?.reason, ...(needBytes > 0 ? { needBytes } : {}) }
      return { kind: 'diskFull', tone: 'trouble', reason }
    }
    if (failure) return { kind: 'failedEarly', tone: 'trouble', reason: endOf(job) }
    const cause = mostFrequent(job.summary?.failed.map((object) => object.failure) ?? [])
    const objectsDone = job.summary?.objectsDone ?? job.objectsDone
    const reason = {
      objectsFailed: job.summary?.objectsFailed ?? job.objectsFailed,
      // Without any object there are no others to mention.
      ...(objectsDone > 0 ? { objectsDone } : {}),
      ...(cause ? { failure: cause } : {}),
      ...endOf(job),
    }
    return { kind: 'completedWithFailures', tone: 'trouble', reason }
  },
  cancelled: ({ job }) => ({ kind: 'cancelled', tone: 'neutral', reason: endOf(job) }),
  interrupted: ({ job }) => ({
    kind: 'interrupted',
    tone: 'healing',
    reason: { bytesDone: job.bytesDone },
  }),
}

// -- what goes on ---------------------------------------------------------------------------------------------

type Condition = (input: BannerInput) => Banner | undefined

const diskFull: Condition = ({ job, events }) => {
  const event = latest(events, ['disk-full', 'resumed', 'job-started'])
  if (event?.code !== 'disk-full' || job.phase === 'running') return undefined
  return { kind: 'diskFull', tone: 'trouble', reason: event.reason }
}

const offline: Condition = ({ snapshot, events, now }) => {
  const event = latest(events, ['network-lost', 'network-restored', 'job-started'])
  const lost = event?.code === 'network-lost'
  const { code, evidence } = snapshot?.limit ?? {}
  const isTurnedAway = code === 'turned-away'
  if (!lost && !isTurnedAway && code !== 'network-lost') return undefined
  // The reason may become known only after the outage has begun, and may change.
  const why: Reason = isTurnedAway && evidence?.failure ? { failure: evidence.failure } : {}
  return {
    kind: 'offline',
    tone: 'trouble',
    reason: { ...why, ...(lost ? { seconds: secondsSince(event, now) } : {}) },
  }
}

const coolingDown: Condition = ({ job, snapshot, events }) => {
  if (job.phase !== 'cooling-down') return undefined
  const { successRate, ...reason }: Reason = latest(events, ['cooling-down'])?.reason ?? {}
  // A cool-down that the user asked for needs no reason.
  const why = successRate === undefined || reason.cause === 'user' ? {} : { successRate }
  return { kind: 'coolingDown', tone: 'healing', reason: { ...reason, ...why, ...countdown(snapshot) } }
}

const waiting: Condition = ({ job, snapshot, events }) => {
  if (job.phase !== 'waiting' || latest(events, ['network-lost', 'network-restored'])?.code === 'network-lost') {
    return undefined
  }
  const { timeWindow } = job.spec
  if (!timeWindow) return { kind: 'waiting', tone: 'neutral', reason: countdown(snapshot) }
  const reason = { ...countdown(snapshot), window: writeTimeWindow(timeWindow) }
  return { kind: 'outsideWindow', tone: 'neutral', reason }
}

const throttled: Condition = ({ job, snapshot, events, now }) => {
  const event = latest(events, ['throttled', 'throttle-ended', 'job-started'])
  // A refused page of the listing slows no download, and no event reports that the next one succeeded.
  const isOfListing = event?.reason.prefix === undefined && snapshot?.delayMs === 0
  const fresh = event?.code === 'throttled' && !isOfListing && secondsSince(event, now) <= THROTTLED_SECONDS
  if (!fresh && snapshot?.limit.code !== 'throttling') return undefined
  // Which of its prefixes is news only where the job has several.
  const { prefix, ...ofAny }: Reason = fresh ? event.reason : {}
  const said = prefix === undefined || prefix === job.spec.source.prefix ? ofAny : { ...ofAny, prefix }
  if (!snapshot) return { kind: 'throttled', tone: 'healing', reason: said }
  const { limit, delayMs } = snapshot
  const { successRate: _, ...rest }: Reason = { ...said, ...(limit.code === 'throttling' ? limit.evidence : {}) }
  const live = { ...(delayMs > 0 ? { delayMs } : {}), ...successShare(snapshot) }
  return { kind: 'throttled', tone: 'healing', reason: { ...rest, ...live } }
}

const REBUILD_CODES: EventCode[] = ['pool-rebuilding', 'pool-rebuilt', 'cooling-down', 'job-started']

const rebuilding: Condition = ({ snapshot, events }) => {
  const event = latest(events, REBUILD_CODES)
  if (event?.code !== 'pool-rebuilding') return undefined
  const { generation } = event.reason
  const warm = snapshot?.connectionTable.filter(
    (line) => line.generation === generation && (line.state === 'warm' || line.state === 'active'),
  ).length
  return warm === undefined || generation === undefined
    ? { kind: 'rebuilding', tone: 'healing', reason: event.reason }
    : { kind: 'rebuildingWarm', tone: 'healing', reason: { ...event.reason, warm } }
}

const rebuilt: Condition = ({ events, now }) => {
  const event = latest(events, REBUILD_CODES)
  if (event?.code !== 'pool-rebuilt' || secondsSince(event, now) > REBUILT_SECONDS) return undefined
  return { kind: 'rebuilt', tone: 'healthy', reason: event.reason }
}

const unhealthy: Condition = ({ events }) => {
  const event = latest(events, ['health-check-failed', 'health-check-passed', 'pool-rebuilt', 'job-started'])
  return event?.code === 'health-check-failed'
    ? { kind: 'unhealthy', tone: 'healing', reason: event.reason }
    : undefined
}

const dnsTrouble: Condition = ({ events }) => {
  const event = latest(events, ['dns-failed', 'dns-stale', 'dns-recovered', 'job-started'])
  if (event?.code !== 'dns-failed' && event?.code !== 'dns-stale') return undefined
  return { kind: 'dnsTrouble', tone: 'healing', reason: event.reason }
}

const decay: Condition = ({ events, now }) => {
  const event = latest(events, ['decay-alert', 'job-started'])
  if (event?.code !== 'decay-alert' || secondsSince(event, now) > DECAY_SECONDS) return undefined
  return { kind: 'decay', tone: 'trouble', reason: event.reason }
}

const resumedAfterCrash: Condition = ({ events, now }) => {
  const event = latest(events, ['job-started'])
  if (event?.reason.resumed !== true || secondsSince(event, now) > RESUMED_SECONDS) return undefined
  // How much was kept is known when all is listed.
  const bytesKept = latest(events, ['job-started', 'listing-finished'])?.reason.bytesKept
  const reason = { resumed: true, ...(bytesKept === undefined ? {} : { bytesKept }) }
  return { kind: 'resumedAfterCrash', tone: 'healthy', reason }
}

function stateBanner({ job, snapshot }: BannerInput): Banner {
  if (job.phase === 'starting') return { kind: 'starting', tone: 'neutral', reason: {} }
  if (job.phase === 'finishing') return { kind: 'finishing', tone: 'neutral', reason: verification(job) }
  if (job.phase === 'listing' || snapshot?.listingComplete === false) {
    const found = { objects: job.objectsTotal, bytes: job.bytesTotal }
    return { kind: 'listing', tone: 'neutral', reason: job.objectsTotal > 0 ? found : {} }
  }
  if (!snapshot) return { kind: 'running', tone: 'healthy', reason: {} }
  const reason = { connections: snapshot.connections.active, ...successShare(snapshot) }
  if (snapshot.successRate < POOR_SUCCESS_RATE) return { kind: 'retrying', tone: 'healing', reason }
  const { objectsFailed } = job
  return objectsFailed > 0
    ? { kind: 'runningWithFailures', tone: 'healing', reason: { objectsFailed, ...reason } }
    : { kind: 'running', tone: 'healthy', reason }
}

// -- helpers --------------------------------------------------------------------------------------------------

const successShare = (snapshot: MetricsSnapshot | undefined): Reason =>
  snapshot && hasSuccessRate(snapshot) ? { successRate: snapshot.successRate } : {}

function latest(events: readonly EngineEvent[], codes: readonly EventCode[]): EngineEvent | undefined {
  return events.findLast((event) => codes.includes(event.code))
}

const secondsSince = (event: EngineEvent, now: number): number =>
  Math.max(0, Math.round((now - Date.parse(event.time)) / 1000))

/** When it ended: the user may come back only the next morning. */
const endOf = ({ endedAt }: JobView): Reason => (endedAt ? { endedAt } : {})

/** Why a complete job is not a verified one. */
function verification({ spec, summary }: JobView): Reason {
  if (spec.verify === 'off') return { verify: 'off' }
  const { objectsUnproven = 0, objectsDone = 0 } = summary ?? {}
  if (objectsUnproven === 0) return {}
  return objectsUnproven >= objectsDone ? { verify: 'impossible' } : { objectsUnproven }
}

const countdown = (snapshot: MetricsSnapshot | undefined): Reason =>
  snapshot && snapshot.waitSeconds > 0 ? { waitSeconds: Math.ceil(snapshot.waitSeconds) } : {}

function mostFrequent(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0]
}
