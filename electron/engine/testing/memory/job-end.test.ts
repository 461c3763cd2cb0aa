/** How a job ends: by a bug of ours, after a retry, and what may still happen then. */
import { describe, expect, it, vi } from 'vitest'
import type { Failure } from '../../../../shared/failure.ts'
import type { StoredObject } from '../objects/stored-objects.ts'
import { realClock } from '../real-clock.ts'
import { OBJECTS, prepareMemoryJobs, type Run } from './jobs.ts'
import { createMemoryBucket } from './source.ts'

const { begin, expectBytes } = prepareMemoryJobs()

describe('a bug of ours', () => {
  it('in what is done ten times a second ends the job by name, and gives the folder back', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    const { download, plane } = begin(bucket, { bytesPerSecond: 1e6 })
    await expect.poll(() => download.snapshot().bytesDone).toBeGreaterThan(0)
    plane.blockedMs = () => {
      throw new Error('a bug')
    }
    expect(await download.finished).toMatchObject({
      status: 'failed',
      failure: { class: 'protocol', code: 'internal', detail: 'Error: a bug' },
    })
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed' })
    await expectBytes(bucket, OBJECTS)
  })

  it('in the listing does so too, and nothing goes on behind it', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    let snapshots = 0
    const { download } = begin(bucket, {
      policy: { snapshotSeconds: 0.02 },
      onSnapshot: () => snapshots++,
      onEvent({ code }) {
        if (code === 'listing-finished') throw new Error('a bug')
      },
    })
    expect(await download.finished).toMatchObject({ status: 'failed', failure: { code: 'internal' } })
    const told = snapshots
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(snapshots).toBe(told)
    expect(await begin(bucket).download.finished).toMatchObject({ status: 'completed' })
  })
})

describe('an object that has failed and is asked for again', () => {
  const MIDDLE = OBJECTS[1] as StoredObject
  /** The large object keeps the job alive for some seconds. */
  const SLOW = { bytesPerSecond: 1e6 }
  const failuresOf = ({ events }: Run) => events.filter(({ code }) => code === 'object-failed').length

  it('is fetched as it is now, though it kept changing before', async () => {
    const bucket = createMemoryBucket(OBJECTS)
    let isChanging = true
    const run = begin(bucket, {
      ...SLOW,
      fate({ key }, attempt) {
        if (key !== MIDDLE.key || !isChanging) return undefined
        bucket.put({ ...MIDDLE, version: attempt })
        return { afterBytes: 0, failure: { class: 'changed', code: 'size-differs' } }
      },
    })
    await expect.poll(() => failuresOf(run)).toBe(1)
    isChanging = false
    run.download.retry()
    expect(await run.download.finished).toMatchObject({ status: 'completed', objectsDone: 4, failed: [] })
  })

  it('and fails again is named once, with what it failed of last', async () => {
    let failure: Failure = { class: 'denied', code: 'AccessDenied' }
    const run = begin(createMemoryBucket(OBJECTS), {
      ...SLOW,
      fate: ({ key }) => (key === MIDDLE.key ? { afterBytes: 0, failure } : undefined),
    })
    await expect.poll(() => failuresOf(run)).toBe(1)
    failure = { class: 'archived', code: 'InvalidObjectState' }
    run.download.retry()
    const { failed, objectsFailed } = await run.download.finished
    expect(objectsFailed).toBe(1)
    expect(failed).toEqual([{ key: MIDDLE.key, failure: 'archived', message: 'InvalidObjectState' }])
  })
})

it('the end is the last that is told of a job, also when a question to the service is answered after it', async () => {
  const [large] = OBJECTS as [StoredObject]
  let isAsked = false
  const { download, events } = begin(createMemoryBucket([large]), {
    bytesPerSecond: 1e6,
    policy: { healthCheckSeconds: 0.1 },
    headFailure: () => ({ class: 'server-error' }),
    beforeHead() {
      isAsked = true
      download.cancel()
      return download.finished
    },
  })
  await download.finished
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(isAsked).toBe(true)
  expect(events.at(-1)?.code).toBe('job-finished')
})

it('a job that is about to end takes no more commands, and leaves nothing behind that runs on', async () => {
  const run = begin(createMemoryBucket(OBJECTS), {
    fate: ({ key }) =>
      key === 'archive/middle.nc' ? { afterBytes: 0, failure: { class: 'denied', code: 'AccessDenied' } } : undefined,
  })
  const { download, events, plane } = run
  const shutDown = plane.shutDown
  plane.shutDown = () => {
    expect(download.snapshot().phase).toBe('finishing')
    expect(download.retry()).toBe(false)
    download.pause()
    download.setLimits({ threads: 1 })
    download.coolDown()
    download.resume()
    return shutDown()
  }
  expect(await download.finished).toMatchObject({ status: 'failed', objectsFailed: 1 })
  expect(events.at(-1)?.code).toBe('job-finished')
  const late = ['object-retried', 'paused', 'resumed', 'limits-changed', 'cooling-down']
  expect(events.filter(({ code }) => late.includes(code))).toEqual([])
  const armed = vi.spyOn(realClock, 'after')
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(armed).not.toHaveBeenCalled()
  armed.mockRestore()
})
