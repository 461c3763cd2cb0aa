import { describe, expect, it } from 'vitest'
import type { EngineEvent } from '../../../../shared/engine-event.ts'
import { policySchema } from '../../../../shared/policy.ts'
import { createRestKeeper } from './rest-keeper.ts'

const HOUR_MS = 3_600_000
/** Local time, as the user's window is. */
const at = (hour: number) => new Date(2025, 9, 1, hour).getTime()
const NIGHT = { fromMinutes: 22 * 60, toMinutes: 7 * 60 }

/** A keeper that is looked at after each passing of time, by two clocks that tests move apart. */
function createKeeper(hour: number) {
  const [wall, steady] = [{ ms: at(hour) }, { ms: 1000 }]
  const told: string[] = []
  const reasons: unknown[] = []
  const keeper = createRestKeeper({
    clock: { now: () => wall.ms, monotonic: () => steady.ms, after: () => () => {} },
    policy: policySchema.parse({}),
    timeWindow: NIGHT,
    emit(code: EngineEvent['code'], reason: unknown) {
      told.push(code)
      reasons.push(reason)
    },
    evidence: () => ({ successRate: 1, requestsPerSecond: 1, retryAfterMs: 0 }),
    onRest: (cause) => void told.push(`rest: ${cause}`),
    onEnd() {
      told.push('goes on')
      return 8
    },
  })
  keeper.tick()
  return {
    keeper,
    told,
    reasons,
    /** `asleep`: the machine is, and its monotonic clock stands still (Linux, macOS). */
    pass(ms: number, { asleep = false } = {}) {
      wall.ms += ms
      if (!asleep) steady.ms += ms
      keeper.tick()
    },
  }
}

describe('hours that the user allows', () => {
  it('begin and end the rest by the clock on the wall, and are told', () => {
    const { keeper, told, reasons, pass } = createKeeper(20)
    expect(keeper.phase()).toBe('waiting')
    expect(keeper.secondsLeft()).toBe(2 * 3600)
    pass(2 * HOUR_MS)
    expect(keeper.isResting()).toBe(false)
    pass(9 * HOUR_MS)
    const closed = ['time-window-closed', 'rest: time-window']
    expect(told).toEqual([...closed, 'time-window-opened', 'goes on', ...closed])
    expect(reasons).toEqual([{ seconds: 7200, until: '22:00' }, {}, { seconds: 15 * 3600, until: '22:00' }])
  })

  it('come at their time, however long the machine has slept before them', () => {
    const { keeper, pass } = createKeeper(8)
    pass(13 * HOUR_MS, { asleep: true })
    expect(keeper.secondsLeft()).toBe(3600)
    pass(HOUR_MS)
    expect(keeper.isResting()).toBe(false)
    expect(keeper.phase()).toBeUndefined()
  })
})

describe('a cool-down', () => {
  it('lasts as long as it says, and is told when it is over', () => {
    const { keeper, told, pass } = createKeeper(23)
    keeper.coolDown('user')
    expect(keeper.phase()).toBe('cooling-down')
    pass(299_000)
    expect(keeper.secondsLeft()).toBe(1)
    pass(1000)
    expect(keeper.phase()).toBeUndefined()
    expect(told).toEqual(['cooling-down', 'rest: cooling-down', 'goes on', 'cooled-down'])
  })

  it('is over at the next look where its user does not want to wait; half the connections go on', () => {
    const { keeper, told, pass } = createKeeper(23)
    keeper.endCoolDown()
    keeper.coolDown('user')
    pass(3000)
    keeper.endCoolDown()
    pass(100)
    expect(keeper.isResting()).toBe(false)
    expect(keeper.isHalved()).toBe(true)
    expect(told).toEqual(['cooling-down', 'rest: cooling-down', 'goes on', 'cooled-down'])
  })

  it('that ends outside the hours has the job wait for them; the next night is told of no cool-down', () => {
    const { keeper, told, pass } = createKeeper(6)
    pass(HOUR_MS - 1000)
    keeper.coolDown('user')
    pass(HOUR_MS)
    expect(keeper.phase()).toBe('waiting')
    pass(15 * HOUR_MS)
    expect(told.filter((code) => code === 'cooled-down')).toHaveLength(1)
    pass(9 * HOUR_MS)
    expect(keeper.phase()).toBe('waiting')
    pass(15 * HOUR_MS)
    expect(keeper.isResting()).toBe(false)
    expect(told.filter((code) => code === 'cooled-down')).toHaveLength(1)
    expect(keeper.isHalved()).toBe(true)
  })
})
