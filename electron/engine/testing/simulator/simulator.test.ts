import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectionSpeed, lineCapacity } from '../weather/line.ts'
import { shareCapacity } from './share-capacity.ts'
import { simulate } from './simulate.ts'
import { createVirtualClock } from './virtual-clock.ts'

describe('virtual time', () => {
  it('runs events in the order of their times, equal times in the order of their making', async () => {
    const clock = createVirtualClock()
    const ran: string[] = []
    clock.after(20, () => ran.push('late'))
    clock.after(10, () => ran.push('first'))
    clock.after(10, () => ran.push('second'))
    const cancel = clock.after(15, () => ran.push('cancelled'))
    cancel()
    await clock.runUntil(1)
    expect(ran).toEqual(['first', 'second', 'late'])
  })

  it('lets promises settle between two events', async () => {
    const clock = createVirtualClock()
    const ran: string[] = []
    clock.after(10, async () => {
      for (let depth = 0; depth < 20; depth++) await undefined
      ran.push('settled')
    })
    clock.after(10, () => ran.push('next event'))
    await clock.runUntil(1)
    expect(ran).toEqual(['settled', 'next event'])
  })

  it('never goes backwards, whatever is planned', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 40 }), async (delays) => {
        const clock = createVirtualClock()
        const times: number[] = []
        for (const delay of delays) clock.after(delay, () => times.push(clock.monotonic()))
        await clock.runUntil(6)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        expect(times).toHaveLength(delays.length)
      }),
      { numRuns: 50 },
    )
  })
})

describe('a full line', () => {
  const rows: [string, number[], number, number[], number[]?][] = [
    ['gives everybody what he wants while there is enough', [1, 2, 3], 10, [1, 2, 3]],
    ['is divided equally among the greedy', [10, 10], 10, [5, 5]],
    ['gives what the slow ones leave to the others', [1, 100, 100], 11, [1, 5, 5]],
    ['that is cut gives nothing', [1, 2], 0, [0, 0]],
    ['gives most to those that press hardest', [9, 9, 2], 8, [4, 2, 2], [2, 1, 1]],
  ]
  it.each(rows)('%s', (_, wants, capacity, shares, weights) => {
    expect(shareCapacity(wants, capacity, weights)).toEqual(shares)
  })
})

describe('the model', () => {
  it('gives the same run for the same seed', async () => {
    const run = () => simulate({ seconds: 20, seed: 7, weather: [connectionSpeed(2e6)] })
    const [first, second] = [await run(), await run()]
    expect(second.perSecond).toEqual(first.perSecond)
    expect(second.events).toEqual(first.events)
  })

  it('carries no more than the line can, and counts what it carries', async () => {
    const result = await simulate({ seconds: 20, weather: [lineCapacity(8e6)] })
    expect(Math.max(...result.perSecond)).toBeLessThan(8e6 * 1.01)
    expect(result.speed(5, 20)).toBeGreaterThan(8e6 * 0.99)
    expect(Math.abs(result.bytesDone - result.bytesFetched)).toBeLessThan(100)
  })
})
