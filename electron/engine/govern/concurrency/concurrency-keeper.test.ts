import { describe, expect, it } from 'vitest'
import { policySchema } from '../../../../shared/policy.ts'
import { createConnectPace } from '../connections/connect-pace.ts'
import type { ConnectionPool } from '../connections/connection-pool.ts'
import type { PooledConnection } from '../connections/pooled-connection.ts'
import { createConcurrencyKeeper } from './concurrency-keeper.ts'

/** A keeper over connections of which so many are at work, at a time that is set by hand. */
function keep({ idle, working }: { idle: number; working: number }) {
  let at = 0
  const gone: number[] = []
  const connections = Array.from({ length: idle + working }, (_, id) => ({ id, task: id < working ? {} : undefined }))
  const closing = (connection: { id: number }) => {
    gone.push(connection.id)
    Object.assign(connection, { closing: 'surplus' })
  }
  const now = () => at
  const keeper = createConcurrencyKeeper({
    now,
    policy: policySchema.parse({}),
    pool: {
      connections: () => connections as unknown as PooledConnection[],
      close: closing,
    } as unknown as ConnectionPool,
    pace: createConnectPace({ now, random: () => 0.5 }),
    threads: 16,
    isHalved: () => false,
    emit() {},
    drain: closing,
  })
  const pass = (milliseconds: number) => {
    at += milliseconds
  }
  return { keeper, gone, pass }
}

describe('a listing that does not come through', () => {
  it('finds the connections gone that have no work, and one place left free', () => {
    const { keeper, gone } = keep({ idle: 4, working: 0 })
    keeper.yieldPlace(1000)
    expect(gone).toEqual([0, 1, 2, 3])
    expect([keeper.isYielding(), keeper.level()]).toEqual([true, 3])
  })
  it('takes the youngest from its work where all have some', () => {
    const { keeper, gone } = keep({ idle: 0, working: 4 })
    keeper.yieldPlace(1000)
    expect(gone).toEqual([3])
    expect(keeper.level()).toBe(3)
  })
  it('has the place for so long, and longer when it fails again', () => {
    const { keeper, pass } = keep({ idle: 4, working: 0 })
    keeper.yieldPlace(1000)
    pass(900)
    keeper.yieldPlace(1000)
    pass(900)
    expect(keeper.level()).toBe(3)
    pass(200)
    expect([keeper.isYielding(), keeper.level()]).toEqual([false, 8])
  })
  it('takes nothing from connections that were not there to be in its way', () => {
    const { keeper } = keep({ idle: 0, working: 0 })
    keeper.yieldPlace(1000)
    expect([keeper.isYielding(), keeper.level()]).toEqual([false, 8])
  })
})
