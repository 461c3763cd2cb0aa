import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSeededRandom } from '../../testing/seeded-random.ts'
import { mayRequest, noteAnswer, noteSent, type RateState, startRate } from './adjust-request-rate.ts'

const ALONE = { underWay: 0, areMany: false }

/** Refused so often in a row that it is a budget's. */
function limit(state: RateState, now: number, sentAt = now - 0.1) {
  let noted = { state, changed: false }
  for (let times = 0; times < 4; times++) noted = noteAnswer(noted.state, { throttled: true, sentAt, now, ...ALONE })
  return noted
}

/**
 * A server with a token bucket, which may refuse a share of what is left whoever
 * asks; the client asks as often as it is let, one answer 50 ms after each request.
 */
function run(options: {
  seconds: number
  grants(second: number): number
  burst: number
  wantPerSecond?: number
  refuses?: { share: number; seed: number }
}) {
  const { seconds, grants, burst, wantPerSecond = 200, refuses = { share: 0, seed: 1 } } = options
  const random = createSeededRandom(refuses.seed)
  let state: RateState = startRate(0)
  let credit = burst
  const answers: { at: number; sentAt: number }[] = []
  const perSecond = Array.from({ length: seconds }, () => ({ sent: 0, refused: 0 }))
  const lifted: number[] = []
  for (let step = 0; step < seconds * wantPerSecond; step++) {
    const now = step / wantPerSecond
    const second = perSecond[Math.floor(now)] ?? { sent: 0, refused: 0 }
    credit = Math.min(burst, credit + grants(now) / wantPerSecond)
    while (answers[0] && answers[0].at <= now) {
      const { sentAt } = answers.shift() as { sentAt: number }
      const throttled = credit < 1 || random() < refuses.share
      if (throttled) second.refused++
      else credit--
      const noted = noteAnswer(state, { throttled, sentAt, now, ...ALONE })
      if (noted.changed && !noted.state.isLimited) lifted.push(now)
      state = noted.state
    }
    const asked = mayRequest(state, now)
    state = asked.state
    if (!asked.allowed) continue
    state = noteSent(state, now)
    second.sent++
    answers.push({ at: now + 0.05, sentAt: now })
  }
  const sum = (from: number, to: number) => {
    const window = perSecond.slice(from, to)
    const [sent, refused] = [window.reduce((a, b) => a + b.sent, 0), window.reduce((a, b) => a + b.refused, 0)]
    return { sent, refused, share: refused / sent }
  }
  return { state, sum, lifted }
}

