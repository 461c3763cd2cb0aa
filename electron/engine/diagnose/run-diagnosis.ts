/**
 * Measures, judges, reports: one check at a time as it becomes known, all of them within MAX_SECONDS. A check that
 * fails is a verdict; one that time or the user cut off says so. See README.md.
 */
import { CHECK_CODES, type Check, type CheckCode } from '../../../shared/diagnosis.ts'
import type { Outcome } from '../../../shared/failure.ts'
import { readFreeSpace } from '../disk/free-space.ts'
import type { Endpoint } from '../engine-ports.ts'
import { endpointUrlOf } from '../list/plan-endpoint.ts'
import { createLoopLagMeter } from '../metrics/event-loop-lag.ts'
import type { DiagnosisRequest, Report } from './diagnosis-request.ts'
import {
  type DiskProbe,
  judgeCpu,
  judgeDiskLatency,
  judgeDiskSpeed,
  judgeFreeSpace,
  judgeLoopLag,
} from './judge/judge-machine.ts'
import { judgeAddresses, judgeServerDns, judgeSystemDns } from './judge/judge-names.ts'
import { judgeMtu, judgeOtherTraffic, judgeProxy, judgeVpn, type ProxyMeasurement } from './judge/judge-way.ts'
import { type Judged, judgedUnknown } from './judge/judged.ts'
import { probeDisk } from './machine/probe-disk.ts'
import { namesOfInterfaces, readMainInterface, watchCpu } from './machine/read-machine.ts'
import {
  askService,
  bestOf,
  lookUp,
  type Names,
  reachOf,
  reportThrottling,
  type ServiceFindings,
} from './service/ask-service.ts'
import { type Reach, UNKNOWN_REACH } from './service/probe-addresses.ts'
import { readSockets } from './sockets/read-sockets.ts'
import { ownProcesses, reportConnections, type SocketLook } from './sockets/report-connections.ts'
import type { ServicePlace } from './sockets/socket-table.ts'

/** The README promises less than 20 s in all. */
const MAX_SECONDS = 18
/** Processors, timers and other traffic are observed for this long before the first request. */
const WATCH_MS = 1000
const ANY_AWS_URL = 'https://s3.amazonaws.com/'

export async function runDiagnosis(request: DiagnosisRequest): Promise<Check[]> {
  const { clock } = request
  const timeUp = new AbortController()
  const stopTimer = clock.after(MAX_SECONDS * 1000, () => timeUp.abort())
  const signal = AbortSignal.any([request.signal, timeUp.signal])
  const checks = new Map<CheckCode, Check>()
  const report = (code: CheckCode, judged: Judged) => {
    if (checks.has(code)) return
    const check = { code, ...judged }
    checks.set(code, check)
    request.onCheck(check)
  }
  try {
    await Promise.race([measure(request, report, signal), whenAborted(signal)])
  } finally {
    stopTimer()
  }
  for (const code of CHECK_CODES) report(code, judgedUnknown(request.signal.aborted ? 'stopped' : 'out-of-time'))
  return CHECK_CODES.map((code) => checks.get(code) as Check)
}

const whenAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

async function measure(request: DiagnosisRequest, report: Report, signal: AbortSignal): Promise<void> {
  const { clock, target } = request
  const endpoint = target?.ok ? await target.value.source.endpoint(signal) : undefined
  const place = endpoint?.ok ? endpoint.value : undefined
  const [{ looks, traffic }, names] = await Promise.all([
    watch(request, report, signal),
    place ? lookUp(request, place) : noNames(target ? 'not-reached' : 'not-asked'),
  ])
  // After the sockets were read: its own connections would be counted there.
  const reach = place ? await reachOf(request, place, names) : UNKNOWN_REACH
  reportNames(request, report, { names, reach })
  report('proxy', judgeProxy(await readProxy(request, place)))
  const disk = probeDisk(request.folder, clock, signal)
  const refusal = target && !target.ok ? target : endpoint && !endpoint.ok ? endpoint : undefined
  const isDownloading = await reportConnections(request, report, signal, { looks, service: serviceOf(place, names) })
  const receivedBytesPerSecond = traffic && traffic.receivedBytes / traffic.seconds
  const company = { isDownloading, receivedBytesPerSecond }
  const service = await askService(request, report, signal, { place, reach, refusal, company })
  reportThrottling(request, report, service)
  await reportDisk(request, report, await disk, service)
  // Another program's download from the service cannot be told apart from other traffic.
  const others = isDownloading ? undefined : trafficOfOthers(request, traffic)
  report('other-traffic', judgeOtherTraffic(others && { ...others, lineBytesPerSecond: service.bestSpeed }))
}

