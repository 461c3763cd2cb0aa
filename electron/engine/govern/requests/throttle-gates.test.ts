import { describe, expect, it } from 'vitest'
import { createThrottleGates } from './throttle-gates.ts'

function createGates() {
  let now = 0
  const gates = createThrottleGates(
    () => now,
    () => 0,
  )
  const ask = (prefix: string, throttled: boolean) => {
    gates.noteSent(prefix)
    now += 10
    return gates.noteAnswer(prefix, { throttled, sentAt: now - 10, retryAfterMs: undefined })
  }
  /** Refused so often in a row that it is a budget's. */
  const limit = (prefix: string) => {
    for (let times = 0; times < 4; times++) ask(prefix, true)
  }
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { gates, ask, limit, pass }
}

describe('budgets', () => {
  it('are apart: a refused prefix holds no other back', () => {
    const { gates, ask, limit } = createGates()
    expect(ask('a/', true)).toMatchObject({ prefix: 'a/', isLimited: true })
    limit('a/')
    expect(gates.mayRequest('a/')).toBe(false)
    expect(gates.mayRequest('b/')).toBe(true)
  })

  it('are proven by what is refused of all together: of a hundred folders each need not be refused four times', () => {
    const { gates, ask } = createGates()
    for (const prefix of ['a/', 'b/', 'c/', 'd/']) ask(prefix, true)
    expect(gates.mayRequest('c/')).toBe(true)
    expect(gates.mayRequest('d/')).toBe(false)
  })

  it('hold back only where a connection stands free for them, and for two seconds after', () => {
    const { gates, limit, pass } = createGates()
    limit('a/')
    expect(gates.mayRequest('a/')).toBe(false)
    expect(gates.isHoldingBack()).toBe(false)
    gates.noteHeldBack()
    expect(gates.isHoldingBack()).toBe(true)
    pass(2.1)
    expect(gates.isHoldingBack()).toBe(false)
  })

  it('tell for how long any of them has been limited', () => {
    const { gates, ask, pass } = createGates()
    expect(gates.limitedSeconds()).toBe(0)
    ask('a/', true)
    pass(30)
    ask('b/', true)
    pass(30)
    expect(Math.round(gates.limitedSeconds())).toBe(60)
    expect(gates.slowestRate()).toBeDefined()
  })

  it('of a prefix that nobody asks any more are forgotten, after longer than a cool-down', () => {
    const { gates, ask, pass } = createGates()
    ask('done/', true)
    pass(300)
    ask('other/', false)
    expect(gates.slowestRate()).toBeDefined()
    pass(400)
    ask('other/', false)
    expect(gates.slowestRate()).toBeUndefined()
    expect(gates.limitedSeconds()).toBe(0)
  })

  it('with a Retry-After are waited for as long as the last of them, among a job of many thousand folders too', () => {
    const { gates, pass } = createGates()
    for (let folder = 0; folder < 130_000; folder++) {
      gates.noteAnswer(`${folder}/`, { throttled: folder < 8, sentAt: 0, retryAfterMs: folder === 7 ? 5000 : 1000 })
    }
    expect(gates.longestWaitMs()).toBe(5000)
    pass(2)
    expect(gates.longestWaitMs()).toBe(3000)
    pass(3)
    expect(gates.longestWaitMs()).toBe(0)
  })

  it('with a Retry-After are closed until it has run out', () => {
    const { gates, pass } = createGates()
    gates.noteAnswer('a/', { throttled: true, sentAt: 0, retryAfterMs: 120_000 })
    pass(119)
    expect([gates.mayRequest('a/'), gates.mayRequest('b/')]).toEqual([false, true])
    pass(2)
    expect(gates.mayRequest('a/')).toBe(true)
  })

  it('are forgotten where it was not a budget that refused', () => {
    const { gates, limit } = createGates()
    limit('a/')
    expect(gates.mayRequest('a/')).toBe(false)
    gates.startOver()
    expect(gates.mayRequest('a/')).toBe(true)
    expect(gates.slowestRate()).toBeUndefined()
    expect(gates.limitedSeconds()).toBe(0)
  })

  it('become one for all prefixes that go on being refused together, until nothing is refused any more', () => {
    const { gates, ask, pass } = createGates()
    const changes = Array.from({ length: 60 }, (_, at) => {
      pass(0.3)
      return ask(at % 2 ? 'a/' : 'b/', at % 3 > 0)
    })
    expect(changes.find((change) => change?.isLimited)?.prefix).toBeDefined()
    expect(changes.findLast((change) => change?.isLimited)?.prefix).toBeUndefined()
    // Whoever has never been refused waits as well.
    expect(gates.mayRequest('c/')).toBe(false)
    pass(60)
    const ended = Array.from({ length: 200 }, () => {
      pass(1)
      return ask('c/', false)
    }).find((change) => change !== undefined)
    expect(ended).toMatchObject({ prefix: undefined, isLimited: false })
  })

  it('are apart again when one prefix is refused what the others are granted', () => {
    const { gates, ask, pass } = createGates()
    for (let at = 0; at < 60; at++) {
      pass(0.3)
      ask(at % 2 ? 'a/' : 'b/', at % 3 > 0)
    }
    expect(gates.mayRequest('c/')).toBe(false)
    for (let at = 0; at < 60; at++) {
      pass(0.3)
      ask(at % 2 ? 'a/' : 'b/', at % 2 === 0)
    }
    expect(gates.mayRequest('c/')).toBe(true)
    expect(gates.mayRequest('b/')).toBe(false)
  })
})
