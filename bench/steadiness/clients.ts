/** Starts a client against a server, listens to what it says of itself, and ends it when the time is over. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { DISK_STALL_VARIABLE } from './disk-stall-variable.ts'
import type { OwnCount } from './figures.ts'
import type { ClientName, OwnFigures } from './results.ts'
import { CONNECTIONS } from './weathers.ts'

export type ClientOrder = {
  /** The command line of Longhaul. */
  program: string
  endpointUrl: string
  dnsServer: string
  bucket: string
  destination: string
  scratchFolder: string
  partBytes: number
  hourSeconds: number
  /** When the weather's clock started, of `Date.now()`. */
  startedAt: number
  diskStallHours: readonly [from: number, until: number] | undefined
}

export type ClientTold = { counts: OwnCount[]; own?: OwnFigures }

export type RunningClient = {
  /** Ends it by its own way of stopping; resolves when the process is gone. Safe to repeat. */
  stop(): Promise<ClientTold>
  /** It ended before it was asked to: its last words. */
  endedEarly(): string | undefined
}

const POOL_CLIENT = join(import.meta.dirname, 'pool-client.ts')
const STALLING_DISK = pathToFileURL(join(import.meta.dirname, 'stalling-disk.ts')).href
/** How long an interrupted download may take to close its files. */
const STOP_GRACE_MS = 10_000
/** Of a health check, in hours, as the policy's minute is of its hour. */
const HEALTH_CHECK_HOURS = 1 / 60
const KEPT_CHARACTERS = 2000
/** The first replacement is told at once, the following ones together, over at most this time. */
const GATHERED_SECONDS = 10

export const startClient = (name: ClientName, order: ClientOrder): RunningClient =>
  name === 'longhaul' ? startLonghaul(order) : startPool(order, name === 'plan')

function startPool(order: ClientOrder, withPlan: boolean): RunningClient {
  const { endpointUrl, bucket, destination, dnsServer, partBytes, hourSeconds } = order
  const told: ClientTold = { counts: [] }
  const args = [
    ...[POOL_CLIENT, '--endpoint', endpointUrl, '--bucket', bucket, '--destination', destination],
    ...['--dns', dnsServer, '--part-bytes', String(partBytes), '--hour-seconds', String(hourSeconds)],
    ...(withPlan ? ['--plan'] : []),
  ]
  return run(args, order, told, 'SIGTERM', () => {})
}

/** Only durations that the compression shortens differ from the default policy. */
const compressedPolicy = (hourSeconds: number) => ({
  connectionMaxAgeSeconds: hourSeconds,
  poolRebuildSeconds: hourSeconds,
  healthCheckSeconds: Math.max(1, HEALTH_CHECK_HOURS * hourSeconds),
})

function startLonghaul(order: ClientOrder): RunningClient {
  const policyFile = join(order.scratchFolder, 'policy.json')
  writeFileSync(policyFile, JSON.stringify(compressedPolicy(order.hourSeconds)))
  const own: OwnFigures = { stalls: [], events: {}, closeWait: 0 }
  const args = [
    ...[
      order.program,
      'get',
      `s3://${order.bucket}/`,
      order.destination,
      '--json',
      '--no-sign-request',
      '--path-style',
    ],
    ...['--endpoint-url', order.endpointUrl, '--region', 'us-east-1', '--dns-server', order.dnsServer],
    ...['--threads', String(CONNECTIONS), '--part-size', String(order.partBytes), '--policy', policyFile],
  ]
  return run(args, order, { counts: [], own }, 'SIGINT', (line, seconds) => note(own, line, seconds))
}

type JsonLine = {
  type?: string
  code?: string
  reason?: { cause?: string; seconds?: number; longestSeconds?: number; count?: number }
  connections?: { closeWait: number }
  bytesFetched?: number
  bytesDone?: number
}

function run(
  args: string[],
  { startedAt, hourSeconds, diskStallHours }: ClientOrder,
  told: ClientTold,
  stopSignal: 'SIGINT' | 'SIGTERM',
  onLine: (line: JsonLine, seconds: number) => void,
): RunningClient {
  const stall = diskStallHours?.map((hour) => Math.round(startedAt + hour * hourSeconds * 1000)).join('-')
  const child = spawn(process.execPath, [...(stall ? ['--import', STALLING_DISK] : []), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(stall ? { [DISK_STALL_VARIABLE]: stall } : {}) },
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  let said = ''
  child.on('error', (error) => {
    said += error.message
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT_CHARACTERS)
  })
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parseLine(text)
    if (!line) return
    const seconds = (Date.now() - startedAt) / 1000
    onLine(line, seconds)
    const { bytesDone, bytesFetched } = line
    if (bytesDone !== undefined && bytesFetched !== undefined) told.counts.push({ seconds, bytesDone, bytesFetched })
  })
  return {
    endedEarly: () =>
      isRunning(child) ? undefined : `ended with ${child.exitCode ?? child.signalCode ?? 'no process'}: ${said.trim()}`,
    async stop() {
      if (isRunning(child)) child.kill(stopSignal)
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      // A process that never started closes nothing.
      await Promise.race([ended, sleep(2 * STOP_GRACE_MS, undefined, { ref: false })])
      clearTimeout(force)
      return told
    },
  }
}

const isRunning = ({ exitCode, signalCode, pid }: ChildProcess): boolean =>
  pid !== undefined && exitCode === null && signalCode === null

/** Undefined for the half line of a process that was killed. */
function parseLine(text: string): JsonLine | undefined {
  try {
    return JSON.parse(text) as JsonLine
  } catch {
    return undefined
  }
}

function note(own: OwnFigures, { type, code, reason, connections }: JsonLine, now: number): void {
  if (type === 'snapshot') own.closeWait = Math.max(own.closeWait, connections?.closeWait ?? 0)
  if (type !== 'event' || !code) return
  own.events[code] = (own.events[code] ?? 0) + 1
  if (code !== 'connection-replaced' || reason?.cause !== 'stalled') return
  const { count = 1, seconds = 0, longestSeconds } = reason
  const fromSeconds = longestSeconds === undefined ? now : now - GATHERED_SECONDS
  own.stalls.push({ count, longestSeconds: longestSeconds ?? seconds, fromSeconds, untilSeconds: now })
}
