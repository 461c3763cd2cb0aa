/** Starts a client against a server, and ends it when the time is over. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { endProcess } from '../end-process.ts'
import type { ClientName, OwnFigures } from './results.ts'
import { CONNECTIONS } from './weathers.ts'

export type ClientOrder = {
  endpointUrl: string
  dnsServer: string
  bucket: string
  destination: string
  scratchFolder: string
  partBytes: number
  hourSeconds: number
}

export type RunningClient = {
  /** Ends it by its own way of stopping; resolves when the process is gone. */
  stop(): Promise<OwnFigures | undefined>
  /** It ended before it was asked to: its last words. */
  endedEarly(): string | undefined
}

const PROGRAM = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')
/** How long an interrupted download may take to close its files. */
const STOP_GRACE_MS = 10_000
/** Of a health check, in hours, as the policy's minute is of its hour. */
const HEALTH_CHECK_HOURS = 1 / 60

export const startClient = (name: ClientName, order: ClientOrder): RunningClient =>
  name === 'longhaul' ? startLonghaul(order) : startPool(order, name === 'plan')

function startPool(order: ClientOrder, withPlan: boolean): RunningClient {
  const child = spawn(process.execPath, [
    join(import.meta.dirname, 'pool-client.ts'),
    ...['--endpoint', order.endpointUrl, '--bucket', order.bucket, '--destination', order.destination],
    ...['--dns', order.dnsServer, '--part-bytes', String(order.partBytes), '--hour-seconds', String(order.hourSeconds)],
    ...(withPlan ? ['--plan'] : []),
  ])
  const words = listen(child)
  return {
    endedEarly: words.endedEarly,
    async stop() {
      await endProcess(child)
      return undefined
    },
  }
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
  const child = spawn(process.execPath, [
    ...[PROGRAM, 'get', `s3://${order.bucket}/`, order.destination, '--json', '--no-sign-request', '--path-style'],
    ...['--endpoint-url', order.endpointUrl, '--region', 'us-east-1', '--dns-server', order.dnsServer],
    ...['--threads', String(CONNECTIONS), '--part-size', String(order.partBytes), '--policy', policyFile],
  ])
  const words = listen(child)
  const own: OwnFigures = { duplicateShare: 0, stallSeconds: [], events: {}, closeWait: 0 }
  createInterface({ input: child.stdout }).on('line', (text) => note(own, JSON.parse(text)))
  return {
    endedEarly: words.endedEarly,
    async stop() {
      const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
      if (child.exitCode === null) {
        child.kill('SIGINT')
        await gone
      }
      clearTimeout(force)
      return own
    },
  }
}

type JsonLine = {
  type: string
  code?: string
  reason?: { cause?: string; seconds?: number }
  connections?: { closeWait: number }
  bytesFetched?: number
  bytesDone?: number
}

function note(own: OwnFigures, line: JsonLine): void {
  if (line.type === 'snapshot') own.closeWait = Math.max(own.closeWait, line.connections?.closeWait ?? 0)
  if (line.type === 'event' && line.code) {
    own.events[line.code] = (own.events[line.code] ?? 0) + 1
    const isStall = line.code === 'connection-replaced' && line.reason?.cause === 'stalled'
    if (isStall && line.reason?.seconds !== undefined) own.stallSeconds.push(line.reason.seconds)
  }
  if (line.type === 'summary' && line.bytesFetched && line.bytesDone !== undefined)
    own.duplicateShare = Math.max(0, line.bytesFetched - line.bytesDone) / line.bytesFetched
}

const KEPT_CHARACTERS = 2000

function listen(child: ChildProcess) {
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-KEPT_CHARACTERS)
  })
  return {
    endedEarly: () =>
      child.exitCode === null && child.signalCode === null
        ? undefined
        : `ended with ${child.exitCode ?? child.signalCode}: ${said.trim()}`,
  }
}
