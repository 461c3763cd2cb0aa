import type uPlot from 'uplot'
import { describe, expect, it, test, vi } from 'vitest'
import { jobZh } from '../../i18n/job-zh.ts'
import { readingInWords } from './chart-readout.tsx'
import { COMPARE_PANEL, SPEED_PANEL, seriesColor } from './panels.ts'
import {
  axisTop,
  type ChartRange,
  choosePlotData,
  formatInstant,
  formatTick,
  formatTickValue,
  formatZone,
  liesInGap,
  lonePoints,
  needDate,
  plotSpan,
  stretchOf,
  summarizeSpeed,
  TIME_STEPS,
  valueAt,
} from './plot-data.ts'
import { type Band, plotOptions } from './plot-options.ts'
import { EMPTY_HISTORY, type SpeedHistory } from './speed-history.ts'

const START = 1_767_225_600
function history(seconds: number, speed: (second: number) => number | null = () => 30): SpeedHistory {
  const offsets = Array.from({ length: seconds }, (_, index) => index)
  const time = offsets.map((offset) => START + offset)
  const columns = Object.keys(EMPTY_HISTORY).map((name) => [name, offsets.map(() => 0)])
  return { ...(Object.fromEntries(columns) as unknown as SpeedHistory), time, bytesPerSecond: offsets.map(speed) }
}

function spanned(given: SpeedHistory, range: ChartRange, maxPoints: number) {
  const span = plotSpan(given, range, true)
  return choosePlotData(stretchOf(given, span), span, maxPoints)
}

describe('what is drawn', () => {
  test.each([
    ['five minutes of an hour', 3600, '5m', 300],
    ['one hour of three', 10_800, '1h', 3600],
    ['all of three hours', 10_800, 'all', 10_799],
    ['five minutes of a job of two are two: no empty chart', 121, '5m', 120],
  ] as const)('%s', (_, seconds, range, width) => {
    const { from, to } = spanned(history(seconds), range, 600)
    expect(to).toBe(START + seconds - 1)
    expect(to - from).toBe(width)
  })

  test.each([
    ['a job that has run for ten seconds has the minute to come on its right', 10, true, 60],
    ['a job of half a minute fills its chart once it is over', 30, false, 29],
    ['a job of three seconds is no steep line', 3, false, 10],
  ])('%s', (_, seconds, isLive, width) => {
    expect(plotSpan(history(seconds), 'all', isLive)).toEqual({ from: START, to: START + width })
    expect(plotSpan(history(seconds), '5m', isLive)).toEqual({ from: START, to: START + width })
  })

  test.each([
    ['goes on while a job waits between runs and measures nothing', 700, { from: START + 400, to: START + 700 }],
    ['does not go back where the clock of the program is ahead', 50, { from: START, to: START + 99 }],
  ])('%s', (_, now, span) => {
    expect(plotSpan(history(100), '5m', true, START + now)).toEqual(span)
  })

  it('has no more points than pixels, give or take a few at the edges', () => {
    expect(spanned(history(3600), '1h', 600).history.time.length).toBeLessThan(620)
  })

  it('survives a job that has not begun', () => {
    expect(spanned(history(0), 'all', 600).history.time).toEqual([])
    expect(summarizeSpeed(spanned(history(0), '5m', 600))).toBeUndefined()
  })

  it('tells the line in five numbers, without pauses and without what lies left of the edge', () => {
    const data = spanned(
      history(1000, (second) => (second < 600 ? 900 : second < 800 ? null : second < 900 ? 10 : 20)),
      '5m',
      1000,
    )
    expect(summarizeSpeed(data)).toMatchObject({ now: 20, low: 10, high: 20, points: 200, mean: 15 })
  })
})

test.each([
  ['the only one', [5], [0]],
  ['one between two pauses', [1, 2, null, 5, null, 3, 4], [3]],
  ['at both ends', [5, null, 1, 2, null, 7], [0, 5]],
  ['none in a line, also where another job was measured in between', [1, undefined, 2, undefined, 3], []],
  ['one, with times of another job beside it', [null, undefined, 4, undefined, null], [2]],
  ['nothing', [], []],
])('points without a line: %s', (_, values, expected) => {
  expect(lonePoints(values)).toEqual(expected)
})

describe('axes', () => {
  test.each([
    [0, 1],
    [0.8, 1],
    [31.8, 40],
    [38, 40],
    [39, 50],
    [96.5, 120],
    [980, 1200],
  ])('a speed of %d MB/s is drawn below %d', (highest, top) => {
    expect(axisTop(highest)).toBeCloseTo(top)
    expect(axisTop(highest)).toBeGreaterThanOrEqual(highest)
  })

  test.each([
    ['seconds where ticks are seconds apart', new Date(2026, 0, 1, 14, 3, 5), 10, '14:03:05'],
    ['minutes otherwise', new Date(2026, 0, 1, 14, 3, 5), 60, '14:03'],
    ['the date at midnight', new Date(2026, 0, 2, 0, 0, 0), 3600, '01-02'],
  ])('%s', (_, date, step, text) => {
    expect(formatTick(date.getTime() / 1000, step)).toBe(text)
  })

  test('no two times on an axis read alike, however short the stretch is', () => {
    const at = new Date(2026, 0, 1).getTime() / 1000
    for (const step of TIME_STEPS) expect(formatTick(at + step, step)).not.toBe(formatTick(at, step))
    const sources = { ...{ panel: SPEED_PANEL, size: { width: 1, height: 1 }, theme: 'light' as const, syncKey: '' } }
    const handlers = { onZoom: vi.fn(), onPan: vi.fn(), onSelect: vi.fn(), onReset: vi.fn() }
    expect(plotOptions({ ...sources, ...handlers }).axes?.[0]?.incrs).toBe(TIME_STEPS)
  })

  it.each([
    [4000, '4000'],
    [0.5, '0.5'],
    [0.30000000000000004, '0.3'],
    [0.003, '0.003'],
    [0, '0'],
  ])('says %d beside the grid as %s', (value, text) => {
    expect(formatTickValue(value)).toBe(text)
  })
})

