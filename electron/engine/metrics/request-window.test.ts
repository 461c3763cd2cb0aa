import { expect, it } from 'vitest'
import { createRequestWindow } from './request-window.ts'

it('counts as failed by the server what it answers with an error, or with something that nobody asked for', () => {
  const window = createRequestWindow(60)
  for (const failureClass of ['server-error', 'protocol', 'reset', 'throttled', undefined])
    window.record(0, failureClass, 10)
  expect(window.read(0)).toMatchObject({ serverErrors: 2, recentRequests: 5, successRate: 0.2 })
})
