/** Requests one page of the listing, some HEADs, one range, then several at once. Every step is bounded. */
import { type Failure, failed, type Outcome, success } from '../../../../shared/failure.ts'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import type { Clock, Endpoint, ListedObject, ObjectSource } from '../../engine-ports.ts'
import type { Transfer } from '../judge/judge-service.ts'
import { probeGet } from './probe-get.ts'

export type ProbeSource = Pick<ObjectSource, 'listPage' | 'headObject' | 'endpoint'>

/** A little more than the seed's 5 s, so that a late answer is told apart from none. */
const PATIENCE_MS = DEFAULT_POLICY.unhealthyLatencySeconds * 1000 + 1500
const HEADS = 3
/** After a HEAD as slow as this no more are sent: they would show the same. */
const ENOUGH_MS = 1500
const PARALLEL_CONNECTIONS = 4
const RANGE_BYTES = 8 * 1024 ** 2
const RANGE_SECONDS = 2.5
/** While a job runs: enough to measure a speed, too little to disturb it. */
const SMALL_RANGE_BYTES = 2 * 1024 ** 2
/** Enough for a first byte. */
const TINY_RANGE_BYTES = 16 * 1024

export type Reading = { milliseconds: number; objects: ListedObject[]; isComplete: boolean }

export async function probeListing(
  source: ProbeSource,
  prefix: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome<Reading>> {
  const startedAt = clock.monotonic()
  const page = await patiently(signal, (each) => source.listPage({ prefix, pageSize: 1000 }, each))
  if (!page.ok) return page
  const objects = page.value.objects.filter(({ key }) => !key.endsWith('/'))
  return success({ milliseconds: passed(clock, startedAt), objects, isComplete: page.value.continuation === undefined })
}

export async function probeHeads(
  source: ProbeSource,
  object: ListedObject,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome<{ timesMs: number[] }>> {
  const timesMs: number[] = []
  while (timesMs.length < HEADS && !timesMs.some((time) => time > ENOUGH_MS)) {
    const startedAt = clock.monotonic()
    const head = await patiently(signal, (each) => source.headObject(object.key, {}, each))
    if (!head.ok) return head
    timesMs.push(passed(clock, startedAt))
  }
  return success({ timesMs })
}

/** A timeout is a failure of the service; an abort by the user is none. */
async function patiently<T>(
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const timeout = AbortSignal.timeout(PATIENCE_MS)
  const answer = await ask(AbortSignal.any([signal, timeout]))
  const isLate = !answer.ok && timeout.aborted && !signal.aborted
  return isLate ? failed({ class: 'stalled', code: 'no-answer' }) : answer
}

/** `whole`: nothing else runs. `beside`: a job runs. `first-byte`: and its rate is limited. */
export type ProbeDepth = 'whole' | 'beside' | 'first-byte'

export type GetPlan = {
  endpoint: Endpoint
  address: string
  limitBytesPerSecond: number
  clock: Clock
  signal: AbortSignal
}

export function probeOne(
  plan: GetPlan,
  objects: readonly ListedObject[],
  depth: ProbeDepth,
): Promise<Outcome<Transfer>> {
  const bytes = { whole: RANGE_BYTES, beside: SMALL_RANGE_BYTES, 'first-byte': TINY_RANGE_BYTES }[depth]
  return probeGet({
    ...plan,
    ...rangeOf(largest(objects), bytes, 0),
    patienceMs: PATIENCE_MS,
    maxSeconds: RANGE_SECONDS,
  })
}

export async function probeMany(
  plan: GetPlan,
  objects: readonly ListedObject[],
): Promise<{ connections: number; results: Outcome<Transfer>[]; total: Outcome<{ bytes: number; seconds: number }> }> {
  const ranges = spreadRanges(objects)
  let startedAt = plan.clock.monotonic()
  let bytes = 0
  const onBytes = (received: number) => {
    if (bytes === 0) startedAt = plan.clock.monotonic()
    bytes += received
  }
  const results = await Promise.all(
    ranges.map((range) => probeGet({ ...plan, ...range, patienceMs: PATIENCE_MS, maxSeconds: RANGE_SECONDS, onBytes })),
  )
  // Silence after the last byte counts: a server that stops sending is not fast.
  const seconds = (plan.clock.monotonic() - startedAt) / 1000
  const failure = results.find((result): result is { ok: false; failure: Failure } => !result.ok)
  const total = failure ?? success({ bytes, seconds: Math.max(0.001, seconds) })
  return { connections: ranges.length, results, total }
}

/** Ranges of different objects where there are several, else different ranges of one. */
function spreadRanges(objects: readonly ListedObject[]) {
  const big = [...objects].sort((one, other) => other.size - one.size).slice(0, PARALLEL_CONNECTIONS)
  return Array.from({ length: PARALLEL_CONNECTIONS }, (_, index) => {
    const object = big[index % big.length] as ListedObject
    const start = Math.floor((object.size * index) / PARALLEL_CONNECTIONS)
    return rangeOf(object, RANGE_BYTES, start)
  })
}

const rangeOf = (object: ListedObject, bytes: number, start: number) => ({
  key: object.key,
  objectSize: object.size,
  range: { start, end: Math.min(object.size, start + bytes) },
})

const largest = (objects: readonly ListedObject[]): ListedObject =>
  objects.reduce((best, object) => (object.size > best.size ? object : best))

export const smallest = (objects: readonly ListedObject[]): ListedObject =>
  objects.reduce((best, object) => (object.size < best.size ? object : best))

const passed = (clock: Clock, startedAt: number): number => Math.round((clock.monotonic() - startedAt) * 10) / 10
