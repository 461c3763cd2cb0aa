/**
 * One request budget per sub-prefix, for S3 counts them apart; one for all where they turn out to share it. A shell
 * over adjust-request-rate.ts and shared-budget.ts.
 */
import {
  addWeight,
  isProof,
  mayRequest,
  noteAnswer,
  noteSent,
  type RateState,
  startRate,
} from './adjust-request-rate.ts'
import { createRecentAnswers } from './recent-answers.ts'
import { isOneApart, isOneBudget } from './shared-budget.ts'

/** `prefix`: undefined = all of them. */
export type GateChange = { prefix: string | undefined; requestsPerSecond: number; isLimited: boolean }

/** No sub-prefix is called so: each is empty or ends in a slash. */
const ALL = '*'
/**
 * A budget is believed to be shared when it has looked so at each refusal for so long: limiters need time to settle.
 */
const SHARED_AFTER_SECONDS = 5
/** Where prefixes turned out to have budgets of their own, they are believed to for so long. */
const APART_SECONDS = 300

/** Budgets that held a connection back no longer ago than this do so now. */
const HOLDING_SECONDS = 2

/** Where something was granted no longer ago than this, a `Retry-After` concerns only the request that it came with. */
const GRANTED_LATELY_MS = 5000

/** An unlimited budget without a request for so long is as good as a new one: of a million folders few are kept. */
const FORGET_SECONDS = 60
/** The same of a limited one, beyond any cool-down: its folder is done, and nothing would ever lift it. */
const FORGET_LIMITED_SECONDS = 600

export type ThrottleGates = ReturnType<typeof createThrottleGates>

