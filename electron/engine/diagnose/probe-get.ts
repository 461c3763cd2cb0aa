/**
 * One GET of a range over a connection of its own, by the same transport as a download: how long until it is up, until
 * the first byte, and how fast it then is. Bytes are counted and forgotten; a limit of bytes per second is kept to.
 */
import { type Failure, failed, type Outcome, success } from '../../../shared/failure.ts'
import type { ByteRange, Clock, Endpoint } from '../engine-ports.ts'
import { classifySocketError, readErrorAnswer } from '../transport/classify-error.ts'
import { openSocket } from '../transport/open-socket.ts'
import { createRequestSigner } from '../transport/request-head.ts'
import { createResponseParser, type ResponseHead } from '../transport/response-parser.ts'
import type { Transfer } from './judge-service.ts'

export type GetProbe = {
  endpoint: Endpoint
  /** Of the host, or of the proxy where there is one. */
  address: string
  key: string
  objectSize: number
  range: ByteRange
  /** First byte at the latest, from the start. */
  patienceMs: number
  /** Ends here, whatever has come. */
  maxSeconds: number
  /** 0 = no limit. */
  limitBytesPerSecond: number
  clock: Clock
  signal: AbortSignal
  onBytes?(bytes: number): void
}

const BUFFER_BYTES = 256 * 1024
/** With a limit, small gulps: what is read before the first rest is this much at most. */
const GULPS_PER_SECOND = 10
const LEAST_BUFFER_BYTES = 4096
const MAX_ERROR_BODY_BYTES = 64 * 1024

export function probeGet(probe: GetProbe): Promise<Outcome<Transfer>> {
  const { endpoint, address, clock, signal } = probe
  const startedAt = clock.monotonic()
  const done = Promise.withResolvers<Outcome<Transfer>>()
  const buffer = Buffer.allocUnsafeSlow(bufferBytesOf(probe.limitBytesPerSecond))
  const timers = new Set<() => void>()
  let connectMs = 0
  let askedAt = 0
  let firstByteAt = 0
  let bytes = 0
  let head: ResponseHead | undefined
  let errorBody = ''
  let clockAheadMs: number | undefined

  const parser = createResponseParser({
    onHead(received) {
      head = received
      firstByteAt = clock.monotonic()
      const date = Date.parse(received.headers.get('date') ?? '')
      // The header cuts its second off: on average the clock is half a second further.
      if (Number.isFinite(date)) clockAheadMs = date + 500 - clock.now()
      if (isGood()) after(probe.maxSeconds * 1000, finish)
    },
    onBody(body, offset, length) {
      if (!isGood()) {
        if (errorBody.length < MAX_ERROR_BODY_BYTES) errorBody += body.toString('utf8', offset, offset + length)
        return
      }
      bytes += length
      probe.onBytes?.(length)
      // A server that ignores ranges sends more than was asked for.
      if (bytes >= probe.range.end - probe.range.start) finish()
    },
    onEnd: finish,
  })
  const socket = openSocket(address, endpoint, buffer, new Map(), {
    nextBuffer: () => buffer,
    onReady() {
      askedAt = clock.monotonic()
      connectMs = askedAt - startedAt
      const task = { ...NO_TASK, key: probe.key, range: probe.range, objectSize: probe.objectSize }
      createRequestSigner()
        .headFor(task, endpoint, clock.now())
        .then(
          (text) => socket.write(text),
          (error: Error) => fail({ class: 'credentials', code: error.name }),
        )
    },
    onData(_buffer, length) {
      const refused = parser.feed(buffer, length)
      if (refused !== undefined) fail({ class: 'protocol', code: 'bad-http' })
      const restMs = restAfter(bytes)
      if (restMs <= 0) return true
      after(restMs, () => socket.resume())
      return false
    },
    onEnd() {
      parser.finish()
      fail({ class: 'reset', code: head ? 'closed-in-answer' : 'closed-before-answer' })
    },
    onError: (error) =>
      fail({ ...classifySocketError(error, connectMs > 0 ? 'open' : 'connecting'), subject: endpoint.hostHeader }),
    onProxyRefused: fail,
    onClose: () => fail({ class: 'reset', code: 'closed' }),
  })
  after(probe.patienceMs, () => {
    if (firstByteAt === 0) fail({ class: 'stalled', code: 'no-first-byte', subject: endpoint.hostHeader })
  })
  const abort = () => (bytes > 0 ? finish() : fail({ class: 'cancelled' }))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return done.promise.finally(() => {
    for (const stop of timers) stop()
    signal.removeEventListener('abort', abort)
    socket.destroy()
  })

  function isGood(): boolean {
    return head?.status === 200 || head?.status === 206
  }

  function after(milliseconds: number, run: () => void): void {
    timers.add(clock.after(milliseconds, run))
  }

  /** How long to read nothing, so that the average stays below the limit. */
  function restAfter(received: number): number {
    if (probe.limitBytesPerSecond <= 0 || firstByteAt === 0) return 0
    return (received * 1000) / probe.limitBytesPerSecond - (clock.monotonic() - firstByteAt)
  }

  function finish(): void {
    if (head && !isGood()) {
      const { status, headers } = head
      fail(readErrorAnswer({ status, headers, body: errorBody, receivedAt: clock.now() }))
      return
    }
    done.resolve(
      success({
        address,
        connectMs,
        firstByteMs: Math.round((firstByteAt - askedAt) * 10) / 10,
        bytes,
        seconds: (clock.monotonic() - firstByteAt) / 1000,
        ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
      }),
    )
  }

  function fail(failure: Failure): void {
    done.resolve(failed({ ...failure, address }))
  }
}

const NO_TASK = { taskId: 0, etag: '', file: { kind: 'open', fd: -1 }, acceptWhole: true } as const

const bufferBytesOf = (limitBytesPerSecond: number): number =>
  limitBytesPerSecond > 0
    ? Math.max(LEAST_BUFFER_BYTES, Math.min(BUFFER_BYTES, Math.floor(limitBytesPerSecond / GULPS_PER_SECOND)))
    : BUFFER_BYTES