describe('how often a prefix may be asked', () => {
  it('is unlimited until the first refusal', () => {
    const { state, sum } = run({ seconds: 30, grants: () => 1000, burst: 1000 })
    expect(state.isLimited).toBe(false)
    expect(sum(0, 30).sent).toBe(6000)
  })

  describe('twenty times a second, and then refused', () => {
    let asked = startRate(0)
    for (let at = 0; at < 100; at++) asked = noteSent(asked, at / 20)
    const refusal = { throttled: true, sentAt: 4.9, now: 5, ...ALONE }
    const refuse = (times: number, answer = refusal) => {
      let state = asked
      for (let at = 0; at < times; at++) state = noteAnswer(state, answer).state
      return state
    }

    it('once: no more than twice as often, for it may be a stray one', () => {
      expect(noteAnswer(asked, refusal)).toMatchObject({ changed: true, state: { isLimited: true } })
      expect(refuse(1).rate).toBeCloseTo(2 * 20, 0)
      expect(mayRequest(refuse(1), 5).allowed).toBe(true)
    })

    it.each([
      ['four times in a row', refuse(4)],
      ['once, with many of all prefixes', refuse(1, { ...refusal, areMany: true })],
      ['six times with sixteen under way', refuse(6, { ...refusal, underWay: 16 })],
    ])('%s: 0.7 times as often', (_, state) => {
      expect(state.rate).toBeCloseTo(0.7 * 20, 0)
      expect(mayRequest(state, 5).allowed).toBe(false)
    })

    it('five times with sixteen under way: refusals are there before what is granted', () => {
      expect(refuse(5, { ...refusal, underWay: 16 }).rate).toBeCloseTo(2 * 20, 0)
    })
  })

  it('is not cut again for requests that were already on their way', () => {
    const limited = limit(noteSent(startRate(0), 0.9), 1).state
    const refusal = { throttled: true, ...ALONE }
    expect(noteAnswer(limited, { ...refusal, sentAt: 0.95, now: 1.1 })).toEqual({ state: limited, changed: false })
    expect(noteAnswer(limited, { ...refusal, sentAt: 1.05, now: 1.2 }).changed).toBe(true)
  })

  it.each([1, 2, 3, 4, 5, 6])('is not cut for one refusal in twenty that comes by chance (seed %d)', (seed) => {
    const { sum } = run({ seconds: 10, grants: () => 1e6, burst: 1e6, refuses: { share: 0.05, seed } })
    expect(sum(0, 10).sent).toBeGreaterThan(0.95 * 2000)
  })

  const budgets: [perSecond: number, burst: number, refused: number][] = [
    // So few that it goes round in one circle, which its start decides: 7 to 10 in a hundred.
    [3, 20, 0.1],
    [10, 50, 0.08],
    [50, 250, 0.08],
    [100, 100, 0.08],
  ]
  it.each(budgets)('settles at a budget of %d/s (burst %d): few refused, nearly all used', (perSecond, burst, most) => {
    const { sum } = run({ seconds: 300, grants: () => perSecond, burst })
    const { sent, refused, share } = sum(60, 300)
    expect(share).toBeLessThan(most)
    expect((sent - refused) / (240 * perSecond)).toBeGreaterThan(0.9)
  })

  describe('a service that refuses a share of all requests, however seldom it is asked', () => {
    const SEEDS = [1, 2, 3, 4, 5, 6]
    const shares = [0.1, 0.2, 0.3].flatMap((share) => SEEDS.map((seed): [number, number] => [share, seed]))
    it.each(shares)('of %d: is asked as often as ever (seed %d)', (share, seed) => {
      const { sum } = run({ seconds: 150, grants: () => 1e6, burst: 1e6, refuses: { share, seed } })
      expect(sum(90, 150).sent).toBeGreaterThan(0.5 * 60 * 200)
    })

    it.each(SEEDS)('and has a budget beside: it is found again and again (seed %d)', (seed) => {
      const { sum } = run({ seconds: 300, grants: () => 50, burst: 100, refuses: { share: 0.1, seed } })
      const { sent, refused, share } = sum(60, 300)
      expect(share).toBeLessThan(0.5)
      expect((sent - refused) / (240 * 50)).toBeGreaterThan(0.15)
    })

    it.each(SEEDS)('of nearly all: is asked seldom (seed %d)', (seed) => {
      const { sum } = run({ seconds: 300, grants: () => 1e6, burst: 1e6, refuses: { share: 0.9, seed } })
      expect(sum(60, 300).sent).toBeLessThan(240)
    })
  })

  it('is as fast as before twenty seconds behind an outage of seven', () => {
    const { sum } = run({ seconds: 60, grants: (at) => (at > 5 && at < 12 ? 0 : 1e6), burst: 100 })
    expect(sum(32, 60).sent).toBeGreaterThan(0.95 * 28 * 200)
  })

  it('lifts itself when nothing is refused any more', () => {
    const { lifted, sum } = run({ seconds: 150, grants: (at) => (at < 60 ? 20 : 1e6), burst: 100 })
    expect(lifted).toHaveLength(1)
    expect(lifted[0]).toBeGreaterThan(60)
    expect(lifted[0]).toBeLessThan(100)
    expect(sum(110, 150).sent).toBe(8000)
  })

  it('never falls under one request in two seconds, whatever is refused', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 200 }), (refusals) => {
        let state = startRate(0)
        refusals.forEach((throttled, at) => {
          state = noteAnswer(noteSent(state, at), { throttled, sentAt: at, now: at + 0.5, ...ALONE }).state
          expect(state.rate).toBeGreaterThanOrEqual(0.5)
        })
      }),
    )
  })
})