test.each([
  ['this morning and now', [9, 0], [14, 0], false],
  ['last night and now: hours of two days', [-2, 30], [14, 0], true],
  ['three days ago, within one day', [-60, 0], [-55, 0], true],
])('the date is told of %s', (_, from, to, expected) => {
  const [fromTime, toTime, now] = [from, to, [14, 30]].map(
    ([hour, minute]) => new Date(2026, 10, 27, hour, minute).getTime() / 1000,
  ) as [number, number, number]
  expect(needDate(fromTime, toTime, now)).toBe(expected)
})

test.each([
  [-480, 'UTC+08:00'],
  [210, 'UTC−03:30'],
  [0, 'UTC+00:00'],
])('a clock that is %d minutes behind is %s', (offset, zone) => expect(formatZone(offset)).toBe(zone))

describe('what the cursor reads', () => {
  const resumed = history(3000, (second) => (second === 2000 ? 0 : 30e6))
  const measured = [...resumed.time.keys()].filter((second) => second < 1000 || second >= 2000)
  const twoRuns = {
    ...EMPTY_HISTORY,
    ...Object.fromEntries(Object.entries(resumed).map(([name, column]) => [name, measured.map((at) => column[at])])),
  } as SpeedHistory
  const span = { from: START, to: START + 3000 }
  const data = choosePlotData(stretchOf(twoRuns, span), span, 10_000)
  test.each([
    ['the figures of a second of the first run', 999, /30\.0 MB\/s.*并发 0/],
    ['nothing between two runs: no figure, not even zero', 1000, /^[^，]+，无数据$/],
    ['a measured zero is a figure', 1001, /，0\.0 MB\/s.*并发 0/],
  ])('%s', (_, index, words) => {
    expect(readingInWords(data, index, [], jobZh)).toMatch(words)
  })
  test.each([
    ['at a point', 999, 999, false],
    ['a few pixels beside the end of the first run', 999, 1005, false],
    ['far beside it, the end being the nearest point', 999, 1200, true],
    ['before the second run, its start being the nearest', 1001, 1900, true],
    ['between two points of one run', 500, 500.5, false],
    ['where it goes on later, right of the newest point', 2000, 3500, true],
  ])('a gap, not the point nearest to it: %s', (_, nearest, second, expected) => {
    expect(liesInGap(data, nearest, START + second, 10)).toBe(expected)
  })
  test('in a gap it reads its own time', () => {
    expect(readingInWords(data, 999, [], jobZh, undefined, START + 1200)).toBe(
      `${formatInstant(START + 1200, true)}，无数据`,
    )
  })
})

describe('two jobs on one axis', () => {
  // Measured at 0, 10, 20, not at 500, and again from 1000 on; what is undefined is of the other job.
  const time = [0, 5, 10, 20, 500, 1000, 1010, 1500]
  const speed = [1, undefined, 2, 3, null, 4, 5, undefined]
  test.each([
    ['at a point', 10, 2],
    ['between two points, the one before', 15, 2],
    ['where the other job was measured, the one before', 5, 1],
    ['just behind the point that the gap begins with', 22, 3],
    ['just before the point that it ends with', 998, 4],
    ['in the gap, nothing, however near its own middle is', 500, undefined],
    ['in the gap, nothing, also where the nearest point is measured', 40, undefined],
    ['just behind its end', 1012, 5],
    ['after its end, nothing', 1500, undefined],
  ])('the cursor reads %s', (_, at, expected) => expect(valueAt(time, speed, at, 5)).toBe(expected))
})

test('a hair of an outage tells by its edge whose it is, of two jobs', () => {
  vi.stubGlobal('devicePixelRatio', 1)
  const drawn: unknown[][] = []
  const ctx = {
    fillStyle: '',
    save() {},
    restore() {},
    fillText() {},
    measureText: () => ({ width: 60 }),
    fillRect(...place: number[]) {
      drawn.push([this.fillStyle, ...place])
    },
  }
  const bbox = { left: 0, top: 10, width: 1000, height: 100 }
  const plot = { ctx, bbox, valToPos: (at: number) => at } as unknown as uPlot
  const bands: Band[] = [
    { from: 100, to: 101, text: '202510 中断 1 秒', ofSeries: 0 },
    { from: 300, to: 301, text: '202509 中断 1 秒', ofSeries: 1 },
  ]
  const never = () => {}
  const handlers = { onZoom: never, onPan: never, onSelect: never, onReset: never }
  const size = { width: 1000, height: 100 }
  const options = plotOptions({
    panel: COMPARE_PANEL,
    theme: 'light',
    size,
    syncKey: '',
    bands: () => bands,
    ...handlers,
  })
  for (const draw of [options.hooks?.draw ?? []].flat()) draw?.(plot)
  vi.unstubAllGlobals()
  const edge = (series: number) => drawn.find(([color]) => color === seriesColor(series, 'light', false))
  expect(edge(0)).toEqual([seriesColor(0, 'light', false), 97, 10, 7, 3])
  expect(edge(1)).toEqual([seriesColor(1, 'light', false), 297, 107, 7, 3])
})