/** `underWay`: requests that are not answered yet. */
export function createThrottleGates(now: () => number, underWay: () => number) {
  /** Few even among a million prefixes: these are looked at ten times a second. */
  const limited = new Map<string, RateState>()
  /** The others that had requests lately, and those that had some before. */
  let free = new Map<string, RateState>()
  let freeBefore = new Map<string, RateState>()
  let forgotAt = now() / 1000
  /** Of such as were given a `Retry-After`. */
  const notBefore = new Map<string, number>()
  /** When each was last granted something. */
  const grantedAt = new Map<string, number>()
  /** Since when any prefix has been limited without a break, seconds; undefined while none is. */
  let limitedSince: number | undefined
  const seconds = () => now() / 1000
  /** The requests of all prefixes together: the start of a budget that they share. */
  let together = startRate(seconds())
  /** What the refusals of all prefixes weigh. */
  let weight = 0
  let looksSharedSince: number | undefined
  let apartUntil = Number.NEGATIVE_INFINITY
  const answers = createRecentAnswers(seconds)
  /** When a connection last found nothing that it might request, seconds. */
  let heldBackAt = Number.NEGATIVE_INFINITY

  const isShared = () => limited.has(ALL)
  const gateOf = (prefix: string) => (isShared() ? ALL : prefix)

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

  /** After a refusal: whether the prefixes share a budget. */
  function judgeSharing(): void {
    if (seconds() < apartUntil) return
    if (isShared()) {
      if (!isOneApart(answers.all())) return
      apartUntil = seconds() + APART_SECONDS
      startOver()
    } else if (isOneBudget(answers.all())) {
      looksSharedSince ??= seconds()
      if (seconds() - looksSharedSince < SHARED_AFTER_SECONDS) return
      startOver({ ...together, isProven: true })
    } else looksSharedSince = undefined
  }

  /** `all`: with one budget for all prefixes, that has just been met. */
  function startOver(all?: RateState): void {
    limited.clear()
    if (all) limited.set(ALL, all)
    notBefore.clear()
    looksSharedSince = undefined
    noteLimited()
  }

  /**
   * Whether a refusal with a `Retry-After` holds for the whole budget. MinIO asks for two
   * minutes with every SlowDown (cmd/api-response.go) and goes on granting others: there the
   * limiter alone decides. Where nothing is granted after a refusal, it is obeyed.
   */
  function isForAll(gate: string, sentAt: number): boolean {
    const refusedAt = stateOf(gate).refusedAt * 1000
    const granted = grantedAt.get(gate) ?? Number.NEGATIVE_INFINITY
    return sentAt > refusedAt && granted <= Math.max(refusedAt, now() - GRANTED_LATELY_MS)
  }

  function forget(): void {
    if (seconds() - forgotAt < FORGET_SECONDS) return
    forgotAt = seconds()
    freeBefore = free
    free = new Map()
    for (const [prefix, { filledAt }] of limited) {
      if (seconds() - filledAt > FORGET_LIMITED_SECONDS) limited.delete(prefix)
    }
    for (const [gate, until] of notBefore) if (until <= now()) notBefore.delete(gate)
    for (const [gate, at] of grantedAt) if (now() - at > GRANTED_LATELY_MS) grantedAt.delete(gate)
    // Those that have faded are forgotten with it.
    answers.all()
    noteLimited()
  }

  return {
    mayRequest(prefix: string): boolean {
      const gate = gateOf(prefix)
      const until = notBefore.get(gate)
      if (until !== undefined && now() < until) return false
      const state = limited.get(gate)
      if (!state) return true
      const asked = mayRequest(state, seconds())
      limited.set(gate, asked.state)
      return asked.allowed
    },
    noteSent(prefix: string): void {
      forget()
      together = noteSent(together, seconds())
      const gate = gateOf(prefix)
      keep(gate, noteSent(stateOf(gate), seconds()))
    },
    /** `sentAt` in monotonic milliseconds. The change, if the budget was cut or lifted. */
    noteAnswer(
      prefix: string,
      answer: { throttled: boolean; sentAt: number; retryAfterMs: number | undefined },
    ): GateChange | undefined {
      if (answer.throttled || limitedSince !== undefined) answers.note(prefix, answer.throttled ? 'refused' : 'granted')
      if (answer.throttled) judgeSharing()
      const gate = gateOf(prefix)
      if (!answer.throttled) grantedAt.set(gate, now())
      else if (answer.retryAfterMs !== undefined && isForAll(gate, answer.sentAt)) {
        notBefore.set(gate, now() + answer.retryAfterMs)
      }
      const { throttled } = answer
      weight = addWeight(weight, throttled)
      const before = stateOf(gate)
      const asked = before.isLimited || throttled ? underWay() : 0
      const { state, changed } = noteAnswer(before, {
        throttled,
        sentAt: answer.sentAt / 1000,
        now: seconds(),
        underWay: asked,
        areMany: isProof(weight, asked),
      })
      keep(gate, state)
      if (!changed) return undefined
      const of = gate === ALL ? undefined : prefix
      return { prefix: of, requestsPerSecond: state.rate, isLimited: state.isLimited }
    },
    /** Nothing that was refused so far was a budget's. */
    startOver(): void {
      answers.clear()
      weight = 0
      grantedAt.clear()
      startOver()
    },
    /** The tightest budget; undefined when nothing is limited. */
    slowestRate(): number | undefined {
      let slowest: number | undefined
      for (const { rate } of limited.values()) slowest = Math.min(slowest ?? rate, rate)
      return slowest
    },
    /** For how long any prefix has been limited; 0 while none is. */
    limitedSeconds: () => (limitedSince === undefined ? 0 : seconds() - limitedSince),
    /** A connection is idle, for all that is left belongs to prefixes that may not be requested just now. */
    noteHeldBack(): void {
      heldBackAt = seconds()
    },
    /**
     * It did so lately: then the speed is no evidence about the
     * line. As long as all have other work, no budget costs speed.
     */
    isHoldingBack: () => limited.size > 0 && seconds() - heldBackAt < HOLDING_SECONDS,
    /** Milliseconds until the last `Retry-After` has run out; 0 = none runs. */
    longestWaitMs(): number {
      let longest = 0
      for (const until of notBefore.values()) longest = Math.max(longest, until - now())
      return longest
    },
  }
}
