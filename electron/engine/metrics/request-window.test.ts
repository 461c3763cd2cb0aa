import { expect, it } from 'vitest'
import { createRequestWindow } from './request-window.ts'

it('counts as failed by the server what it answers with an error, or with something that nobody asked for', () => {
  const window = createRequestWindow(60, () => 0)
  for (const failureClass of ['server-error', 'protocol', 'reset', 'throttled', undefined])
    window.record(0, failureClass, 10, 'a')
  expect(window.read(0)).toMatchObject({ serverErrors: 2, recentRequests: 5, successRate: 0.2 })
})

it('counts what is being received as a success: while long parts come in, nothing ends but refusals', () => {
  let receiving = 0
  const window = createRequestWindow(60, () => receiving)
  for (let refusal = 0; refusal < 12; refusal++) window.record(0, 'throttled', 10, 'a')
  receiving = 16
  expect(window.read(1000)).toMatchObject({ successRate: 16 / 28, recentRequests: 28, finishedRequests: 12 })
})

it('holds against the service what other addresses fail, not what one has failed that is taken out of use', () => {
  const window = createRequestWindow(60, () => 0)
  for (let failure = 0; failure < 12; failure++) window.record(1000, 'server-error', 10, 'bad')
  window.excuseServer('bad', 1000)
  // Asked before it was known.
  window.record(1200, 'server-error', 10, 'bad')
  window.record(2000, 'server-error', 10, 'good')
  expect(window.read(2000)).toMatchObject({ serverErrors: 1, finishedRequests: 14, successRate: 0 })
})
