import { expect, test } from 'vitest'
import { createVirtualClock } from '../../engine/testing/simulator/virtual-clock.ts'
import { resumeAfterRestart } from './resume-after-restart.ts'

const JOBS = ['first', 'second', 'third'].map((jobId) => ({ jobId, destination: `/${jobId}` }))

async function start(thereAfter: Record<string, number>) {
  const clock = createVirtualClock()
  const begun: string[] = []
  const stop = new AbortController()
  const over = resumeAfterRestart({
    jobs: JOBS,
    resume: (jobId) => void begun.push(`${jobId} ${clock.seconds()}`),
    clock,
    signal: stop.signal,
    isThere: async (folder) => clock.seconds() >= (thereAfter[folder] ?? 0),
  })
  // The first look is over.
  await new Promise((resolve) => setImmediate(resolve))
  return { clock, begun, stop, over }
}

test('in their order, at once', async () => {
  const { begun, over } = await start({})
  await over
  expect(begun).toEqual(['first 0', 'second 0', 'third 0'])
})

test('a drive that comes later is waited for, and keeps no other job', async () => {
  const { begun, clock, over } = await start({ '/second': 42, '/first': Number.POSITIVE_INFINITY })
  await clock.runUntil(599)
  expect(begun).toEqual(['third 0', 'second 45'])
  await clock.runUntil(600)
  await over
  expect(begun.at(-1)).toBe('first 600')
})

test('the program ends meanwhile', async () => {
  const { begun, clock, stop, over } = await start({ '/second': 42 })
  await clock.runUntil(10)
  stop.abort()
  await over
  expect(begun).toEqual(['first 0', 'third 0'])
})
