import { expect, it } from 'vitest'
import { createVirtualClock } from './testing/simulator/virtual-clock.ts'
import { createTimers } from './timers.ts'

function start() {
  const clock = createVirtualClock()
  const stop = new AbortController()
  const bugs: unknown[] = []
  return { clock, stop, bugs, timers: createTimers(clock, stop.signal, (error) => bugs.push(error)) }
}

it('work begins anew so long after it has ended, never twice at once', async () => {
  const { clock, timers } = start()
  const begun: number[] = []
  timers.every(100, () => {
    begun.push(clock.seconds())
    return new Promise<void>((resolve) => clock.after(250, resolve))
  })
  await clock.runUntil(1)
  expect(begun).toEqual([0.1, 0.45, 0.8])
  const stopped = timers.stop()
  await clock.runUntil(2)
  await stopped
  expect(begun).toHaveLength(3)
})

it('stopping waits for what is under way, and nothing comes after it', async () => {
  const { clock, timers } = start()
  let finish = () => {}
  let runs = 0
  timers.every(100, () => {
    runs++
    return new Promise<void>((resolve) => {
      finish = resolve
    })
  })
  await clock.runUntil(0.15)
  let isStopped = false
  const stopped = timers.stop().then(() => {
    isStopped = true
  })
  await clock.runUntil(0.2)
  expect(isStopped).toBe(false)
  finish()
  await stopped
  await clock.runUntil(10)
  expect(runs).toBe(1)
})

it('work that throws is a bug, told once', async () => {
  const { clock, bugs, timers } = start()
  timers.every(100, () => {
    throw new Error('bug')
  })
  await clock.runUntil(1)
  expect(bugs).toEqual([new Error('bug')])
})

it('a sleep ends with its time or with the job, whichever comes first', async () => {
  const { clock, stop, timers } = start()
  const awake: string[] = []
  void timers.sleep(100).then(() => awake.push('short'))
  void timers.sleep(100_000).then(() => awake.push('long'))
  await clock.runUntil(0.2)
  expect(awake).toEqual(['short'])
  stop.abort()
  await Promise.resolve()
  expect(awake).toEqual(['short', 'long'])
  void timers.sleep(100_000).then(() => awake.push('none'))
  await Promise.resolve()
  expect(awake).toEqual(['short', 'long', 'none'])
})
