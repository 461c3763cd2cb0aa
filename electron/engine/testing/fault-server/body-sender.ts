/**
 * Sends bodies at the speeds the weather allows: one ticker gives every body its allowance
 * and divides the line's own among them (max-min fairness: what the slow ones leave goes to
 * the others by their weights). Without a limit a body goes as fast as the socket takes it. A
 * tick that comes late pays for the whole time since the last one, so that limits are exact.
 */
import type { ServerResponse } from 'node:http'
import { shareCapacity } from '../simulator/share-capacity.ts'

export type Body = {
  response: ServerResponse
  /** Writes body bytes [start, start + length) to the front of the buffer. */
  fill(target: Buffer, start: number, length: number): void
  length: number
  /** Bytes per second now; Infinity = no limit. */
  rate(): number
  /** How much of a full line it takes beside others. */
  weight(): number
  onSent(bytes: number): void
  /** All `length` bytes are handed to the socket. */
  onEnd(): void
}

type Sending = Body & { sent: number; allowance: number; isBlocked: boolean }

const TICK_MS = 10
const CHUNK_BYTES = 256 * 1024
/** What is left over from a tick is kept for this long, so that a socket that was full for a moment loses nothing. */
const SAVED_SECONDS = 0.1
/** After a longer standstill of the whole process the time is lost, not made up for with a burst. */
const LONGEST_TICK_SECONDS = 1

/** `lineRate`: bytes per second of all bodies together; Infinity = no limit, 0 = cut. */
export function createBodySender(lineRate: () => number) {
  const active = new Set<Sending>()
  let lineAllowance = 0
  let tickedAt = performance.now()
  const timer = setInterval(tick, TICK_MS)

  function tick(): void {
    const now = performance.now()
    const seconds = Math.min(LONGEST_TICK_SECONDS, (now - tickedAt) / 1000)
    tickedAt = now
    lineAllowance = grow(lineAllowance, lineRate(), seconds)
    const bodies = [...active].filter((body) => !body.isBlocked)
    for (const body of bodies) body.allowance = grow(body.allowance, body.rate(), seconds)
    const shares = shareCapacity(
      bodies.map((body) => Math.min(body.allowance, body.length - body.sent)),
      lineAllowance,
      bodies.map((body) => body.weight()),
    )
    for (const [index, body] of bodies.entries()) push(body, shares[index] as number)
  }

  /** Without a limit there is nothing to save: a limit that comes later starts from nothing. */
  function grow(allowance: number, rate: number, seconds: number): number {
    if (rate === Number.POSITIVE_INFINITY) return rate
    const saved = allowance === Number.POSITIVE_INFINITY ? 0 : Math.min(allowance, rate * SAVED_SECONDS)
    return saved + rate * seconds
  }

  function push(body: Sending, share: number): void {
    let left = Math.min(share, body.allowance, lineAllowance)
    while (!body.isBlocked && body.sent < body.length) {
      const count = Math.floor(Math.min(CHUNK_BYTES, body.length - body.sent, left))
      if (count < 1) return
      const chunk = Buffer.allocUnsafe(count)
      body.fill(chunk, body.sent, count)
      body.sent += count
      body.allowance -= count
      lineAllowance -= count
      left -= count
      body.onSent(count)
      if (!body.response.write(chunk)) waitForRoom(body)
    }
    if (body.sent >= body.length && active.delete(body)) body.onEnd()
  }

  function waitForRoom(body: Sending): void {
    body.isBlocked = true
    body.response.once('drain', () => {
      body.isBlocked = false
      if (!active.has(body)) return
      // A limited line has already been shared out; an unlimited one waits for no tick.
      if (lineAllowance === Number.POSITIVE_INFINITY) push(body, lineAllowance)
    })
  }

  return {
    send(body: Body): void {
      if (body.response.destroyed) return
      const isFree = body.rate() === Number.POSITIVE_INFINITY
      const sending: Sending = { ...body, sent: 0, allowance: isFree ? Number.POSITIVE_INFINITY : 0, isBlocked: false }
      active.add(sending)
      body.response.once('close', () => active.delete(sending))
      if (lineRate() === Number.POSITIVE_INFINITY) lineAllowance = Number.POSITIVE_INFINITY
      // An empty body ends at once, a limited one begins with the next tick.
      push(sending, lineAllowance === Number.POSITIVE_INFINITY ? lineAllowance : 0)
    },
    /** Bodies under way. */
    count: () => active.size,
    close: () => clearInterval(timer),
  }
}
