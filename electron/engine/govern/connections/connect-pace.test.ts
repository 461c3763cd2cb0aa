import { describe, expect, it } from 'vitest'
import { createConnectPace } from './connect-pace.ts'

function createPace() {
  let at = 1000
  const pace = createConnectPace({ now: () => at, random: () => 0.99 })
  const pass = (milliseconds: number) => {
    at += milliseconds
  }
  return { pace, pass, now: () => at }
}

const times = (count: number, run: () => void) => Array.from({ length: count }, run)

describe('further connections are opened', () => {
  it('as many as are missing while nothing is wrong', () => {
    expect(createPace().pace.allowed(12)).toBe(12)
  })

  it('after a pause that grows with each failure, to five seconds', () => {
    const { pace, pass } = createPace()
    pace.noteFailed()
    pass(50)
    expect(pace.allowed(12)).toBe(0)
    pass(50)
    expect(pace.allowed(12)).toBe(12)
    times(9, () => pace.noteFailed())
    pass(4900)
    expect(pace.allowed(12)).toBe(0)
    pass(100)
    expect(pace.allowed(12)).toBe(12)
    expect(pace.isFailing()).toBe(true)
  })

  it('at once when one has succeeded', () => {
    const { pace } = createPace()
    times(5, () => pace.noteFailed())
    pace.noteOpened()
    expect(pace.allowed(12)).toBe(12)
    expect(pace.isFailing()).toBe(false)
  })

  it('one after the other while they are turned away, though each of them opens', () => {
    const { pace, pass } = createPace()
    pace.noteTurnedAway()
    pace.noteOpened()
    expect(pace.allowed(12)).toBe(0)
    pass(100)
    expect(pace.allowed(12)).toBe(1)
    expect(pace.allowed(0)).toBe(0)
  })

  it('as before when one of a later time has been answered, or when more are wanted on purpose', () => {
    for (const end of ['answered', 'wanted'] as const) {
      const { pace, pass, now } = createPace()
      times(8, () => pace.noteTurnedAway())
      expect(pace.isTurningAway()).toBe(true)
      pace.noteAnswered(now())
      expect(pace.isTurningAway()).toBe(true)
      pass(6000)
      if (end === 'answered') pace.noteAnswered(now())
      else pace.startOver()
      expect(pace.isTurningAway()).toBe(false)
      expect(pace.allowed(12)).toBe(12)
    }
  })

  it('after seven that were turned away it may still be chance', () => {
    const { pace } = createPace()
    times(7, () => pace.noteTurnedAway())
    expect(pace.isTurningAway()).toBe(false)
  })
})
