/**
 * The last requests, for what is shown about them: success rate (last 100 within the window, as the seed report
 * asks, and those that are being answered), first-byte percentiles, requests per second.
 */
import type { FailureClass } from '../../../shared/failure.ts'

/** The seed report's plan A looks at the last 100 requests. */
const SUCCESS_REQUESTS = 100
const FIRST_BYTE_SAMPLES = 256
/** Requests per second are averaged over this long. */
const RATE_MILLISECONDS = 5000

const OF_THE_SERVER: readonly string[] = ['server-error', 'protocol'] satisfies FailureClass[]

export type RequestWindow = ReturnType<typeof createRequestWindow>

/** `receiving`: how many requests under way bring bytes. A refusal ends at once, a long answer much later. */
export function createRequestWindow(windowSeconds: number, receiving: () => number) {
  const recent: { at: number; failureClass: string | undefined; address: string }[] = []
  const firstBytes: number[] = []
  let nextSample = 0
  const finishedAt: number[] = []
  const errors = new Map<string, number>()
  /** Seconds that connections spent before they were given up. */
  const lost: { at: number; seconds: number }[] = []
  /** By address, until when. */
  const excused = new Map<string, number>()

  return {
    record(at: number, failureClass: string | undefined, firstByteMs: number, address: string): void {
      recent.push({ at, failureClass, address })
      if (recent.length > SUCCESS_REQUESTS) recent.shift()
      finishedAt.push(at)
      if (firstByteMs > 0) {
        firstBytes[nextSample] = firstByteMs
        nextSample = (nextSample + 1) % FIRST_BYTE_SAMPLES
      }
    },
    recordError(failureClass: string): void {
      errors.set(failureClass, (errors.get(failureClass) ?? 0) + 1)
    },
    /** What this address has failed, and fails before it is out of use, is no fault of the service. */
    excuseServer(address: string, at: number): void {
      excused.set(address, at + windowSeconds * 1000)
    },
    /** A connection is given up after so many seconds of silence or crawling. */
    recordLost(at: number, seconds: number): void {
      lost.push({ at, seconds })
    },
    /** Connection-seconds of the window that went into connections which had to be given up. */
    lostSeconds(now: number): number {
      while (lost[0] && now - lost[0].at > windowSeconds * 1000) lost.shift()
      return lost.reduce((sum, { seconds }) => sum + seconds, 0)
    },
    read(now: number) {
      const inWindow = recent.filter((request) => now - request.at <= windowSeconds * 1000)
      const passed = finishedAt.findIndex((at) => now - at <= RATE_MILLISECONDS)
      finishedAt.splice(0, passed < 0 ? finishedAt.length : passed)
      const requests = inWindow.length + receiving()
      const failed = inWindow.filter(({ failureClass }) => failureClass !== undefined).length
      const sorted = [...firstBytes].sort((a, b) => a - b)
      return {
        successRate: requests === 0 ? 1 : (requests - failed) / requests,
        /** What it is a share of. */
        recentRequests: requests,
        finishedRequests: inWindow.length,
        /** Of the finished ones, those that the server failed, or answered with something that was not requested. */
        serverErrors: inWindow.filter(
          ({ at, failureClass = '', address }) =>
            OF_THE_SERVER.includes(failureClass) && at > (excused.get(address) ?? Number.NEGATIVE_INFINITY),
        ).length,
        requestsPerSecond: finishedAt.length / (RATE_MILLISECONDS / 1000),
        firstByteMsP50: percentile(sorted, 0.5),
        firstByteMsP95: percentile(sorted, 0.95),
        errors,
      }
    },
  }
}

/** Nearest rank; 0 for no samples. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted.length === 0 ? 0 : (sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number)
