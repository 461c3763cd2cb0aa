/**
 * One connection: connect, request, receive, write. Lives in a worker, does one task at a time.
 *
 *   connecting -> idle -> requesting -> receiving -> idle ...        any -> closed
 *
 * Where an answer redirects and closes the socket, the request is sent again on another socket; that is not reported.
 * The kernel reads into the connection's buffer; `pwrite` writes from it at the bytes' own offset.
 */
import { type Failure, type Outcome, TOO_LONG } from '../../../shared/failure.ts'
import { shortOfFilesIn } from '../disk/disk-error.ts'
import type { ConnectionEvent, Endpoint, FetchTask, Keep } from '../engine-ports.ts'
import { chooseEnd, SMALLEST_SHARE_BYTES } from './choose-end.ts'
import { classifySocketError } from './classify-error.ts'
import { beginExchange, type Exchange, errorOf, outcomeOf, redirect, redirectOf, unsentOutcome } from './exchange.ts'
import { judgeResponse } from './judge-response.ts'
import { type OpenSocket, openSocket, type SocketHandlers, type TlsSessions } from './open-socket.ts'
import { CONNECTION_BUFFER_BYTES, chooseReadBytes } from './read-size.ts'
import type { RequestSigner } from './request-head.ts'
import { createResponseParser, type ResponseHead } from './response-parser.ts'
import type { TaskWriter } from './task-writer.ts'

export type ConnectionContext = {
  signer: RequestSigner
  tlsSessions: TlsSessions
  /** Where the accepted body of an answer goes. */
  openWriter(task: FetchTask, head: ResponseHead): Outcome<TaskWriter>
  /** Unix milliseconds, for signatures and `Retry-After`. */
  now(): number
  monotonic(): number
  report(event: ConnectionEvent): void
  /** Publishes the connection's counters. */
  publish(slot: number, bytes: number, lastByteAt: number, reached: number, taskId: number): void
  isRateLimited(): boolean
  /** Takes bytes from the shared rate limit; false = rest until `resume`. */
  mayContinue(bytes: number): boolean
  onResting(connection: Connection): void
  /** Of `CONNECTION_BUFFER_BYTES`, for the life of one connection. */
  takeBuffer(): Buffer
  returnBuffer(buffer: Buffer): void
  /** Of a socket. */
  onOpened(): void
  onClosed(): void
  /** The connection reports nothing more. */
  forget(connection: Connection): void
  onWritten(milliseconds: number): void
}

export type Connection = {
  readonly connectionId: number
  assign(task: FetchTask, endpoint: Endpoint): void
  shorten(taskId: number, keep: Keep): void
  close(): void
  resume(): void
}

/** An S3 error document is under 1 KB. */
const MAX_ERROR_BODY_BYTES = 64 * 1024

