import { describe, expect, it } from 'vitest'
import { type Failure, failed } from '../../../../shared/failure.ts'
import { policySchema } from '../../../../shared/policy.ts'
import { createVirtualClock } from '../../testing/simulator/virtual-clock.ts'
import { createHealthMonitor } from './health-monitor.ts'

/** What is said and done within ten minutes of such answers, each after so long. */
async function watch(failure: Failure, answerMs = 20, policy = {}) {
  const clock = createVirtualClock()
  const told: string[] = []
  const monitor = createHealthMonitor({
    clock,
    source: {
      async headObject() {
        await new Promise<void>((resolve) => clock.after(answerMs, resolve))
        return failed(failure)
      },
    } as never,
    policy: policySchema.parse(policy),
    key: () => 'smallest.nc',
    emit: (code) => void told.push(code),
    onUnhealthy: () => void told.push('rebuild'),
  })
  const tick = () => {
    monitor.tick()
    clock.after(1000, tick)
  }
  tick()
  await clock.runUntil(600)
  return told
}

describe('a health check', () => {
  it('that is not answered, twice, rebuilds the pool', async () => {
    expect((await watch({ class: 'connect', code: 'ECONNREFUSED' })).slice(0, 3)).toEqual([
      ...['health-check-failed', 'health-check-failed', 'rebuild'],
    ])
  })

  it.each(['missing', 'denied', 'archived'] as const)(
    'whose object is %s has been answered: the service is well, and no pool is rebuilt all day',
    async (failureClass) => {
      expect(await watch({ class: failureClass, httpStatus: 404 })).toEqual([])
    },
  )

  it('... unless it takes too long to say so', async () => {
    expect(await watch({ class: 'missing', httpStatus: 404 }, 6000)).toContain('rebuild')
  })

  it.each([2.01, 0.02025, 1e7])('may be waited for %d seconds', async (unhealthyLatencySeconds) => {
    expect(await watch({ class: 'missing', httpStatus: 404 }, 20, { unhealthyLatencySeconds })).toEqual([])
  })
})
