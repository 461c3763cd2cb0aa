/**
 * Sends bodies at the speeds the weather allows: one ticker gives every connection its budget and the line its own.
 * Without a limit a body goes as fast as the socket takes it.
 */
import type { ServerResponse } from 'node:http'

export type Body = {
  response: ServerResponse
  /** Writes body bytes [start, start + length) to the front of the buffer. */
  fill(target: Buffer, start: number, length: number): void
  length: number
  /** Bytes per second now; Infinity = no limit. */
  rate(): number
  onSent(bytes: number): void
  /** All `length` bytes are handed to the socket. */
  onEnd(): void
}

type Sending = Body & { sent: number; budget: number; isBlocked: boolean }

const TICK_MS = 10
const CHUNK_BYTES = 256 * 1024
/** A connection may save up this much of its budget, so that ticks that come late lose nothing. */
const SAVED_SECONDS = 0.1

export function createBodySender(lineRate: () => number) {
  const active = new Set<Sending>()
  let lineBudget = 0
  let tickedAt = performance.now()
  const timer = setInterval(tick, TICK_MS)

  function tick(): void {
    const now = performance.now()
    const seconds = Math.min(1, (now - tickedAt) / 1000)
    tickedAt = now
    const line = lineRate()
    lineBudget =
      line === Number.POSITIVE_INFINITY
        ? line
        : Math.min(line * SAVED_SECONDS, Math.max(0, lineBudget) + line * seconds)
    const share = lineBudget / Math.max(1, active.size)
    for (const body of active) {
      const rate = body.rate()
      if (rate === Number.POSITIVE_INFINITY) body.budget = share
      else body.budget = Math.min(Math.max(rate * SAVED_SECONDS, 1), body.budget + rate * seconds)
      push(body)
    }
  }

  function push(body: Sending): void {
    while (!body.isBlocked && body.sent < body.length) {
      const count = Math.floor(Math.min(CHUNK_BYTES, body.length - body.sent, body.budget, lineBudget))
      if (count < 1) return
      const chunk = Buffer.allocUnsafe(count)
      body.fill(chunk, body.sent, count)
      body.sent += count
      body.budget -= count
      lineBudget -= count
      body.onSent(count)
      if (!body.response.write(chunk)) {
        body.isBlocked = true
        body.response.once('drain', () => {
          body.isBlocked = false
          if (active.has(body)) push(body)
        })
      }
    }
    if (body.sent >= body.length && active.delete(body)) body.onEnd()
  }

  return {
    send(body: Body): void {
      const sending: Sending = { ...body, sent: 0, budget: 0, isBlocked: false }
      if (body.rate() === Number.POSITIVE_INFINITY) sending.budget = Number.POSITIVE_INFINITY
      active.add(sending)
      body.response.once('close', () => active.delete(sending))
      if (lineRate() === Number.POSITIVE_INFINITY) lineBudget = Number.POSITIVE_INFINITY
      push(sending)
    },
    close: () => clearInterval(timer),
  }
}
