/** Requests from the bucket step by step and judges each answer; what depends on a failed step says so. */
import type { Failure, Outcome } from '../../../../shared/failure.ts'
import type { Endpoint, ListedObject } from '../../engine-ports.ts'
import type { Company, DiagnosisRequest, Report } from '../diagnosis-request.ts'
import { judgeThrottling } from '../judge/judge-connections.ts'
import type { LookUp } from '../judge/judge-names.ts'
import {
  type JobSpeeds,
  judgeBucket,
  judgeClock,
  judgeFirstByte,
  judgeHead,
  judgeParallelSpeed,
  judgeSingleSpeed,
  type Skipped,
  speedOf,
  type Transfer,
} from '../judge/judge-service.ts'
import { judgedUnknown } from '../judge/judged.ts'
import { probeAddresses, type Reach } from './probe-addresses.ts'
import { probeNames } from './probe-names.ts'
import {
  type GetPlan,
  type ProbeDepth,
  type ProbeSource,
  probeHeads,
  probeListing,
  probeMany,
  probeOne,
  smallest,
} from './probe-service.ts'

export type ServiceFindings = {
  objects: readonly ListedObject[]
  /** Requests sent, and those that failed. */
  requests: number
  failures: Failure[]
  /** Best speed the line was seen to carry; 0 when none was measured. */
  bestSpeed: number
}

export async function askService(
  request: DiagnosisRequest,
  report: Report,
  signal: AbortSignal,
  {
    place,
    reach,
    refusal,
    company,
  }: {
    place: Endpoint | undefined
    reach: Reach
    refusal: { ok: false; failure: Failure } | undefined
    company: Company
  },
): Promise<ServiceFindings> {
  const { clock, jobs, target } = request
  const jobSpeed = jobs?.speeds.bytesPerSecond ?? 0
  const nothing: ServiceFindings = { objects: [], requests: 0, failures: [], bestSpeed: jobSpeed }
  if (!target?.ok || !place) {
    report('bucket', judgeBucket(refusal))
    reportNothing(request, report, target ? 'not-reached' : 'not-asked', refusal?.failure)
    return nothing
  }
  const { source, prefix } = target.value
  const listing = await probeListing(source, prefix, clock, signal)
  const failures = listing.ok ? [] : [listing.failure]
  report(
    'bucket',
    judgeBucket(
      listing.ok ? { ok: true, value: { ...listing.value, objects: listing.value.objects.length } } : listing,
    ),
  )
  const objects = listing.ok ? listing.value.objects : []
  const found = await findPlace(request, target.value.source, { place, reach }, signal)
  const filled = objects.filter(isReadable)
  if (filled.length === 0 || found === undefined) {
    reportNothing(request, report, listing.ok && filled.length === 0 ? 'no-object' : 'not-reached', failures[0])
    return { ...nothing, objects, requests: 1, failures }
  }

  // A HEAD beside a transfer would measure the transfer: the first one goes alone, unless it takes too long.
  const heads = probeHeads(source, smallest(filled), clock, signal)
  void heads.then((head) => report('head', judgeHead(head)))
  await Promise.race([heads, new Promise<void>((resolve) => void clock.after(HEAD_START_MS, resolve))])
  const { limitBytesPerSecond } = request
  const plan: GetPlan = { ...found, limitBytesPerSecond, clock, signal }
  const depth = depthOf(request, company)
  const one = await probeOne(plan, filled, depth)
  reportOne(request, report, one, { depth, job: comparableSpeeds(request, filled) })
  await heads
  const singleSpeed = one.ok && depth !== 'first-byte' ? speedOf(one.value) : 0
  const many = await askMany(request, report, plan, filled, { one, singleSpeed, depth, company })
  const results = [await heads, one, ...many.results]
  return {
    objects,
    requests: 1 + results.length,
    failures: [...failures, ...results.flatMap((result) => (result.ok ? [] : [result.failure]))],
    bestSpeed: Math.max(jobSpeed, singleSpeed, many.speed),
  }
}

/** The listing may have led to the bucket's own region, and so to another host. */
async function findPlace(
  request: DiagnosisRequest,
  source: ProbeSource,
  before: { place: Endpoint; reach: Reach },
  signal: AbortSignal,
): Promise<{ endpoint: Endpoint; address: string } | undefined> {
  const endpoint = await source.endpoint(signal)
  if (!endpoint.ok) return undefined
  const isSame = hostOf(endpoint.value) === hostOf(before.place)
  const reach = isSame ? before.reach : await reachOf(request, endpoint.value, await lookUp(request, endpoint.value))
  const { address } = reach
  return address === undefined ? undefined : { endpoint: endpoint.value, address }
}

const HEAD_START_MS = 1500

/** Empty objects have no speed; archived ones must be restored before they can be read. */
const isReadable = ({ size, storageClass }: ListedObject): boolean =>
  size > 0 && storageClass !== 'GLACIER' && storageClass !== 'DEEP_ARCHIVE'

/** With smaller objects the job's connections mostly wait for first bytes: not comparable with a range of 2 MiB. */
const COMPARABLE_OBJECT_BYTES = 8 * 1024 ** 2

function comparableSpeeds({ jobs }: DiagnosisRequest, objects: readonly ListedObject[]): JobSpeeds | undefined {
  const sizes = objects.map(({ size }) => size).sort((one, other) => one - other)
  const isLarge = (sizes[Math.floor(sizes.length / 2)] ?? 0) >= COMPARABLE_OBJECT_BYTES
  return isLarge ? jobs?.speeds : undefined
}

