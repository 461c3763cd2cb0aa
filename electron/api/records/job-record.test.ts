import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { sampleSnapshot } from '../testing/fake-engine.ts'
import { openJobRecord } from './job-record.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-record-'))
})
afterEach(() => rm(folder, { recursive: true }))

const open = () =>
  openJobRecord(folder, 'job', (_, error) => {
    throw error
  })

const SPEED = 123_456_789.123
const point = (time: number) => [time, 60, SPEED, 64, 81.234, 297.345, 0.017, {}, 60, 2, 2, 0, 3.21, 1.234, 3e8, 1.543]

test('a history of weeks is saved so seldom that a job writes little for it, a young one every 20 s', async () => {
  expect((await open()).saveEveryMs()).toBe(20_000)
  const weeks = Array.from({ length: 14 * 24 * 60 }, (_, minute) => point(1.7e9 + minute * 60))
  await writeFile(join(folder, 'job.history'), JSON.stringify([[], [], weeks, []]))
  const record = await open()
  await record.save()
  const { size } = await stat(join(folder, 'job.history'))
  expect(size).toBeGreaterThan(1.5e6)
  expect(size / (record.saveEveryMs() / 1000)).toBeLessThan(12_000)
})

test('a night in which the machine slept stands for nothing: the hour after it shows its own speed', async () => {
  const record = await open()
  const run = (from: number, seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      // Of the first second after it woke there is nothing yet.
      const bytesPerSecond = second === 0 ? 0 : 1e8
      record.addSnapshot({ ...sampleSnapshot(), time: new Date((from + second) * 1000).toISOString(), bytesPerSecond })
    }
  }
  run(1.7e9, 3600)
  run(1.7e9 + 12 * 3600, 3600)
  const { time, seconds, bytesPerSecond } = record.history({ sinceSeconds: 0, maxPoints: 60 })
  expect(seconds.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(7200)
  const afterwards = bytesPerSecond.filter((_, index) => (time[index] ?? 0) > 1.7e9 + 6 * 3600)
  expect(Math.min(...afterwards.map(Number))).toBeGreaterThan(0.9e8)
})

test('the decision log of an earlier run is whole after its file was rolled, at 16 MB', async () => {
  const event = (second: number): EngineEvent => ({
    time: new Date(1.7e12 + second * 1000).toISOString(),
    code: 'throttled',
    reason: { detail: 'x'.repeat(4000) },
  })
  const first = await open()
  for (let second = 0; second < 4300; second++) first.addEvent(event(second))
  await first.save()
  // Each piece of the log is looked at before it is written.
  first.addEvent(event(4300))
  await first.save()
  expect((await readFile(join(folder, 'job.events.ndjson'), 'utf8')).split('\n')).toHaveLength(2)
  expect((await open()).events(5000)).toHaveLength(4301)
})

test('a line that a power cut tore in two costs itself alone, not the next event', async () => {
  const event = (code: EngineEvent['code']): EngineEvent => ({ time: new Date(1.7e12).toISOString(), code, reason: {} })
  const path = join(folder, 'job.events.ndjson')
  const first = await open()
  for (const code of ['job-started', 'throttled'] as const) first.addEvent(event(code))
  await first.save()
  await truncate(path, (await stat(path)).size - 9)
  const second = await open()
  second.addEvent(event('resumed'))
  await second.save()
  expect((await open()).events(9).map(({ code }) => code)).toEqual(['job-started', 'resumed'])
})

test('a clock that was set back takes the marks and the log along with the curve, also of an earlier run', async () => {
  const at = (unixSeconds: number): string => new Date(unixSeconds * 1000).toISOString()
  const first = await open()
  first.addEvent({ time: at(1.7e9), code: 'job-started', reason: {} })
  for (let second = 1; second <= 60; second++) first.addSnapshot({ ...sampleSnapshot(), time: at(1.7e9 + second) })
  first.addEvent({ time: at(1.7e9 + 60), code: 'throttled', reason: {} })
  const hourAgo = 1.7e9 + 61 - 3600
  for (let second = 0; second <= 60; second++) first.addSnapshot({ ...sampleSnapshot(), time: at(hourAgo + second) })
  await first.save()
  const second = await open()
  for (const record of [first, second]) {
    const { time, marks } = record.history({ sinceSeconds: 0 })
    expect(marks.map((mark) => Date.parse(mark.time) / 1000)).toEqual([hourAgo - 60, hourAgo])
    expect(time[0]).toBe(hourAgo - 58)
    expect(time.at(-1)).toBe(hourAgo + 60)
    expect(record.events(9).map((event) => event.time)).toEqual(marks.map((mark) => mark.time))
  }
  // And further while the program was not there.
  second.addEvent({ time: at(hourAgo - 3600), code: 'resumed', reason: {} })
  expect(second.history({ sinceSeconds: 0 }).time.at(-1)).toBe(hourAgo - 3600)
})

test('the marks of a job say since when they are all there', async () => {
  const record = await open()
  const at = (second: number): string => new Date((1.7e9 + second) * 1000).toISOString()
  const add = (count: number, code: EngineEvent['code'], from: number) => {
    for (let each = 0; each < count; each++) record.addEvent({ time: at(from + each), code, reason: {} })
  }
  add(4000, 'object-failed', 0)
  expect(record.history({ sinceSeconds: 0 })).not.toHaveProperty('marksSince')
  add(2000, 'throttled', 4000)
  const { marks, marksSince } = record.history({ sinceSeconds: 0 })
  expect([marks.length, marksSince]).toEqual([5000, 1.7e9 + 1000])
  // Events that are no mark push them out of the log, too.
  add(9000, 'rate-changed', 6000)
  const later = record.history({ sinceSeconds: 0 })
  expect([later.marks[0]?.time, later.marksSince]).toEqual([at(4002), 1.7e9 + 4002])
  await record.save()
})
