/** One request budget per sub-prefix (S3 counts them apart); a shell over adjust-request-rate.ts. */
import { mayAsk, noteAnswer, noteSent, type RateState, startRate } from './adjust-request-rate.ts'

export type GateChange = { prefix: string; requestsPerSecond: number; isLimited: boolean }

/** A budget that held somebody back no longer ago than this does so now. */
const HOLDING_SECONDS = 2

export function createThrottleGates(now: () => number) {
  const states = new Map<string, RateState>()
  const notBefore = new Map<string, number>()
  /** Since when any prefix has been limited without a break, seconds; undefined while none is. */
  let limitedSince: number | undefined
  const seconds = () => now() / 1000

  const stateOf = (prefix: string) => states.get(prefix) ?? startRate(seconds())

  function slowestRate(): number | undefined {
    let slowest: number | undefined
    for (const state of states.values()) {
      if (state.isLimited) slowest = Math.min(slowest ?? Number.POSITIVE_INFINITY, state.rate)
    }
    return slowest
  }

  return {
    mayAsk(prefix: string): boolean {
      const until = notBefore.get(prefix)
      if (until !== undefined && now() < until) return false
      const state = states.get(prefix)
      if (!state?.isLimited) return true
      const asked = mayAsk(state, seconds())
      states.set(prefix, asked.state)
      return asked.allowed
    },
    noteSent: (prefix: string) => void states.set(prefix, noteSent(stateOf(prefix), seconds())),
    /** `sentAt` in monotonic milliseconds. The change, if the budget was cut or lifted. */
    noteAnswer(
      prefix: string,
      answer: { throttled: boolean; sentAt: number; retryAfterMs: number | undefined },
    ): GateChange | undefined {
      if (answer.retryAfterMs !== undefined) notBefore.set(prefix, now() + answer.retryAfterMs)
      const times = { sentAt: answer.sentAt / 1000, now: seconds() }
      const { state, changed } = noteAnswer(stateOf(prefix), { throttled: answer.throttled, ...times })
      states.set(prefix, state)
      if (changed) limitedSince = slowestRate() === undefined ? undefined : (limitedSince ?? seconds())
      return changed ? { prefix, requestsPerSecond: state.rate, isLimited: state.isLimited } : undefined
    },
    /** The tightest budget; undefined when nothing is limited. */
    slowestRate,
    /** For how long any prefix has been limited; 0 while none is. */
    limitedSeconds: () => (limitedSince === undefined ? 0 : seconds() - limitedSince),
    /** Somebody had to wait for a budget just now: the speed says nothing about the line then. */
    isHoldingBack(): boolean {
      for (const state of states.values()) {
        if (state.isLimited && seconds() - state.heldBackAt < HOLDING_SECONDS) return true
      }
      return false
    },
    /** Milliseconds until any prefix may be asked again after a `Retry-After`. */
    longestWaitMs: () => Math.max(0, ...[...notBefore.values()].map((until) => until - now())),
  }
}
