import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { EngineEvent, EventCode } from '../../../shared/engine-event.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { jobZh } from '../../i18n/job-zh.ts'
import { emptyHistory } from '../testing/sample-history.ts'
import { sampleErrors, sampleSnapshot } from '../testing/samples.ts'
import { clusterMarks, clusterToFit, collectMarks, countMarks, spreadSigns } from './event-marks.ts'
import { outageBands } from './outage-bands.ts'
import { findOutages } from './outages.ts'
import { placeReadout } from './place-readout.ts'
import {
  appendSnapshot,
  breakAtGaps,
  type Column,
  compactHistory,
  EMPTY_HISTORY,
  fromHistory,
  joinHistories,
  type SpeedHistory,
  sliceHistory,
  thinHistory,
} from './speed-history.ts'
import { percentOf, speedTimeline } from './speed-timeline.ts'
import { isConvincing, type SpeedTrend, speedTrend } from './speed-trend.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z') / 1000
const iso = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString()
const event = (at: number, code: EventCode): EngineEvent => ({ time: iso(at), code, reason: {} })

function historyOf(time: number[], speed: Column): SpeedHistory {
  const blank = mapMeasured(time)
  return { ...blank, time, bytesPerSecond: speed }
}
/** Zeros in every column. */
const mapMeasured = (time: number[]): SpeedHistory => {
  const columns = Object.keys(EMPTY_HISTORY).map((name) => [name, time.map(() => 0)])
  return Object.fromEntries(columns) as unknown as SpeedHistory
}
const everySecond = (seconds: number, speed: (second: number) => number | null): SpeedHistory => {
  const offsets = Array.from({ length: seconds }, (_, index) => index)
  return historyOf(
    offsets.map((offset) => START + offset),
    offsets.map(speed),
  )
}
const oneSecondBefore = (snapshot: MetricsSnapshot): MetricsSnapshot => ({
  ...snapshot,
  time: iso(Date.parse(snapshot.time) / 1000 - 1),
})
const columnLengths = (history: SpeedHistory) => new Set(Object.values(history).map((column) => column.length))