export function createConnection(
  open: { connectionId: number; slot: number; address: string; endpoint: Endpoint },
  context: ConnectionContext,
): Connection {
  const { connectionId, slot } = open
  const buffer = context.takeBuffer()
  const openedAt = context.monotonic()
  let isOpen = false
  let isClosed = false
  let running: Exchange | undefined
  let totalBytes = 0
  /** What the last read brought. */
  let readBytes = 0
  let answers = 0
  /** Why the socket is being destroyed; reported once it is closed. */
  let ending: Failure | undefined
  /** A redirect is followed on another socket, as soon as this one is closed. */
  let isMoving = false
  let isMoved = false

  let parser = createResponseParser({ onHead, onBody, onEnd })
  const connection: Connection = { connectionId, assign, shorten, close, resume: () => socket.resume() }
  const touch = () =>
    context.publish(slot, totalBytes, context.monotonic(), running?.reached ?? 0, running?.task.taskId ?? 0)

  const handlers: SocketHandlers = {
    onReady() {
      isOpen = true
      touch()
      if (isMoved && running) ask(running)
      else context.report({ kind: 'opened', connectionId, handshakeMs: context.monotonic() - openedAt })
    },
    nextBuffer() {
      // A small object comes in one piece with its head; there is no hand-over that it could go beyond.
      if (running?.task.file.kind === 'whole') return buffer
      const wanted = running?.bodyAt === undefined ? CONNECTION_BUFFER_BYTES : running.end - running.bodyAt
      return buffer.subarray(0, chooseReadBytes(readBytes, wanted, context.isRateLimited()))
    },
    onData(fresh, length) {
      if (isClosed || isMoving) return true
      readBytes = length
      if (!running) {
        // Bytes without a request: the connection can no longer be trusted to be in step.
        end({ class: 'protocol', code: 'unasked-bytes' })
        return true
      }
      const refused = parser.feed(fresh, length)
      if (refused !== undefined && !isMoving) end({ class: 'protocol', code: 'bad-http', detail: refused })
      // Between answers nothing comes but the end of the connection: who rests does not see it, and asks a closed one.
      if (context.mayContinue(length) || !running) return true
      context.onResting(connection)
      return false
    },
    onEnd() {
      const unfinished = parser.finish()
      if (isMoving) return
      if (running) end({ ...closedByPeer(), ...(unfinished ? { detail: unfinished } : {}) })
      else socket.destroy()
    },
    onError(error) {
      if (ending || isMoving) return
      const failure = classifySocketError(error, isOpen ? 'open' : 'connecting')
      // A request that meets a closed connection is answered with a reset.
      const isCrossed = failure.class === 'reset' && running !== undefined && !answered()
      ending = isCrossed ? { ...closedByPeer(), detail: failure.code ?? '' } : failure
    },
    onProxyRefused(failure) {
      ending ??= failure
    },
    onClose() {
      if (isClosed) return
      if (isMoving && !ending) return move()
      isClosed = true
      if (running) finish(ending ?? closedByPeer(), true)
      context.publish(slot, totalBytes, context.monotonic(), 0, 0)
      context.report({ kind: 'closed', connectionId, ...(ending ? { failure: withAddress(ending) } : {}) })
      context.returnBuffer(buffer)
      context.onClosed()
      context.forget(connection)
    },
  }
  let socket = connect()
  touch()
  return connection

  function connect(): OpenSocket {
    context.onOpened()
    return openSocket(open.address, open.endpoint, buffer, context.tlsSessions, handlers)
  }

  function move() {
    context.onClosed()
    isMoving = false
    isMoved = true
    isOpen = false
    answers = 0
    parser = createResponseParser({ onHead, onBody, onEnd })
    socket = connect()
  }

  function assign(task: FetchTask, endpoint: Endpoint) {
    if (isClosed || ending) {
      context.report({ kind: 'finished', outcome: unsentOutcome(task, connectionId) })
      return
    }
    if (running) throw new Error(`connection ${connectionId} was given a second task`)
    running = beginExchange(task, endpoint, context.monotonic())
    touch()
    ask(running)
  }

  function ask(exchange: Exchange) {
    const { task, endpoint, path } = exchange
    context.signer.headFor(task, endpoint, context.now(), path).then(
      (head) => {
        if (running === exchange && !isClosed) socket.write(head)
      },
      (error: Error) => end(signingFailure(error)),
    )
  }

  /** Follows a redirect, if it stays on this host. */
  function follow(exchange: Exchange): boolean {
    const path = redirectOf(exchange)
    if (path === undefined) return false
    isMoving = exchange.head?.keepAlive === false
    redirect(exchange, path)
    if (isMoving) socket.destroy()
    else ask(exchange)
    return true
  }

  /**
   * What waits in the socket is taken in first: until a turn of the loop brings nothing. The
   * first turn tells nothing, for the command may have come behind the socket in it.
   */
  function shorten(taskId: number, keep: Keep) {
    const before = totalBytes
    const look = (seen: number) => {
      if (running?.task.taskId !== taskId || ending) return
      const waiting = totalBytes - before
      if (totalBytes > seen && waiting < SMALLEST_SHARE_BYTES) setImmediate(look, totalBytes)
      else shortenNow(running, keep, waiting)
    }
    setImmediate(() => setImmediate(look, before))
  }

  function shortenNow(exchange: Exchange, keep: Keep, waiting: number) {
    exchange.end = chooseEnd({ reached: exchange.reached, end: exchange.end, waiting }, keep)
    context.report({ kind: 'shortened', connectionId, taskId: exchange.task.taskId, end: exchange.end })
    if (exchange.reached >= exchange.end && exchange.bodyAt !== undefined) completeEarly()
  }

  function close() {
    end({ class: 'cancelled' })
  }

  /** Ends the socket; what is running is reported by `onClose` with this failure, unless an earlier one stands. */
  function end(failure: Failure) {
    ending ??= failure
    socket.destroy()
  }

  /** Of an answer that is as long as the connection lasts, the closing is the end: it was cut. */
  function tooShort(head: ResponseHead | undefined): Failure {
    const isEndedByClosing = head?.contentLength === undefined && !head?.headers.has('transfer-encoding')
    return isEndedByClosing ? closedByPeer() : { class: 'protocol', code: 'body-too-short' }
  }

  /** Before its answer: the request may have crossed the closing of a kept-alive connection. */
  function closedByPeer(): Failure {
    return { class: 'reset', code: answered() ? 'closed-in-answer' : 'closed-before-answer' }
  }

  function answered(): boolean {
    return running !== undefined && (running.head !== undefined || answers === 0)
  }

  function onHead(head: ResponseHead) {
    if (ending || isMoving) return
    // A second answer behind the first: taken for that of the next request, it would be bytes of another object.
    if (!running) return end({ class: 'protocol', code: 'unasked-bytes' })
    running.head = head
    running.firstByteMs = context.monotonic() - running.requestedAt
    const verdict = judgeResponse(running.task, head)
    if (verdict.kind === 'error') return
    if (verdict.kind === 'refuse') return end(verdict.failure)
    running.bodyAt = verdict.offset
    running.bodyEnd = verdict.offset + verdict.length
    const opened = context.openWriter(running.task, head)
    if (opened.ok) running.writer = opened.value
    else end(opened.failure)
  }

  function onBody(body: Buffer, offset: number, length: number) {
    if (!running || ending || isMoving) return
    if (running.bodyAt === undefined || !running.writer) return collectErrorBody(body, offset, length)
    totalBytes += length
    running.received += length
    if (running.bodyAt + length > running.bodyEnd) return end({ class: 'protocol', code: TOO_LONG })
    const from = Math.max(running.bodyAt, running.reached)
    const to = Math.min(running.bodyAt + length, running.end)
    if (to > from) {
      const startedAt = context.monotonic()
      const failure = running.writer.write(body, offset + from - running.bodyAt, to - from, from)
      context.onWritten(context.monotonic() - startedAt)
      if (failure) return end(failure)
      running.reached = to
    }
    running.bodyAt += length
    touch()
    if (running.reached >= running.end && running.end < running.bodyEnd) completeEarly()
  }

  function collectErrorBody(body: Buffer, offset: number, length: number) {
    if (!running?.head) return
    running.errorBody += body.toString('utf8', offset, offset + length)
    touch()
    if (running.errorBody.length > MAX_ERROR_BODY_BYTES) end(errorOf(running, context.now()))
  }

  function onEnd() {
    if (!running || ending || isMoving) return
    answers++
    if (running.bodyAt === undefined && follow(running)) return
    const keepAlive = running.head?.keepAlive === true
    if (running.bodyAt === undefined) finish(errorOf(running, context.now()), !keepAlive)
    else if (running.reached < running.end) finish(tooShort(running.head), !keepAlive)
    else finish(undefined, !keepAlive)
    if (!keepAlive) socket.destroy()
  }

  /** All that is still wanted is here, but the answer goes on: only closing ends it. */
  function completeEarly() {
    finish(undefined, true)
    socket.destroy()
  }

  function finish(failure: Failure | undefined, connectionEnds: boolean) {
    if (!running) return
    const ended = running
    // Of too many bytes it is not known which are the right ones.
    const isBelieved = failure?.code !== TOO_LONG
    if (!isBelieved) ended.reached = ended.task.range.start
    running = undefined
    const { writer } = ended
    const landing = failure ? writer?.abandon() : writer?.complete()
    const sums = isBelieved ? writer?.sums?.() : undefined
    const result = failure ?? landing
    context.publish(slot, totalBytes, context.monotonic(), ended.reached, ended.task.taskId)
    const how = { connectionEnds, sums, failure: result && withAddress(result) }
    context.report({ kind: 'finished', outcome: outcomeOf(ended, connectionId, how) })
  }

  function withAddress(failure: Failure): Failure {
    return { ...failure, address: open.address }
  }
}

/** What signs is loaded with the first request; that no file could be opened for it is no matter of credentials. */
function signingFailure({ message }: Error): Failure {
  const code = shortOfFilesIn(message)
  return code ? { class: 'disk', code, detail: message } : { class: 'credentials', code: 'signing', detail: message }
}
