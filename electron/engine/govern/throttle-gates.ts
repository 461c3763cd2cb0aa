/** One request budget per sub-prefix (S3 counts them apart); a shell over adjust-request-rate.ts. */
import { mayAsk, noteAnswer, noteSent, type RateState, startRate } from './adjust-request-rate.ts'

export type GateChange = { prefix: string; requestsPerSecond: number; isLimited: boolean }

/** A budget that held somebody back no longer ago than this does so now. */
const HOLDING_SECONDS = 2

/** An unlimited budget that nobody has asked for so long is as good as a new one: of a million folders few are kept. */
const FORGET_SECONDS = 60
/** The same of a limited one, beyond any cool-down: its folder is done, and nobody would ever lift it. */
const FORGET_LIMITED_SECONDS = 600

export function createThrottleGates(now: () => number) {
  /** Few even among a million prefixes: these are looked at ten times a second. */
  const limited = new Map<string, RateState>()
  /** The others that were asked lately, and those that were before. */
  let free = new Map<string, RateState>()
  let freeBefore = new Map<string, RateState>()
  let forgotAt = now() / 1000
  const notBefore = new Map<string, number>()
  /** Since when any prefix has been limited without a break, seconds; undefined while none is. */
  let limitedSince: number | undefined
  const seconds = () => now() / 1000

  const stateOf = (prefix: string) =>
    limited.get(prefix) ?? free.get(prefix) ?? freeBefore.get(prefix) ?? startRate(seconds())

  function keep(prefix: string, state: RateState): void {
    if (state.isLimited) {
      limited.set(prefix, state)
      free.delete(prefix)
    } else {
      limited.delete(prefix)
      free.set(prefix, state)
    }
    noteLimited()
  }

  function noteLimited(): void {
    limitedSince = limited.size === 0 ? undefined : (limitedSince ?? seconds())
  }

  function forget(): void {
    if (seconds() - forgotAt < FORGET_SECONDS) return
    forgotAt = seconds()
    freeBefore = free
    free = new Map()
    for (const [prefix, { filledAt }] of limited) {
      if (seconds() - filledAt > FORGET_LIMITED_SECONDS) limited.delete(prefix)
    }
    noteLimited()
  }

  return {
    mayAsk(prefix: string): boolean {
      const until = notBefore.get(prefix)
      if (until !== undefined && now() < until) return false
      const state = limited.get(prefix)
      if (!state) return true
      const asked = mayAsk(state, seconds())
      limited.set(prefix, asked.state)
      return asked.allowed
    },
    noteSent(prefix: string): void {
      forget()
      keep(prefix, noteSent(stateOf(prefix), seconds()))
    },
    /** `sentAt` in monotonic milliseconds. The change, if the budget was cut or lifted. */
    noteAnswer(
      prefix: string,
      answer: { throttled: boolean; sentAt: number; retryAfterMs: number | undefined },
    ): GateChange | undefined {
      if (answer.retryAfterMs !== undefined) notBefore.set(prefix, now() + answer.retryAfterMs)
      const times = { sentAt: answer.sentAt / 1000, now: seconds() }
      const { state, changed } = noteAnswer(stateOf(prefix), { throttled: answer.throttled, ...times })
      keep(prefix, state)
      return changed ? { prefix, requestsPerSecond: state.rate, isLimited: state.isLimited } : undefined
    },
    /** Nothing that was refused so far was a budget's. */
    startOver(): void {
      limited.clear()
      notBefore.clear()
      noteLimited()
    },
    /** The tightest budget; undefined when nothing is limited. */
    slowestRate(): number | undefined {
      let slowest: number | undefined
      for (const { rate } of limited.values()) slowest = Math.min(slowest ?? rate, rate)
      return slowest
    },
    /** For how long any prefix has been limited; 0 while none is. */
    limitedSeconds: () => (limitedSince === undefined ? 0 : seconds() - limitedSince),
    /** Somebody had to wait for a budget just now: the speed says nothing about the line then. */
    isHoldingBack(): boolean {
      for (const { heldBackAt } of limited.values()) if (seconds() - heldBackAt < HOLDING_SECONDS) return true
      return false
    },
    /** Milliseconds until any prefix may be asked again after a `Retry-After`. */
    longestWaitMs: () => Math.max(0, ...[...notBefore.values()].map((until) => until - now())),
  }
}
