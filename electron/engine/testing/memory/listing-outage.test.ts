/** A listing whose pages do not come: how long a job waits for one, and how it ends. */
import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import { prepareMemoryJobs } from './jobs.ts'
import { createMemoryBucket } from './source.ts'

const { begin } = prepareMemoryJobs()

/** Two pages. */
const OBJECTS = Array.from({ length: 1100 }, (_, at) => ({ key: `archive/${10_000 + at}`, size: 10 }))
const CUT: Failure = { class: 'reset', code: 'ECONNRESET' }
const FAILS: Failure = { class: 'server-error', code: 'InternalError', httpStatus: 500 }
const UNKNOWN: Failure = { class: 'dns', code: 'ENOTFOUND' }
const policy = { networkGoneSeconds: 0.5, retryBaseSeconds: 0.02, retryCapSeconds: 0.05 }

type Page = 'first' | 'second'

/** The page fails, for ever or until it is granted. */
function list(
  page: Page,
  failure: Failure,
  { isGranted = (): boolean => false, objects = OBJECTS, bytesPerSecond = 50e6 } = {},
) {
  const listFailure = (continuation: string | undefined) =>
    (continuation === undefined ? 'first' : 'second') === page && !isGranted() ? failure : undefined
  return begin(createMemoryBucket(objects), { policy, listFailure, bytesPerSecond }).download.finished
}

/** At the eleventh time. */
function afterTenTimes(): () => boolean {
  let asked = 0
  return () => asked++ === 10
}

describe('a page of the listing', () => {
  it.each<[Page, string, Failure]>([
    ['first', 'is cut', CUT],
    ['first', 'fails', FAILS],
    ['second', 'is cut', CUT],
    ['second', 'has no address', UNKNOWN],
  ])('that comes late, the %s, which %s ten times, is waited for', async (page, _, failure) => {
    expect(await list(page, failure, { isGranted: afterTenTimes() })).toMatchObject({
      status: 'completed',
      objectsDone: OBJECTS.length,
    })
  })

  it.each<[Page, string, Failure]>([
    ['first', 'is cut', CUT],
    ['first', 'fails', FAILS],
    ['second', 'is cut', CUT],
    ['second', 'fails', FAILS],
    ['second', 'has no address', UNKNOWN],
  ])('that never comes, the %s, which %s each time, ends the job with that', async (page, _, failure) => {
    const summary = await list(page, failure)
    expect(summary).toMatchObject({ status: 'failed', objectsDone: page === 'first' ? 0 : 1000 })
    expect([failure.class, 'connect']).toContain(summary.failure?.class)
  })

  it('is waited for as long as objects arrive: there is work', async () => {
    const objects = OBJECTS.map((object, at) => (at === 0 ? { ...object, size: 8_000_000 } : object))
    const begun = performance.now()
    // The job would have ended by then without them: four connections bring the first object in five seconds at least.
    const isGranted = () => performance.now() - begun > 5 * policy.networkGoneSeconds * 1000
    const summary = await list('second', FAILS, { isGranted, objects, bytesPerSecond: 0.4e6 })
    expect(summary).toMatchObject({ status: 'completed', objectsDone: objects.length })
  })

  it('that has no address, the first: its host may be a wrong one, and that is said at once', async () => {
    const before = performance.now()
    expect(await list('first', UNKNOWN)).toMatchObject({ status: 'failed', failure: UNKNOWN })
    expect(performance.now() - before).toBeLessThan(policy.networkGoneSeconds * 1000)
  })
})
