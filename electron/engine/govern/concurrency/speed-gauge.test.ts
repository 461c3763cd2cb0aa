import { describe, expect, it } from 'vitest'
import { createSpeedGauge } from './speed-gauge.ts'

const MIB = 1024 ** 2

/** A gauge that is read ten times a second. */
function createGauge(limit?: number) {
  let now = 0
  let received = 0
  const gauge = createSpeedGauge({ now: () => now, stallSeconds: 10, limit })
  return {
    gauge,
    pass(seconds: number, bytesPerSecond: number, { tickMs = 100, blockedMs = 0 } = {}) {
      for (let end = now + seconds * 1000; now < end; ) {
        now += tickMs
        received += (bytesPerSecond * tickMs) / 1000
        gauge.tick({ received, blockedMs })
      }
    },
  }
}

it('follows the speed within seconds', () => {
  const { gauge, pass } = createGauge()
  pass(10, 5 * MIB)
  expect(gauge.recentRate()).toBeCloseTo(5 * MIB, -3)
  pass(10, MIB)
  expect(gauge.recentRate()).toBeCloseTo(MIB, -3)
  expect(gauge.bytes()).toBeCloseTo(60 * MIB)
})

describe('is held back', () => {
  it('by a limit that is nearly reached, and not by one that is far away', () => {
    const { gauge, pass } = createGauge(10 * MIB)
    pass(10, 5 * MIB)
    expect(gauge.isHeldBack()).toBe(false)
    pass(10, 9 * MIB)
    expect(gauge.isHeldBack()).toBe(true)
  })

  it('by a low limit whose bytes come in lumps, between them too', () => {
    const { gauge, pass } = createGauge(0.2 * MIB)
    for (let lump = 0; lump < 30; lump++) {
      pass(0.1, 2 * MIB)
      pass(0.9, 0)
    }
    expect(gauge.isHeldBack()).toBe(true)
    expect(gauge.recentRate()).toBeLessThan(0.7 * 0.2 * MIB)
  })

  it('until the speeds are of a new limit, and no longer than it takes them', () => {
    const { gauge, pass } = createGauge()
    pass(10, 5 * MIB)
    gauge.setLimit(50 * MIB)
    expect(gauge.isHeldBack()).toBe(true)
    pass(10, 5 * MIB)
    expect(gauge.isHeldBack()).toBe(false)
  })

  it('by a disk that blocks the workers, and for a moment after', () => {
    const { gauge, pass } = createGauge()
    pass(1, MIB, { blockedMs: 1001 })
    pass(1.4, MIB)
    expect(gauge.isHeldBack()).toBe(true)
    pass(0.2, MIB)
    expect(gauge.isHeldBack()).toBe(false)
  })

  it('by a machine that slept, until a stall could be told from that', () => {
    const { gauge, pass } = createGauge()
    pass(1, MIB)
    pass(30, 0, { tickMs: 30_000 })
    pass(9.9, MIB)
    expect(gauge.isHeldBack()).toBe(true)
    pass(0.2, MIB)
    expect(gauge.isHeldBack()).toBe(false)
  })

  it('for the longer of two causes', () => {
    const { gauge, pass } = createGauge()
    pass(1, MIB)
    pass(30, 0, { tickMs: 30_000, blockedMs: 1001 })
    pass(5, MIB)
    expect(gauge.isHeldBack()).toBe(true)
  })
})
