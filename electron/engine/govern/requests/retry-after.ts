/**
 * How long the `Retry-After` of a refusal keeps a whole budget closed. MinIO sends two minutes with every SlowDown
 * (cmd/api-response.go) and goes on granting other requests: there the header concerns only the request that it came
 * with, and the limiter alone decides. Where nothing is granted after a refusal, it is obeyed.
 */

/** Where something was granted no longer ago than this, a `Retry-After` concerns only the request that it came with. */
const GRANTED_LATELY_MS = 5000

/** `now`: monotonic milliseconds. Budgets are told apart by name. */
export function createRetryAfter(now: () => number) {
  const notBefore = new Map<string, number>()
  /** When each budget last granted something. */
  const grantedAt = new Map<string, number>()

  return {
    isWaiting(budget: string): boolean {
      const until = notBefore.get(budget)
      return until !== undefined && now() < until
    },
    noteGranted(budget: string): void {
      grantedAt.set(budget, now())
    },
    /** `sentAt`: of the request. `refusedAt`: of the refusal before this one, -Infinity if there was none. */
    noteRefused(budget: string, { sentAt, refusedAt, ms }: { sentAt: number; refusedAt: number; ms: number }): void {
      const granted = grantedAt.get(budget) ?? Number.NEGATIVE_INFINITY
      const isForAll = sentAt > refusedAt && granted <= Math.max(refusedAt, now() - GRANTED_LATELY_MS)
      if (isForAll) notBefore.set(budget, now() + ms)
    },
    /** Milliseconds until the last one has run out; 0 = none runs. */
    longestMs(): number {
      let longest = 0
      for (const until of notBefore.values()) longest = Math.max(longest, until - now())
      return longest
    },
    forgetOld(): void {
      for (const [budget, until] of notBefore) if (until <= now()) notBefore.delete(budget)
      for (const [budget, at] of grantedAt) if (now() - at > GRANTED_LATELY_MS) grantedAt.delete(budget)
    },
    endWaits: () => notBefore.clear(),
    forgetGrants: () => grantedAt.clear(),
  }
}