describe('history of the speed', () => {
  it('appends snapshots once and in order', () => {
    const snapshot = { ...sampleSnapshot(), time: iso(START), errors: sampleErrors({ reset: 2 }) }
    const next = { ...snapshot, time: iso(START + 2), bytesPerSecond: 5, errors: sampleErrors({ reset: 6 }) }
    const one = appendSnapshot(EMPTY_HISTORY, snapshot, oneSecondBefore(snapshot))
    const two = appendSnapshot(one, next, snapshot)
    expect(two.time).toEqual([START, START + 2])
    expect(two.bytesPerSecond).toEqual([31.8e6, 5])
    expect(two.errorsPerSecond).toEqual([0, 2])
    expect(appendSnapshot(two, snapshot, oneSecondBefore(snapshot))).toBe(two)
  })

  it('begins with the second snapshot of a run, as that of the program: with the first, nothing has moved yet', () => {
    const first = { ...sampleSnapshot(), time: iso(START), bytesPerSecond: 0 }
    expect(appendSnapshot(EMPTY_HISTORY, first, undefined)).toBe(EMPTY_HISTORY)
    const ended = { ...oneSecondBefore(first), phase: 'cancelled' as const }
    expect(appendSnapshot(EMPTY_HISTORY, first, ended)).toBe(EMPTY_HISTORY)
  })

  it('goes on when the clock was set back by hours, and takes the past along', () => {
    const hours = 8 * 3600
    const snapshot = { ...sampleSnapshot(), time: iso(START + hours) }
    const next = { ...snapshot, time: iso(START), bytesPerSecond: 5 }
    const one = appendSnapshot(EMPTY_HISTORY, snapshot, oneSecondBefore(snapshot))
    const two = appendSnapshot(one, next, snapshot)
    expect(two.time).toEqual([START - 1, START])
    expect(two.bytesPerSecond).toEqual([31.8e6, 5])
  })

  it('leaves a paused tick empty instead of calling it zero', () => {
    const paused = { ...sampleSnapshot(), phase: 'paused' as const, bytesPerSecond: 0 }
    expect(appendSnapshot(EMPTY_HISTORY, paused, oneSecondBefore(paused)).bytesPerSecond).toEqual([null])
  })

  it('leaves empty what was not measured, as the program does: no first byte is not one of 0 ms', () => {
    const quiet = { ...sampleSnapshot(), firstByteMsP50: 0, firstByteMsP95: 0, dnsMs: 0, diskWriteMs: 0 }
    const { firstByteMsP50, firstByteMsP95, dnsMs, diskWriteMs } = appendSnapshot(
      EMPTY_HISTORY,
      quiet,
      oneSecondBefore(quiet),
    )
    expect([firstByteMsP50, firstByteMsP95, dnsMs, diskWriteMs]).toEqual([[null], [null], [null], [null]])
  })

  it('empties what the program measured between pause and resume', () => {
    const sevens = [7, 7, 7, 7, 7, 7]
    const history = fromHistory({
      ...emptyHistory(),
      time: sevens.map((_, index) => START + index),
      bytesPerSecond: sevens,
      concurrency: sevens,
      firstByteMsP50: sevens,
      firstByteMsP95: sevens,
      errorsPerSecond: sevens,
      marks: [event(START + 1, 'paused'), event(START + 3, 'throttled'), event(START + 4, 'resumed')],
    })
    expect(history.bytesPerSecond).toEqual([7, 7, null, null, null, 7])
  })

  it('joins what was read with what came live, without doubling', () => {
    const read = everySecond(5, () => 1)
    const live = sliceHistory(
      everySecond(9, () => 2),
      START + 2,
      START + 100,
    )
    const joined = joinHistories(read, live)
    expect(joined.time).toEqual(everySecond(9, () => 0).time)
    expect(joined.bytesPerSecond).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2])
    expect(joinHistories(live, read)).toBe(live)
  })

  it('stays below 12,000 points for a week and keeps the mean', () => {
    let history = EMPTY_HISTORY
    const week = 7 * 86_400
    for (let hour = 0; hour < week / 3600; hour++) {
      const piece = everySecond(3600, (second) => (second % 2 === 0 ? 10 : 30))
      const shifted = { ...piece, time: piece.time.map((time) => time + hour * 3600) }
      history = compactHistory(joinHistories(history, shifted), START + (hour + 1) * 3600)
    }
    expect(history.time.length).toBeLessThan(12_000)
    expect(columnLengths(history).size).toBe(1)
    // The very first second is a bucket of its own.
    const speeds = history.bytesPerSecond.slice(1, 500) as number[]
    for (const speed of speeds) expect(speed).toBeCloseTo(20, 0)
    const young = sliceHistory(history, START + week - 500, START + week)
    expect(young.time.length).toBe(499)
  })

  it('has rising times and columns of one length after any thinning and compacting', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 10, max: 100 }), fc.integer({ min: 0, max: 1e6 }), (steps, most, later) => {
        let at = START
        const time = steps.map((step) => {
          at += step
          return at
        })
        const history = historyOf(
          time,
          time.map((_, index) => (index % 7 === 3 ? null : index)),
        )
        const changed = breakAtGaps(thinHistory(compactHistory(history, at + later), most, ['bytesPerSecond']))
        expect(columnLengths(changed).size).toBe(1)
        expect(changed.time.every((value, index) => index === 0 || value > (changed.time[index - 1] as number))).toBe(
          true,
        )
        const measured = changed.bytesPerSecond.filter((value) => value !== null)
        expect(Math.max(...measured, 0)).toBeLessThan(steps.length)
      }),
    )
  })

  it('thins ten hours to what a screen shows without losing a peak or a dip of one second', () => {
    const history = everySecond(36_000, (second) =>
      second === 12_345 ? 900 : second === 23_456 ? 0 : 30 + (second % 5),
    )
    const thin = thinHistory(history, 400, ['bytesPerSecond'])
    expect(thin.time.length).toBeLessThanOrEqual(400 * 3 + 4)
    expect(thin.time[thin.bytesPerSecond.indexOf(900)]).toBe(START + 12_345)
    expect(thin.time[thin.bytesPerSecond.indexOf(0)]).toBe(START + 23_456)
    expect(thin.time.at(-1)).toBe(START + 35_999)
  })

  it('keeps the lowest and the highest of every named column, and every gap, within its bound', () => {
    const value = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: null })
    const points = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 600 })
    fc.assert(
      fc.property(points, fc.integer({ min: 10, max: 60 }), (rows, buckets) => {
        const time = rows.map((_, index) => START + index)
        const history = {
          ...historyOf(
            time,
            rows.map(([speed]) => speed),
          ),
          dnsMs: rows.map(([, dns]) => dns),
        }
        const thin = thinHistory(history, buckets, ['bytesPerSecond', 'dnsMs'])
        expect(thin.time.length).toBeLessThanOrEqual(Math.max(2 * buckets, (buckets + 1) * 6 + 2))
        for (const name of ['bytesPerSecond', 'dnsMs'] as const) {
          const extremes = (column: Column) => {
            const measured = column.filter((each) => each !== null)
            return [Math.min(...measured), Math.max(...measured), column.includes(null)]
          }
          expect(extremes(thin[name])).toEqual(extremes(history[name]))
        }
      }),
    )
  })

  it('does not draw a line across hours in which the program was not there', () => {
    const before = everySecond(3, () => 5)
    const after = { ...before, time: before.time.map((time) => time + 7200) }
    const broken = breakAtGaps(joinHistories(before, after))
    expect(broken.bytesPerSecond).toEqual([5, 5, 5, null, 5, 5, 5])
  })

  it('does not take a change of resolution for a gap', () => {
    const coarse = [0, 60, 120, 180].map((offset) => START + offset)
    const fine = [190, 200, 201, 202].map((offset) => START + offset)
    const time = [...coarse, ...fine]
    const history = historyOf(
      time,
      time.map(() => 1),
    )
    expect(breakAtGaps(history)).toBe(history)
  })
})

