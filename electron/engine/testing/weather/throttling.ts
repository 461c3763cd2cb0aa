/** Refusals with 503 SlowDown (or 429): beyond a token bucket with burst credit, or of a share of all requests. */
import { createSeededRandom } from '../seeded-random.ts'
import type { Weather } from './weather.ts'

export type ThrottlingOptions = {
  requestsPerSecond: number
  /** Requests that may come at once after a rest. */
  burst: number
  status?: 503 | 429
  retryAfterSeconds?: number
  /** Seconds after which it ends; absent = never. */
  untilSeconds?: number
}

export function throttling(options: ThrottlingOptions): Weather {
  let credit = options.burst
  let filledAt = 0
  return {
    name: `${options.requestsPerSecond} requests/s, burst ${options.burst}`,
    fate({ kind }, { seconds }) {
      if (kind !== 'get' || seconds > (options.untilSeconds ?? Number.POSITIVE_INFINITY)) return undefined
      // The clock starts anew when a server is given its weather again.
      const since = Math.max(0, seconds - filledAt)
      credit = Math.min(options.burst, credit + since * options.requestsPerSecond)
      filledAt = seconds
      if (credit >= 1) {
        credit--
        return undefined
      }
      const retry = options.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: options.retryAfterSeconds }
      return { kind: 'refuse', status: options.status ?? 503, code: 'SlowDown', ...retry }
    },
  }
}

/** A service that refuses this share of all requests, however few there are. */
export function refusesShare(share: number, seed = 3): Weather {
  const random = createSeededRandom(seed)
  return {
    name: 'a share of all requests is refused',
    fate: ({ kind }) =>
      kind === 'get' && random() < share ? { kind: 'refuse', status: 503, code: 'SlowDown' } : undefined,
  }
}
