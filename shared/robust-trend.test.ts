import { describe, expect, it } from 'vitest'
import { median, type Series, slopePerStep, trendConfidence } from './robust-trend.ts'

describe('median', () => {
  it.each([
    [[], 0],
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

describe('slope', () => {
  it.each<[string, Series, number]>([
    ['a straight line', [1, 2, 3, 4, 5], 1],
    ['a straight line with an outlier', [1, 2, 300, 4, 5], 1],
    ['a straight line with a gap: time went on', [1, 2, null, null, 5], 1],
    ['no change', [7, 7, 7, 7], 0],
    ['nothing', [], 0],
  ])('of %s', (_, series, slope) => {
    expect(slopePerStep(series)).toBeCloseTo(slope)
  })
})

describe('confidence', () => {
  const steps = Array.from({ length: 30 }, (_, at) => at)
  it.each<[string, Series, number, number]>([
    ['a clear trend is certain', steps.map((at) => 100 - at), 0.999, 1],
    ['a sine is none', steps.map((at) => Math.sin(at * 7)), 0, 0.95],
    ['three points are nothing', [3, 2, 1], 0, 0],
    ['gaps are no points', [3, null, 2, null, null, 1], 0, 0],
  ])('%s', (_, series, least, most) => {
    expect(trendConfidence(series)).toBeGreaterThanOrEqual(least)
    expect(trendConfidence(series)).toBeLessThanOrEqual(most)
  })
})