describe('speed timeline', () => {
  const mega = (history: SpeedHistory) =>
    speedTimeline(history).map(({ hour, bytesPerSecond }) => [hour, bytesPerSecond])

  test.each([
    ['nothing measured', EMPTY_HISTORY, []],
    ['the first seconds', everySecond(3, () => 4), [[0, 4]]],
    ['a ramp at the start does not count', everySecond(60, (second) => (second <= 5 ? 0 : 30)), [[0, 30]]],
    [
      'three hours, sinking',
      everySecond(3 * 3600 + 200, (second) => 30 - Math.round(second / 3600)),
      [
        [0, 30],
        [1, 29],
        [2, 28],
        [3, 27],
      ],
    ],
    [
      'paused at the hour',
      everySecond(3600 + 200, (second) => (second > 3000 ? null : 30)),
      [
        [0, 30],
        [1, null],
      ],
    ],
  ])('%s', (_, history, expected) => {
    expect(mega(history as SpeedHistory)).toEqual(expected)
  })

  test.each([
    [27, '90 %'],
    [32.4, '108 %'],
  ])('%d against 30 at the start is %s', (speed, expected) => expect(percentOf(speed, 30)).toBe(expected))
})

describe('speed trend', () => {
  const sinking = everySecond(3 * 3600, (second) => 30e6 - (second / 3600) * 2e6 + Math.sin(second) * 1e6)
  test.each<[string, SpeedHistory, number | undefined, number | undefined]>([
    ['nothing measured', EMPTY_HISTORY, undefined, undefined],
    ['nine minutes say nothing', everySecond(560, (second) => 30e6 - second * 1e4), undefined, undefined],
    ['2 MB/s less every hour', sinking, undefined, -2],
    ['the same, of the last hour', sinking, 3600, -2],
    ['steady', everySecond(3600, () => 30e6), undefined, 0],
    [
      'a pause is no slowness',
      everySecond(7200, (second) => (second > 2000 && second < 4000 ? null : 30e6)),
      undefined,
      0,
    ],
  ])('%s', (_, history, seconds, slope) => {
    const trend = speedTrend(history, seconds)
    if (slope === undefined) expect(trend).toBeUndefined()
    else expect(trend?.slopeMegabytesPerSecondPerHour).toBeCloseTo(slope, 1)
  })

  it('is sure of a sinking speed and not of a wandering one', () => {
    const wandering = everySecond(3600, (second) => 30e6 + Math.sin(second / 100) * 3e6)
    expect([sinking, wandering].map((history) => isConvincing(speedTrend(history) as SpeedTrend))).toEqual([
      true,
      false,
    ])
  })
})

describe('event marks', () => {
  it('marks what matters, each once, oldest first', () => {
    const told = [event(START + 9, 'throttled'), event(START + 1, 'pool-rebuilding'), event(START + 2, 'rate-changed')]
    const marks = collectMarks(told, [event(START + 9, 'throttled'), event(START + 20, 'cooling-down')])
    expect(marks.map(({ kind, at }) => [kind, at - START])).toEqual([
      ['rebuild', 1],
      ['throttle', 9],
      ['cooling', 20],
    ])
  })

  it('joins marks that would touch, by kind', () => {
    const marks = collectMarks(
      [0, 3, 6, 11].map((offset) => event(START + offset, 'throttled')),
      [event(START + 4, 'pool-rebuilding')],
    )
    const clusters = clusterMarks(marks, 10).map((cluster) => [cluster.kind, cluster.at - START, cluster.marks.length])
    expect(clusters).toEqual([
      ['throttle', 0, 3],
      ['rebuild', 4, 1],
      ['throttle', 11, 1],
    ])
    expect(countMarks(marks).map(({ kind, marks: found }) => [kind, found.length])).toEqual([
      ['throttle', 4],
      ['rebuild', 1],
    ])
  })

  it.each([
    ['a few of an hour, each by its own sign', 4, 900, 4],
    ['of nine days, no more signs than fit', 432, 21_600, 43],
  ])('joins as many as the width asks for: %s', (_, count, secondsApart, most) => {
    const codes: EventCode[] = ['throttled', 'pool-rebuilding', 'decay-alert', 'network-lost']
    const marks = collectMarks(
      Array.from({ length: count }, (_, index) => event(START + index * secondsApart, codes[index % 4] as EventCode)),
    )
    const clusters = clusterToFit(marks, (count * secondsApart) / 700, 700, 16)
    expect(clusters.length).toBeLessThanOrEqual(most)
    expect(clusters.length).toBeGreaterThan(most / 3)
    expect(clusters.flatMap((cluster) => cluster.marks)).toHaveLength(count)
  })
})

