import { expect, it } from 'vitest'
import { createRequestWindow } from './request-window.ts'

it('counts as failed by the server what it answers with an error, or with something that nobody asked for', () => {
  const window = createRequestWindow(60, () => 0)
  for (const failureClass of ['server-error', 'protocol', 'reset', 'throttled', undefined])
    window.record(0, failureClass, 10)
  expect(window.read(0)).toMatchObject({ serverErrors: 2, recentRequests: 5, successRate: 0.2 })
})

it('counts what is being received as a success: while long parts come in, nothing ends but refusals', () => {
  let receiving = 0
  const window = createRequestWindow(60, () => receiving)
  for (let refusal = 0; refusal < 12; refusal++) window.record(0, 'throttled', 10)
  receiving = 16
  expect(window.read(1000)).toMatchObject({ successRate: 16 / 28, recentRequests: 28, finishedRequests: 12 })
})
