/**
 * One request budget per sub-prefix, because S3 counts them apart; one for all where they turn out to share it. Joins
 * the budgets (budget-table.ts), what `Retry-After` says (retry-after.ts), and whether they are shared
 * (shared-budget.ts).
 */
import { addWeight, isProof, noteAnswer, noteSent, type RateState, startRate } from './adjust-request-rate.ts'
import { createBudgetTable } from './budget-table.ts'
import { createRecentAnswers } from './recent-answers.ts'
import { createRetryAfter } from './retry-after.ts'
import { isOneApart, isOneBudget } from './shared-budget.ts'

/** `prefix`: undefined = all of them. */
export type GateChange = { prefix: string | undefined; requestsPerSecond: number; isLimited: boolean }

/** `sentAt` in monotonic milliseconds. */
export type GateAnswer = { throttled: boolean; sentAt: number; retryAfterMs: number | undefined }

/** Name of the common budget. Never a sub-prefix: each is empty or ends in a slash. */
const ALL = '*'
/** A budget counts as shared when it has looked so at each refusal for this long: limiters need time to settle. */
const SHARED_AFTER_SECONDS = 5
/** Where prefixes turned out to have their own budgets, they are taken to have them for this long. */
const APART_SECONDS = 300

/** A budget that delayed a connection within this time still counts as doing so. */
const HOLDING_SECONDS = 2

export type ThrottleGates = ReturnType<typeof createThrottleGates>

/** `now`: monotonic milliseconds. `underWay`: requests that are not answered yet. */
export function createThrottleGates(now: () => number, underWay: () => number) {
  const seconds = () => now() / 1000
  const budgets = createBudgetTable(seconds)
  const retryAfter = createRetryAfter(now)
  const answers = createRecentAnswers(seconds)
  /** The requests of all prefixes together: the start of a budget that they share. */
  let together = startRate(seconds())
  /** Weight of the refusals of all prefixes. */
  let weight = 0
  let looksSharedSince: number | undefined
  let apartUntil = Number.NEGATIVE_INFINITY
  /** When a connection last found nothing that it might request, seconds. */
  let heldBackAt = Number.NEGATIVE_INFINITY

  const isShared = () => budgets.isLimited(ALL)
  const budgetOf = (prefix: string) => (isShared() ? ALL : prefix)

  /** After a refusal: whether the prefixes share a budget. */
  function judgeSharing(): void {
    if (seconds() < apartUntil) return
    if (isShared()) {
      if (!isOneApart(answers.all())) return
      apartUntil = seconds() + APART_SECONDS
      restartBudgets()
    } else if (isOneBudget(answers.all())) {
      looksSharedSince ??= seconds()
      if (seconds() - looksSharedSince >= SHARED_AFTER_SECONDS) restartBudgets({ ...together, isProven: true })
    } else looksSharedSince = undefined
  }

  /** Starts over without limits; `all`: with one budget for all prefixes, whose limit has just been met. */
  function restartBudgets(all?: RateState): void {
    budgets.liftAll(all && { prefix: ALL, state: all })
    retryAfter.endWaits()
    looksSharedSince = undefined
  }

  function forgetUnused(): void {
    if (!budgets.forgetUnused()) return
    retryAfter.forgetOld()
    // Those that have faded are forgotten with it.
    answers.all()
  }

  return {
    mayRequest(prefix: string): boolean {
      const budget = budgetOf(prefix)
      return !retryAfter.isWaiting(budget) && budgets.mayRequest(budget)
    },
    noteSent(prefix: string): void {
      forgetUnused()
      together = noteSent(together, seconds())
      budgets.noteSent(budgetOf(prefix))
    },
    /** The change, if the budget was cut or lifted. */
    noteAnswer(prefix: string, { throttled, sentAt, retryAfterMs }: GateAnswer): GateChange | undefined {
      if (throttled || budgets.isAnyLimited()) answers.note(prefix, throttled ? 'refused' : 'granted')
      if (throttled) judgeSharing()
      const budget = budgetOf(prefix)
      const before = budgets.get(budget)
      if (!throttled) retryAfter.noteGranted(budget)
      else if (retryAfterMs !== undefined) {
        retryAfter.noteRefused(budget, { sentAt, refusedAt: before.refusedAt * 1000, ms: retryAfterMs })
      }
      weight = addWeight(weight, throttled)
      const pending = before.isLimited || throttled ? underWay() : 0
      const { state, changed } = noteAnswer(before, {
        throttled,
        sentAt: sentAt / 1000,
        now: seconds(),
        underWay: pending,
        areMany: isProof(weight, pending),
      })
      budgets.keep(budget, state)
      if (!changed) return undefined
      const of = budget === ALL ? undefined : prefix
      return { prefix: of, requestsPerSecond: state.rate, isLimited: state.isLimited }
    },
    /** Nothing that was refused so far was a budget's. */
    startOver(): void {
      answers.clear()
      weight = 0
      retryAfter.forgetGrants()
      restartBudgets()
    },
    slowestRate: budgets.slowestRate,
    limitedSeconds: budgets.limitedSeconds,
    longestWaitMs: retryAfter.longestMs,
    /** A connection is idle, for all that is left belongs to prefixes that may not be requested just now. */
    noteHeldBack(): void {
      heldBackAt = seconds()
    },
    /**
     * It did so lately: then the speed is no evidence about the
     * line. As long as all have other work, no budget costs speed.
     */
    isHoldingBack: () => budgets.isAnyLimited() && seconds() - heldBackAt < HOLDING_SECONDS,
  }
}
