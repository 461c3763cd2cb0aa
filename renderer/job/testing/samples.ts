/** Jobs and snapshots as a program would send them, for tests and for the page's stories. */
import { FAILURE_CLASSES } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { jobSpecSchema } from '../../../shared/job-spec.ts'
import type { ConnectionView, ErrorCounts, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'

const PARAMETERS =
  '060_pv 075_crwc 076_cswc 129_z 130_t 131_u 132_v 133_q 135_w 138_vo 155_d 157_r 203_o3 246_clwc 247_ciwc 248_cc'.split(
    ' ',
  )

/** The keys of one month of ERA5 pressure-level data, endlessly. */
export function sampleKey(index: number): string {
  const parameter = PARAMETERS[index % PARAMETERS.length] as string
  const day = Math.floor(index / PARAMETERS.length)
  const month = 1 + ((9 + Math.floor(day / 28)) % 12)
  const year = 2025 + Math.floor((9 + Math.floor(day / 28)) / 12)
  const stamp = `${year}${String(month).padStart(2, '0')}`
  const date = `${stamp}${String((day % 28) + 1).padStart(2, '0')}`
  const grid = /_(u|v)$/.test(parameter) ? 'll025uv' : 'll025sc'
  return `e5.oper.an.pl/${stamp}/e5.oper.an.pl.128_${parameter}.${grid}.${date}00_${date}23.nc`
}

export function sampleJob(): JobView {
  return {
    jobId: 'job-1',
    spec: jobSpecSchema.parse({
      source: { bucket: 'nsf-ncar-era5', prefix: 'e5.oper.an.pl/202510/', access: { kind: 'anonymous' } },
      destination: 'D:\\era5\\202510',
    }),
    phase: 'running',
    createdAt: '2026-01-01T08:30:00.000Z',
    bytesDone: 412.6e9,
    bytesTotal: 676e9,
    objectsDone: 301,
    objectsFailed: 0,
    objectsTotal: 496,
  }
}

export function sampleConnections(count: number, same: Partial<ConnectionView> = {}): ConnectionView[] {
  return Array.from({ length: count }, (_, index) => ({
    id: 100 + index,
    state: 'active',
    address: `52.218.${128 + (index % 8)}.${(index * 37) % 250}`,
    generation: 2,
    ageSeconds: 240 + index * 97,
    requests: 12 + ((index * 7) % 60),
    bytes: 190e6 * (1 + (index % 5)),
    bytesPerSecond: 1_900_000 + 30_000 * ((index * 5) % 9),
    key: sampleKey(301 + Math.floor(index / 4)),
    ...same,
  }))
}

export const sampleErrors = (counts: Partial<ErrorCounts>): ErrorCounts =>
  ({ ...Object.fromEntries(FAILURE_CLASSES.map((name) => [name, 0])), ...counts }) as ErrorCounts

export function sampleSnapshot(): MetricsSnapshot {
  const connectionTable = sampleConnections(16)
  return {
    time: '2026-01-01T12:00:00.000Z',
    phase: 'running',
    bytesDone: 412.6e9,
    bytesTotal: 676e9,
    bytesFetched: 412.9e9,
    objectsDone: 301,
    objectsFailed: 0,
    objectsSkipped: 0,
    objectsTotal: 496,
    listingComplete: true,
    bytesPerSecond: 31.8e6,
    secondsLeft: 8283,
    concurrency: 16,
    threads: 16,
    connections: { active: 16, connecting: 0, idle: 0, closeWait: 0 },
    socketsOpened: 212,
    socketsClosed: 196,
    generation: 2,
    requestsPerSecond: 2.1,
    successRate: 0.998,
    delayMs: 0,
    firstByteMsP50: 84,
    firstByteMsP95: 210,
    dnsMs: 12,
    diskWriteMs: 3.2,
    errors: sampleErrors({ reset: 21, stalled: 8, 'server-error': 3 }),
    retries: 32,
    rssBytes: 138e6,
    loopLagMs: 0.4,
    waitSeconds: 0,
    limit: {
      code: 'line',
      evidence: { freshBytesPerSecond: 1.98e6, medianBytesPerSecond: 2.01e6, successRate: 0.998, spreadRatio: 0.07 },
    },
    connectionTable,
    addressTable: [...new Set(connectionTable.map((line) => line.address))].map((address, index) => ({
      address,
      connections: connectionTable.filter((line) => line.address === address).length,
      bytes: 25e9 + index * 3.1e8,
      bytesPerSecond: 1.98e6,
      failures: index % 5,
      quarantined: false,
    })),
  }
}
