/**
 * One GET of a range over its own connection, with the transport of a download: time to connect, time to first byte, and
 * speed from then on. Bytes are counted and discarded; a limit of bytes per second is respected.
 */
import { type Failure, failed, type Outcome, success } from '../../../../shared/failure.ts'
import type { ByteRange, Clock, Endpoint } from '../../engine-ports.ts'
import { classifySocketError, readErrorAnswer } from '../../transport/classify-error.ts'
import { openSocket } from '../../transport/open-socket.ts'
import { createRequestSigner } from '../../transport/request-head.ts'
import { createResponseParser, type ResponseHead } from '../../transport/response-parser.ts'
import type { Transfer } from '../judge/judge-service.ts'

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
/** With a limit, a small receive buffer: at most this is read before the first pause. */
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
  let requestedAt = 0

  const answer = createAnswer(probe, { onBegun: () => after(probe.maxSeconds * 1000, finish), onComplete: finish })
  const socket = openSocket(address, endpoint, buffer, new Map(), {
    nextBuffer: () => buffer,
    onReady() {
      requestedAt = clock.monotonic()
      connectMs = requestedAt - startedAt
      const task = { ...NO_TASK, key: probe.key, range: probe.range, objectSize: probe.objectSize }
      createRequestSigner()
        .headFor(task, endpoint, clock.now())
        .then(
          (text) => socket.write(text),
          (error: Error) => fail({ class: 'credentials', code: error.name }),
        )
    },
    onData(_buffer, length) {
      const refused = answer.feed(buffer, length)
      if (refused !== undefined) fail({ class: 'protocol', code: 'bad-http' })
      const restMs = answer.restMs()
      if (restMs <= 0) return true
      after(restMs, () => socket.resume())
      return false
    },
    onEnd() {
      answer.finish()
      fail({ class: 'reset', code: answer.head() ? 'closed-in-answer' : 'closed-before-answer' })
    },
    onError: (error) =>
      fail({ ...classifySocketError(error, connectMs > 0 ? 'open' : 'connecting'), subject: endpoint.hostHeader }),
    onProxyRefused: fail,
    onClose: () => fail({ class: 'reset', code: 'closed' }),
  })
  after(probe.patienceMs, () => {
    if (!answer.head()) fail({ class: 'stalled', code: 'no-first-byte', subject: endpoint.hostHeader })
  })
  const abort = () => (answer.bytes() > 0 ? finish() : fail({ class: 'cancelled' }))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return done.promise.finally(() => {
    for (const stop of timers) stop()
    signal.removeEventListener('abort', abort)
    socket.destroy()
  })

  function after(milliseconds: number, run: () => void): void {
    timers.add(clock.after(milliseconds, run))
  }

  function finish(): void {
    const found = answer.result()
    if (!found.ok) {
      fail(found.failure)
      return
    }
    const { firstByteAt, ...rest } = found.value
    const firstByteMs = Math.round((firstByteAt - requestedAt) * 10) / 10
    done.resolve(success({ address, connectMs, firstByteMs, ...rest }))
  }

  function fail(failure: Failure): void {
    done.resolve(failed({ ...failure, address }))
  }
}

/**
 * Reads the response. `onBegun`: the head of a successful one has arrived; `onComplete`: nothing more is needed.
 */
function createAnswer(
  { range, limitBytesPerSecond, clock, onBytes }: GetProbe,
  { onBegun, onComplete }: { onBegun(): void; onComplete(): void },
) {
  let head: ResponseHead | undefined
  let firstByteAt = 0
  let bytes = 0
  let errorBody = ''
  let clockAheadMs: number | undefined

  const isGood = () => head?.status === 200 || head?.status === 206
  const parser = createResponseParser({
    onHead(received) {
      head = received
      firstByteAt = clock.monotonic()
      const date = Date.parse(received.headers.get('date') ?? '')
      // The Date header is truncated to seconds: on average the clock is half a second ahead of it.
      if (Number.isFinite(date)) clockAheadMs = date + 500 - clock.now()
      if (isGood()) onBegun()
    },
    onBody(body, offset, length) {
      if (!isGood()) {
        if (errorBody.length < MAX_ERROR_BODY_BYTES) errorBody += body.toString('utf8', offset, offset + length)
        return
      }
      bytes += length
      onBytes?.(length)
      // A server that ignores ranges sends more than was requested.
      if (bytes >= range.end - range.start) onComplete()
    },
    onEnd: onComplete,
  })
  return {
    feed: parser.feed,
    finish: parser.finish,
    head: () => head,
    bytes: () => bytes,
    /** How long to pause reading, so that the average stays below the limit. */
    restMs(): number {
      if (limitBytesPerSecond <= 0 || !head) return 0
      return (bytes * 1000) / limitBytesPerSecond - (clock.monotonic() - firstByteAt)
    },
    result(): Outcome<{ firstByteAt: number; bytes: number; seconds: number; clockAheadMs?: number }> {
      if (head && !isGood()) {
        const { status, headers } = head
        return failed(readErrorAnswer({ status, headers, body: errorBody, receivedAt: clock.now() }))
      }
      const seconds = (clock.monotonic() - firstByteAt) / 1000
      return success({ firstByteAt, bytes, seconds, ...(clockAheadMs === undefined ? {} : { clockAheadMs }) })
    },
  }
}

const NO_TASK = { taskId: 0, etag: '', file: { kind: 'open', fd: -1 }, acceptWhole: true } as const

const bufferBytesOf = (limitBytesPerSecond: number): number =>
  limitBytesPerSecond > 0
    ? Math.max(LEAST_BUFFER_BYTES, Math.min(BUFFER_BYTES, Math.floor(limitBytesPerSecond / GULPS_PER_SECOND)))
    : BUFFER_BYTES
