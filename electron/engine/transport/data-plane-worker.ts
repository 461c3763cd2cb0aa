/** A data-plane worker: keeps connections, carries out the control plane's commands, reports in batches. */
import { parentPort, workerData } from 'node:worker_threads'
import { success } from '../../../shared/failure.ts'
import type { ConnectionEvent, Endpoint } from '../engine-ports.ts'
import type { StartChecksum } from '../verify/running-checksum.ts'
import { checkWhileWriting } from './checked-writer.ts'
import { type Connection, type ConnectionContext, createConnection } from './connection.ts'
import { unsentOutcome } from './exchange.ts'
import { monotonicMilliseconds } from './monotonic-time.ts'
import { viewRateBucket } from './rate-bucket.ts'
import { CONNECTION_BUFFER_BYTES } from './read-size.ts'
import { createRequestSigner } from './request-head.ts'
import { viewCounters } from './shared-counters.ts'
import { openTaskFile } from './task-writer.ts'
import type { WorkerCommand, WorkerStart } from './worker-protocol.ts'

const port = parentPort
if (!port) throw new Error('this file runs as a worker thread')
const start = workerData as WorkerStart
const counters = viewCounters(start.counters)
const bucket = viewRateBucket(start.tokens)
const connections = new Map<number, Connection>()

/** How often a resting connection looks for tokens; well under a snapshot, well over a timer's cost. */
const REST_MILLISECONDS = 10
const HEARTBEAT_MILLISECONDS = 100
/** The published write latency halves in about a second of writes, so that one slow write does not stand for ever. */
const WRITE_DECAY = 0.98

/** Of the commands that come next. */
let endpoint: Endpoint | undefined
let opened = 0
let closed = 0
let writeMs = 0
const publishWorker = () => counters.setWorker(start.workerIndex, opened, closed, writeMs)

const publishAlive = () => counters.setAlive(start.workerIndex, monotonicMilliseconds())
publishAlive()
const heartbeat = setInterval(publishAlive, HEARTBEAT_MILLISECONDS)

let events: ConnectionEvent[] = []
function report(item: ConnectionEvent): void {
  if (events.length === 0) setImmediate(sendEvents)
  events.push(item)
}
function sendEvents(): void {
  const batch = events
  events = []
  port?.postMessage(batch)
}

const resting = new Set<Connection>()
function wakeResting(): void {
  // Without this a shut-down under a limit would wait for tokens that are not refilled any more.
  if (resting.size === 0) return
  if (bucket.isLimited() && !bucket.hasTokens()) {
    setTimeout(wakeResting, REST_MILLISECONDS)
    return
  }
  const woken = [...resting]
  resting.clear()
  for (const connection of woken) connection.resume()
}

/**
 * Connections come and go by the hundred in a job of small
 * objects: a fresh megabyte for each is work for the collector.
 */
const freeBuffers: Buffer[] = []

const signer = createRequestSigner()
let startChecksum: StartChecksum | undefined
/** Loaded with the first task that wants checksums: most jobs have none. */
async function loadChecksums(): Promise<void> {
  startChecksum ??= await (await import('../verify/running-checksum.ts')).loadChecksums()
}

const context: ConnectionContext = {
  signer: {
    headFor(task, ...more) {
      if (!task.check || startChecksum) return signer.headFor(task, ...more)
      return loadChecksums().then(() => signer.headFor(task, ...more))
    },
  },
  tlsSessions: new Map(),
  openWriter(task, head) {
    const opened = openTaskFile(task.file)
    if (!task.check || !opened.ok) return opened
    if (!startChecksum) throw new Error('an answer before the checksums its request waited for')
    return success(checkWhileWriting(opened.value, task, head, startChecksum))
  },
  now: () => Date.now(),
  monotonic: monotonicMilliseconds,
  report,
  publish: counters.setConnection,
  isRateLimited: bucket.isLimited,
  mayContinue: (bytes) => !bucket.isLimited() || bucket.take(bytes),
  onResting(connection) {
    if (resting.size === 0) setTimeout(wakeResting, REST_MILLISECONDS)
    resting.add(connection)
  },
  takeBuffer: () => freeBuffers.pop() ?? Buffer.allocUnsafeSlow(CONNECTION_BUFFER_BYTES),
  returnBuffer: (buffer) => void freeBuffers.push(buffer),
  onOpened() {
    opened++
    publishWorker()
  },
  onClosed() {
    closed++
    publishWorker()
  },
  forget(connection) {
    connections.delete(connection.connectionId)
    resting.delete(connection)
  },
  onWritten(milliseconds) {
    writeMs = Math.max(milliseconds, writeMs * WRITE_DECAY)
    publishWorker()
  },
}

port.on('message', (commands: WorkerCommand[]) => {
  for (const command of commands) obey(command)
})

function obey(command: WorkerCommand): void {
  switch (command.kind) {
    case 'endpoint':
      endpoint = command.endpoint
      return
    case 'open':
      connections.set(command.connectionId, createConnection({ ...command, endpoint: currentEndpoint() }, context))
      return
    case 'assign': {
      const connection = connections.get(command.connectionId)
      if (connection) connection.assign(command.task, currentEndpoint())
      else report({ kind: 'finished', outcome: unsentOutcome(command.task, command.connectionId) })
      return
    }
    case 'shorten':
      connections.get(command.connectionId)?.shorten(command.taskId, command.keep)
      return
    case 'close':
      connections.get(command.connectionId)?.close()
      return
    case 'shut-down':
      clearInterval(heartbeat)
      for (const connection of connections.values()) connection.close()
      setImmediate(() => setImmediate(() => port?.close()))
  }
}

function currentEndpoint(): Endpoint {
  if (!endpoint) throw new Error('a connection before its endpoint')
  return endpoint
}