describe('outages', () => {
  const told = (at: number, code: EventCode, reason: EngineEvent['reason'] = {}) => ({
    ...event(START + at, code),
    reason,
  })
  /** Fast but for a run that ended at 200 and the next one, that began at 600 and had its first byte at 610. */
  const history = everySecond(700, (second) =>
    second > 200 && second < 600 ? null : second >= 600 && second < 610 ? 0 : 7,
  )
  const lost = told(103, 'network-lost', { seconds: 3 })
  const begun = [told(600, 'resumed', { cause: 'outage' }), told(600, 'job-started')]
  test.each<[string, EngineEvent[], [number, number][]]>([
    ['none', [told(0, 'job-started')], []],
    ['one that passed in its run', [lost, told(130, 'network-restored', { seconds: 30 })], [[100, 130]]],
    ['told twice, in any order', [told(130, 'network-restored'), lost, lost], [[100, 130]]],
    ['one that lasts', [lost], [[100, Number.POSITIVE_INFINITY]]],
    ['one that ended its run, until the next has bytes', [lost, told(200, 'job-finished'), ...begun], [[100, 610]]],
    ['of a service that failed with answers', [told(200, 'job-finished'), ...begun], [[200, 610]]],
    [
      'a try in vain',
      [lost, told(200, 'job-finished'), told(300, 'resumed', { cause: 'outage' }), ...begun],
      [[100, 610]],
    ],
    ['what its user did not wait for', [lost, told(150, 'paused'), told(300, 'resumed')], [[100, 150]]],
    [
      'two',
      [lost, told(130, 'network-restored'), told(200, 'job-finished'), ...begun],
      [
        [100, 130],
        [200, 610],
      ],
    ],
  ])('%s', (_, events, expected) => {
    expect(findOutages(events, history).map(({ from, to }) => [from - START, to - START])).toEqual(expected)
  })
})

test.each([
  ['one that is over', { from: 100, to: 160 }, 500, [{ from: 100, to: 160, text: '中断 1 分 00 秒' }]],
  [
    'one that lasts reaches as far as is known',
    { from: 100, to: Infinity },
    500,
    [{ from: 100, to: 500, text: '中断中' }],
  ],
  [
    'one that is over by now, of a stretch that ends within it',
    { from: 390, to: 450 },
    500,
    [{ from: 390, to: 450, text: '中断 1 分 00 秒' }],
  ],
  ['one before what is in sight', { from: 0, to: 10 }, 500, []],
])('the band of an outage: %s', (_, outage, newest, expected) => {
  expect(outageBands([outage], { from: 50, to: 400 }, newest, jobZh)).toEqual(expected)
})

describe('signs of the marks', () => {
  test.each([
    ['apart from each other they stay at their marks', [10, 40, 90], 100, [10, 40, 90]],
    ['of one instant they stand side by side', [10, 10, 12], 100, [10, 26, 42]],
    ['at the right edge they make room to the left', [50, 95, 99, 99], 100, [50, 68, 84, 100]],
    ['none', [], 100, []],
  ])('%s', (_, places, limit, expected) => {
    expect(spreadSigns(places, 16, limit)).toEqual(expected)
  })
})

test.each<[string, number, number, object]>([
  ['right of the cursor', 200, 1000, { left: 212 }],
  ['left of it, where that has more room', 800, 1000, { right: 212 }],
  ['at the edge of a narrow chart, whole', 300, 375, { left: 4 }],
  ['at its other edge', 100, 375, { right: 4 }],
])('the figures at the cursor stand %s', (_, x, width, place) => expect(placeReadout(x, width)).toEqual(place))
