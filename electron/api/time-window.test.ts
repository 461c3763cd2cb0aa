import { expect, test } from 'vitest'
import type { TimeWindow } from '../../shared/job-spec.ts'
import type { Clock } from '../engine/engine-ports.ts'
import type { LiveDownload } from './engine-access.ts'
import { createFakeEngine } from './testing/fake-engine.ts'
import { keepTimeWindow, secondsUntilOpen } from './time-window.ts'

const NIGHT: TimeWindow = { fromMinutes: 22 * 60, toMinutes: 7 * 60 }
const NOON: TimeWindow = { fromMinutes: 11 * 60, toMinutes: 13 * 60 }
const at = (hours: number, minutes = 0) => hours * 60 + minutes

test.each([
  ['the night is open before midnight', NIGHT, at(23), 0],
  ['... and after it', NIGHT, at(3), 0],
  ['... from its first minute', NIGHT, at(22), 0],
  ['... not at its last', NIGHT, at(7), 15 * 3600],
  ['... nor by day', NIGHT, at(21, 59), 60],
  ['noon is open at noon', NOON, at(12), 0],
  ['... not before', NOON, at(10, 30), 1800],
  ['... and after it, the next one is tomorrow', NOON, at(14), 21 * 3600],
])('%s', (_, window, minutes, seconds) => {
  expect(secondsUntilOpen(window, minutes)).toBe(seconds)
})

async function keep(hours: number) {
  const engine = createFakeEngine()
  let now = new Date(2026, 0, 5, hours).getTime()
  let timer = () => {}
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    after(_, run) {
      timer = run
      return () => {}
    },
  }
  const started = await engine.start({ onSnapshot() {}, onEvent() {} } as unknown as Parameters<typeof engine.start>[0])
  if (!started.ok) throw new Error('not started')
  const kept = keepTimeWindow(started.value as LiveDownload, NIGHT, clock)
  const commands = engine.downloads[0]?.commands ?? []
  const goTo = (hour: number) => {
    now = new Date(2026, 0, 5, hour).getTime()
    timer()
  }
  return { ...kept, commands, goTo }
}

test('rests outside its window and says how long, goes on inside', async () => {
  const { download, commands, goTo } = await keep(20)
  expect(commands).toEqual(['pause'])
  expect(download.snapshot()).toMatchObject({ phase: 'waiting', waitSeconds: 7200 })
  goTo(22)
  goTo(23)
  expect(commands).toEqual(['pause', 'resume'])
  expect(download.snapshot()).toMatchObject({ phase: 'running' })
})

test('a pause by the user stays one when the window opens', async () => {
  const { download, commands, goTo } = await keep(23)
  download.pause()
  expect(download.snapshot().phase).toBe('paused')
  goTo(12)
  goTo(22)
  expect(commands).toEqual(['pause'])
  download.resume()
  expect(commands).toEqual(['pause', 'resume'])
})

test('resuming outside the window waits for it', async () => {
  const { download, commands, goTo } = await keep(12)
  download.pause()
  download.resume()
  expect(commands).toEqual(['pause', 'pause'])
  expect(download.snapshot().phase).toBe('waiting')
  goTo(22)
  expect(commands).toEqual(['pause', 'pause', 'resume'])
})
