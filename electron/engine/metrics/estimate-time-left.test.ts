import { describe, expect, it, test } from 'vitest'
import { AT_REST, estimateSecondsLeft, smoothRate } from './estimate-time-left.ts'

/** Rates in MB/s, one a second. */
const smoothed = (rates: number[]): number =>
  rates.reduce((before, rate) => smoothRate(before, rate, 1), AT_REST).bytesPerSecond

describe('the rate behind the estimate', () => {
  it.each<[string, number[], number]>([
    ['nothing yet', [0, 0, 0], 0],
    ['a pool that warms up: the mean so far, its first bytes count once', [0, 0, 0.3, 8, 9.6, 9.6], 6.9],
    ['ten seconds later', [0.3, 8, ...Array<number>(10).fill(9.6)], 8.7],
    ['a second without bytes in a long run', [...Array<number>(600).fill(10), 0], 9.7],
    ['half of the speed for half a minute', [...Array<number>(600).fill(10), ...Array<number>(30).fill(5)], 6.8],
  ])('%s', (_, rates, expected) => {
    expect(smoothed(rates)).toBeCloseTo(expected, 1)
  })
})

test.each<[string, Parameters<typeof estimateSecondsLeft>[0], number]>([
  ['the rest at that rate', { bytesLeft: 1000, smoothedRate: 10, listingComplete: true }, 100],
  ['all is here', { bytesLeft: 0, smoothedRate: 0, listingComplete: true }, 0],
  ['nothing moves', { bytesLeft: 1000, smoothedRate: 0, listingComplete: true }, -1],
  ['the total is not known yet', { bytesLeft: 1000, smoothedRate: 10, listingComplete: false }, -1],
])('%s', (_, input, expected) => {
  expect(estimateSecondsLeft(input)).toBe(expected)
})
