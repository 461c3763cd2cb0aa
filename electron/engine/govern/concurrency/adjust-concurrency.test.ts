import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import {
  adjustConcurrency,
  type Ceiling,
  type ConcurrencyChange,
  chooseCeiling,
  raiseCeiling,
  startConcurrency,
} from './adjust-concurrency.ts'

type World = {
  ceiling: number
  seconds: number
  /** Goodput in bytes per second with so many connections at this time. */
  goodput(level: number, seconds: number): number
  /** Connections at work of those allowed. */
  busy?(level: number): number
  isHeld?(seconds: number): boolean
  ceilingAt?(seconds: number): number
  /** The server answers so many connections at once. */
  mostAtOnce?(seconds: number): number
}

function run({
  ceiling,
  seconds,
  goodput,
  busy = (level) => level,
  isHeld = () => false,
  ceilingAt,
  mostAtOnce,
}: World) {
  let state = startConcurrency(0, ceilingAt?.(0) ?? ceiling)
  let allowed = ceilingAt?.(0) ?? ceiling
  let bytes = 0
  const levels: number[] = []
  const changes: (ConcurrencyChange & { now: number })[] = []
  for (let now = 0; now <= seconds * 1000; now += 100) {
    if (now > 0) bytes += goodput(Math.min(busy(state.level), state.level), now / 1000) / 10
    const before = allowed
    allowed = ceilingAt?.(now / 1000) ?? ceiling
    if (allowed > before) state = raiseCeiling(state, before)
    // It takes a second until that is certain.
    const most = mostAtOnce?.(now / 1000) ?? Number.POSITIVE_INFINITY
    const isCertain = state.level > most && now - state.changedAt >= 1000
    const adjusted = adjustConcurrency(state, {
      now,
      mostAtOnce: isCertain ? most : undefined,
      bytes,
      firstByteMs: 40,
      busy: busy(state.level),
      ceiling: { threads: allowed, cause: 'user' },
      isHeld: isHeld(now / 1000),
    })
    state = adjusted.state
    if (adjusted.change) changes.push({ ...adjusted.change, now })
    levels.push(state.level)
  }
  return { levels, changes, levelAt: (second: number) => levels[second * 10] as number }
}

const perConnection = (bytesPerSecond: number) => (level: number) => level * bytesPerSecond
const line = (capacity: number) => (level: number) => Math.min(capacity, level * 2e6)

