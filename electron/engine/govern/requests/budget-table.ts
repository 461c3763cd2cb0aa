/**
 * The request budget (`adjust-request-rate.ts`) of each prefix. The limited ones are few even among a million prefixes
 * and are looked at ten times a second; of the unlimited ones only those with recent requests are kept.
 */
import { mayRequest, noteSent, type RateState, startRate } from './adjust-request-rate.ts'

/** An unlimited budget without a request for this long equals a new one: it is dropped, for there may be a million. */
const FORGET_SECONDS = 60
/** The same of a limited one, beyond any cool-down: its folder is done, and nothing would ever lift it. */
const FORGET_LIMITED_SECONDS = 600

/** `seconds`: monotonic. */
export function createBudgetTable(seconds: () => number) {
  const limited = new Map<string, RateState>()
  /** Unlimited, with requests since `forgotAt`; and those that had their last one in the period before. */
  let free = new Map<string, RateState>()
  let freeBefore = new Map<string, RateState>()
  let forgotAt = seconds()
  /** Since when any prefix has been limited without a break; undefined while none is. */
  let limitedSince: number | undefined

  const get = (prefix: string): RateState =>
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

  return {
    get,
    keep,
    isLimited: (prefix: string): boolean => limited.has(prefix),
    isAnyLimited: (): boolean => limited.size > 0,
    /** For how long any prefix has been limited; 0 while none is. */
    limitedSeconds: (): number => (limitedSince === undefined ? 0 : seconds() - limitedSince),
    /** Requests per second of the tightest budget; undefined when none is limited. */
    slowestRate(): number | undefined {
      let slowest: number | undefined
      for (const { rate } of limited.values()) slowest = Math.min(slowest ?? rate, rate)
      return slowest
    },
    mayRequest(prefix: string): boolean {
      const state = limited.get(prefix)
      if (!state) return true
      const decision = mayRequest(state, seconds())
      limited.set(prefix, decision.state)
      return decision.allowed
    },
    noteSent(prefix: string): void {
      keep(prefix, noteSent(get(prefix), seconds()))
    },
    /** Lifts every limit. `only`: the one budget that takes their place. */
    liftAll(only?: { prefix: string; state: RateState }): void {
      limited.clear()
      if (only) limited.set(only.prefix, only.state)
      noteLimited()
    },
    /** Drops unused budgets, once a minute; true when it did. */
    forgetUnused(): boolean {
      if (seconds() - forgotAt < FORGET_SECONDS) return false
      forgotAt = seconds()
      freeBefore = free
      free = new Map()
      for (const [prefix, { filledAt }] of limited) {
        if (seconds() - filledAt > FORGET_LIMITED_SECONDS) limited.delete(prefix)
      }
      noteLimited()
      return true
    },
  }
}
