import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { closeBeforeQuit } from './close-before-quit.ts'
import { emitCancellable } from './testing/electron-double.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start(close: () => Promise<void>) {
  const log: string[] = []
  const app = Object.assign(new EventEmitter(), {
    exit: (code?: number) => void log.push(`exit ${code}`),
    relaunch: () => void log.push('relaunch'),
  })
  const closing = closeBeforeQuit({
    app: app as never,
    api: {
      close(why) {
        log.push(`close: ${why}`)
        return close()
      },
    },
    onEnd: (why) => log.push(`end: ${why}`),
    logProblem: (where, error) => log.push(`${where}: ${error}`),
  })
  /** True when the program would end at once. */
  const quit = () => emitCancellable(app, 'will-quit')
  return { app, log, closing, quit }
}

test('the jobs are put on disk once, then the process ends', async () => {
  const closed = Promise.withResolvers<void>()
  const { log, quit } = start(() => closed.promise)
  expect([quit(), quit(), log]).toEqual([false, false, ['end: left', 'close: left']])
  closed.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(log).toEqual(['end: left', 'close: left', 'exit 0'])
})

test('a disk that does not answer keeps nobody: after 20 s the process ends, and the log has it', async () => {
  const { log, quit } = start(() => new Promise(() => {}))
  quit()
  await vi.advanceTimersByTimeAsync(19_999)
  expect(log).toEqual(['end: left', 'close: left'])
  await vi.advanceTimersByTimeAsync(1)
  expect(log).toEqual(['end: left', 'close: left', 'close: Error: the jobs did not end in time', 'exit 0'])
})

test('what cannot be put on disk does not keep it either', async () => {
  const { log, quit } = start(() => Promise.reject(new Error('EIO')))
  quit()
  await vi.advanceTimersByTimeAsync(0)
  expect(log).toEqual(['end: left', 'close: left', 'close: Error: EIO', 'exit 0'])
})

test('who starts the program while it ends gets it afterwards', async () => {
  const closed = Promise.withResolvers<void>()
  const { app, log, quit } = start(() => closed.promise)
  quit()
  app.emit('second-instance')
  app.emit('second-instance')
  closed.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(log).toEqual(['end: left', 'close: left', 'relaunch', 'exit 0'])
})

test('a session that ends has the jobs put on disk, and what ends the program does not do it again', async () => {
  const { log, closing, quit } = start(async () => {})
  expect(closing.hasBegun()).toBe(false)
  await closing.machineGoesDown()
  expect([closing.hasBegun(), log]).toEqual([true, ['end: machine-down', 'close: machine-down']])
  quit()
  await vi.advanceTimersByTimeAsync(0)
  expect(log).toEqual(['end: machine-down', 'close: machine-down', 'exit 0'])
})