function noNames(cause: 'not-asked' | 'not-reached'): Names {
  return { system: { status: 'not-asked', cause }, server: { status: 'not-asked', cause } }
}

// -- this machine ---------------------------------------------------------------------------------------------

type Traffic = { receivedBytes: number; seconds: number }

async function watch(request: DiagnosisRequest, report: Report, signal: AbortSignal) {
  const { clock } = request
  const pids = ownProcesses(request)
  const lag = createLoopLagMeter()
  const readCpu = watchCpu()
  const startedAt = clock.monotonic()
  const [firstLook, before] = await Promise.all([readSockets(pids, signal), readMainInterface(signal)])
  const from = clock.monotonic()
  await new Promise<void>((resolve) => void clock.after(Math.max(0, WATCH_MS - (from - startedAt)), resolve))
  report('loop-lag', judgeLoopLag(lag.readMs()))
  lag.close()
  report('cpu', judgeCpu(readCpu()))
  const seconds = (clock.monotonic() - from) / 1000
  const [secondLook, after] = await Promise.all([readSockets(pids, signal), readMainInterface(signal)])
  report('mtu', judgeMtu(after))
  const looks: [SocketLook, SocketLook] = [firstLook, secondLook]
  if (!before || !after || before.name !== after.name) return { looks, traffic: undefined }
  const traffic: Traffic = { receivedBytes: after.receivedBytes - before.receivedBytes, seconds }
  return { looks, traffic }
}

/** Undefined while the jobs' own share is unknown. */
function trafficOfOthers({ jobs }: DiagnosisRequest, traffic: Traffic | undefined) {
  const own = jobs ? jobs.speeds.bytesPerSecond : 0
  return traffic && own !== undefined ? { ...traffic, ownBytes: own * traffic.seconds } : undefined
}

/** Through a proxy every program connects to the same address, which proves nothing. */
function serviceOf(place: Endpoint | undefined, { system, server }: Names): ServicePlace | undefined {
  if (!place || place.proxy) return undefined
  const addresses = [system, server].flatMap((look) => ('addresses' in look ? look.addresses : []))
  return { addresses, port: place.port }
}

async function reportDisk(
  request: DiagnosisRequest,
  report: Report,
  disk: Outcome<DiskProbe>,
  { objects, bestSpeed }: ServiceFindings,
): Promise<void> {
  const listedBytes = objects.reduce((sum, { size }) => sum + size, 0)
  report('disk-speed', judgeDiskSpeed(disk, bestSpeed))
  report('disk-latency', judgeDiskLatency(disk))
  report('free-space', judgeFreeSpace(await readFreeSpace(request.folder), listedBytes))
}

// -- names and the way ----------------------------------------------------------------------------------------

function reportNames(
  { dnsServer }: DiagnosisRequest,
  report: Report,
  { names, reach }: { names: Names; reach: Reach },
): void {
  const addresses = judgeAddresses(bestOf(names, dnsServer), reach.dead)
  report('addresses', addresses)
  report('dns-system', judgeSystemDns(names.system))
  report('dns-server', judgeServerDns(names.server, dnsServer !== undefined))
  report('vpn', judgeVpn(namesOfInterfaces(), addresses.cause === 'addresses-fake'))
}

async function readProxy(request: DiagnosisRequest, endpoint: Endpoint | undefined): Promise<ProxyMeasurement> {
  const url = await request.proxyFor(endpoint ? endpointUrlOf(endpoint) : ANY_AWS_URL)
  // Without user name and password.
  if (!url || !URL.canParse(url)) return { status: 'none' }
  return { status: 'used', proxy: new URL(url).host, from: request.proxyFrom }
}