describe('how many connections work', () => {
  it('starts small and doubles while it pays', () => {
    const { changes } = run({ ceiling: 64, seconds: 3, goodput: perConnection(2e6) })
    expect(changes.map(({ to }) => to)).toEqual([16, 32, 64])
    expect(changes.every(({ cause }) => cause === 'growth')).toBe(true)
  })

  it('is at the ceiling of sixteen within a second and a half', () => {
    expect(run({ ceiling: 16, seconds: 2, goodput: perConnection(2e6) }).levels[15]).toBe(16)
  })

  it('never exceeds the ceiling, never falls under one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 256 }),
        fc.array(fc.integer({ min: 0, max: 1e8 }), { minLength: 1, maxLength: 50 }),
        (ceiling, speeds) => {
          const goodput = (_: number, at: number) => speeds[Math.floor(at * 4) % speeds.length] as number
          const { levels } = run({ ceiling, seconds: 30, goodput })
          expect(Math.max(...levels)).toBeLessThanOrEqual(ceiling)
          expect(Math.min(...levels)).toBeGreaterThanOrEqual(1)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('stops where more brings nothing, and tries more only ever more seldom', () => {
    const { levels, changes } = run({ ceiling: 64, seconds: 300, goodput: line(16e6) })
    expect(levels.at(-1)).toBeLessThanOrEqual(24)
    expect(levels.at(-1)).toBeGreaterThanOrEqual(8)
    expect(changes.filter(({ now }) => now > 60_000).length).toBeLessThan(20)
  })

  it('no more than the server takes: it comes down to that, tries more ever more seldom, and finds out when it takes more', () => {
    const mostAtOnce = (at: number) => (at < 300 ? 8 : 16)
    const goodput = (level: number, at: number) => Math.min(level, mostAtOnce(at)) * 1e6
    const { levels, changes, levelAt } = run({ ceiling: 16, seconds: 400, goodput, mostAtOnce })
    const settled = levels.slice(200, 3000)
    expect(settled.filter((level) => level === 8).length).toBeGreaterThan(0.9 * settled.length)
    expect(Math.min(...settled)).toBe(8)
    expect(changes.some(({ cause, to }) => cause === 'turned-away' && to === 8)).toBe(true)
    expect(changes.filter(({ now }) => now > 60_000 && now < 300_000).length).toBeLessThan(15)
    expect(levelAt(399)).toBe(16)
  })

  it('finds recovered capacity within five seconds', () => {
    const goodput = (level: number, at: number) => Math.min(at < 60 ? 16e6 : 60e6, level * 2e6)
    expect(run({ ceiling: 64, seconds: 70, goodput }).levelAt(65)).toBeGreaterThanOrEqual(30)
  })

  it('does not sink with a line that sinks', () => {
    const goodput = (level: number, at: number) => Math.min(at < 20 ? 32e6 : 2e6, level * 2e6)
    const { levelAt } = run({ ceiling: 16, seconds: 60, goodput })
    expect(levelAt(60)).toBe(levelAt(19))
  })

  it('is not moved while something else holds the speed', () => {
    const goodput = (_: number, at: number) => (at < 10 ? 8e6 : 1e6 + 1e6 * (Math.floor(at) % 2))
    const { changes } = run({ ceiling: 32, seconds: 60, goodput, isHeld: (at) => at >= 10 })
    expect(changes.filter(({ now }) => now > 10_000)).toEqual([])
  })

  it('learns nothing while nobody has work: a resumed job is still reading what it has', () => {
    expect(run({ ceiling: 64, seconds: 30, goodput: () => 0, busy: () => 0 }).changes).toEqual([])
  })

  it('does not wait for the last silent connection', () => {
    const goodput = perConnection(2e6)
    expect(run({ ceiling: 16, seconds: 3, goodput, busy: (level) => level - 1 }).levels.at(-1)).toBe(16)
  })

  it('obeys a lower ceiling at once', () => {
    const ceilingAt = (at: number) => (at < 5 ? 16 : 8)
    const { levels, changes } = run({ ceiling: 16, seconds: 6, goodput: perConnection(2e6), ceilingAt })
    expect(levels[51]).toBe(8)
    expect(changes.at(-1)).toMatchObject({ from: 16, to: 8, cause: 'user' })
  })

  it('takes up a higher ceiling within two seconds where the lower one was what held', () => {
    const ceilingAt = (at: number) => (at < 60 ? 4 : 32)
    expect(run({ ceiling: 4, seconds: 63, goodput: perConnection(2e6), ceilingAt }).levelAt(62)).toBe(32)
  })

  it('leaves alone what a higher ceiling would not help: fewer than the lower one were enough', () => {
    const ceilingAt = (at: number) => (at < 60 ? 64 : 128)
    const { levelAt } = run({ ceiling: 64, seconds: 61, goodput: line(16e6), ceilingAt })
    expect(levelAt(61)).toBeLessThanOrEqual(24)
  })
})

describe('the ceiling', () => {
  const longRun = { ...DEFAULT_POLICY, longRunSeconds: 7200 }
  const rows: [sentence: string, input: Parameters<typeof chooseCeiling>[0], ceiling: Ceiling][] = [
    [
      "is the user's thread count",
      { threads: 16, runSeconds: 99_999, isHalved: false, policy: DEFAULT_POLICY },
      { threads: 16, cause: 'user' },
    ],
    [
      "the seed report's rule S4: half after two hours",
      { threads: 16, runSeconds: 7201, isHalved: false, policy: longRun },
      { threads: 8, cause: 'long-run' },
    ],
    [
      '... not before',
      { threads: 16, runSeconds: 7200, isHalved: false, policy: longRun },
      { threads: 16, cause: 'user' },
    ],
    [
      '... at least two',
      { threads: 3, runSeconds: 7201, isHalved: false, policy: longRun },
      { threads: 2, cause: 'long-run' },
    ],
    [
      '... but never more than the user allows',
      { threads: 1, runSeconds: 7201, isHalved: false, policy: longRun },
      { threads: 1, cause: 'long-run' },
    ],
    [
      'half after a cool-down (S16)',
      { threads: 16, runSeconds: 10, isHalved: true, policy: DEFAULT_POLICY },
      { threads: 8, cause: 'cool-down' },
    ],
  ]
  it.each(rows)('%s', (_, input, ceiling) => {
    expect(chooseCeiling(input)).toEqual(ceiling)
  })
})