function depthOf({ jobs }: DiagnosisRequest, { isDownloading }: Company): ProbeDepth {
  if (jobs?.isLimited || isDownloading) return 'first-byte'
  return jobs && jobs.running > 0 ? 'beside' : 'whole'
}

function reportOne(
  request: DiagnosisRequest,
  report: Report,
  one: Outcome<Transfer>,
  { depth, job }: { depth: ProbeDepth; job: JobSpeeds | undefined },
): void {
  const refusal = one.ok ? undefined : one.failure
  report('first-byte', judgeFirstByte(one))
  report('clock-skew', judgeClock(one.ok ? one.value.clockAheadMs : undefined, refusal, 'cannot-tell'))
  const isMeasured = depth !== 'first-byte' || !one.ok
  report(
    'single-speed',
    isMeasured
      ? judgeSingleSpeed(one, { job, limitBytesPerSecond: request.limitBytesPerSecond })
      : judgedUnknown('speed-not-disturbed'),
  )
}

/** With fewer bytes per second the download uses another interface than the observed one. */
const LEAST_OF_A_DOWNLOAD = 100_000

async function askMany(
  { jobs }: DiagnosisRequest,
  report: Report,
  plan: GetPlan,
  objects: readonly ListedObject[],
  {
    one,
    singleSpeed,
    depth,
    company,
  }: { one: Outcome<Transfer>; singleSpeed: number; depth: ProbeDepth; company: Company },
): Promise<{ speed: number; results: Outcome<Transfer>[] }> {
  if (jobs && jobs.running > 0) {
    report('parallel-speed', judgeParallelSpeed({ from: 'job', job: jobs.speeds }))
    return { speed: 0, results: [] }
  }
  const { isDownloading, receivedBytesPerSecond = 0 } = company
  if (isDownloading && receivedBytesPerSecond > LEAST_OF_A_DOWNLOAD) {
    report('parallel-speed', judgeParallelSpeed({ from: 'machine', bytesPerSecond: receivedBytesPerSecond }))
    return { speed: receivedBytesPerSecond, results: [] }
  }
  if (depth === 'first-byte' || plan.limitBytesPerSecond > 0) {
    const cause = depth === 'first-byte' ? 'speed-not-disturbed' : 'speed-at-limit'
    report('parallel-speed', judgeParallelSpeed({ from: 'nothing', cause }))
    return { speed: 0, results: [] }
  }
  // A request that was refused once is not sent four times.
  if (!one.ok) {
    report('parallel-speed', judgeParallelSpeed({ from: 'probe', connections: 1, result: one, singleSpeed }))
    return { speed: 0, results: [] }
  }
  const many = await probeMany(plan, objects)
  const { connections, total } = many
  report('parallel-speed', judgeParallelSpeed({ from: 'probe', connections, result: total, singleSpeed }))
  return { speed: total.ok ? speedOf(total.value) : 0, results: many.results }
}

/** No object could be requested: the checks that depend on it say so; the job's own figures are still shown. */
function reportNothing(
  { jobs, limitBytesPerSecond }: DiagnosisRequest,
  report: Report,
  cause: Skipped,
  refusal: Failure | undefined,
): void {
  report('head', judgeHead(undefined, cause))
  report('first-byte', judgeFirstByte(undefined, cause))
  report('single-speed', judgeSingleSpeed(undefined, { limitBytesPerSecond }, cause))
  report('clock-skew', judgeClock(undefined, refusal, cause))
  const isRunning = jobs && jobs.running > 0
  report(
    'parallel-speed',
    judgeParallelSpeed(isRunning ? { from: 'job', job: jobs.speeds } : { from: 'nothing', cause }),
  )
}

export function reportThrottling(
  { jobs, target }: DiagnosisRequest,
  report: Report,
  { requests, failures }: ServiceFindings,
): void {
  const refused = failures.filter((failure) => failure.class === 'throttled').length
  const unanswered = failures.filter(({ class: name, httpStatus }) => name !== 'throttled' && !httpStatus).length
  const running = jobs && jobs.running > 0 ? jobs : undefined
  const cause = target ? 'not-reached' : 'not-asked'
  report('throttling', judgeThrottling({ requests: requests - unanswered, refused, jobs: running }, cause))
}

// -- names ---------------------------------------------------------------------------------------------------

/** Through a proxy it is the proxy's name that must be resolved. */
const hostOf = (endpoint: Endpoint): string => endpoint.proxy?.hostname ?? endpoint.hostname

export const lookUp = ({ fixedAddresses, dnsServer, clock }: DiagnosisRequest, endpoint: Endpoint) =>
  probeNames({ host: hostOf(endpoint), fixed: fixedAddresses, dnsServer, clock })

/** Which of the addresses accept a connection: a download uses those. */
export const reachOf = ({ dnsServer, clock }: DiagnosisRequest, endpoint: Endpoint, names: Names): Promise<Reach> => {
  const best = bestOf(names, dnsServer)
  return probeAddresses('addresses' in best ? best.addresses : [], endpoint.proxy?.port ?? endpoint.port, clock)
}

export type Names = { system: LookUp; server: LookUp }

/** As a download resolves it: the DNS server set by the user, else the system; each is the fallback of the other. */
export function bestOf({ system, server }: Names, dnsServer: string | undefined): LookUp {
  const [first, second] = dnsServer ? [server, system] : [system, server]
  return first.status === 'failed' && second.status === 'answered' ? second : first
}
