import { describe, expect, it } from 'vitest'
import { foldTotal, isSettledTotal, judgeTrial, startTotal, startTrial, type TrialVerdict } from './ageing-trial.ts'

const BEFORE = 8e6
const ENOUGH = 9e6

/** Looks ten times a second at a pool that brings `speedAt(seconds)` with `levelAt(seconds)` connections. */
function watch(speedAt: (seconds: number) => number, levelAt: (seconds: number) => number = () => 16) {
  let total = startTotal()
  let receivedBytes = 0
  let trial = startTrial(BEFORE, { now: 0, receivedBytes, level: 16 })
  for (let now = 100; now <= 300_000; now += 100) {
    receivedBytes += speedAt(now / 1000) / 10
    const sample = { now, receivedBytes, level: levelAt(now / 1000) }
    const verdict: TrialVerdict = judgeTrial(trial, sample, { last: total, enough: ENOUGH })
    total = foldTotal(total, sample)
    if (verdict.kind !== 'open') return { kind: verdict.kind, seconds: Math.round(now / 1000) }
    trial = verdict.trial
  }
  return undefined
}

describe('a renewed pool is held against what all brought before', () => {
  const rows: [sentence: string, speedAt: (seconds: number) => number, kind: string, seconds: number][] = [
    ['clearly more is a gain, seen within fifteen seconds', () => 8.3e6, 'gain', 15],
    ['as good as the best is enough, however little more it is', () => 9.01e6, 'gain', 15],
    ['the same as before is none', () => 8e6, 'no-gain', 15],
    ['nor is less', () => 5e6, 'no-gain', 15],
    [
      'what the old ones still bring while they are renewed does not count',
      (at) => (at < 5 ? 30e6 : 8e6),
      'no-gain',
      15,
    ],
  ]
  it.each(rows)('%s', (_, speedAt, kind, seconds) => {
    expect(watch(speedAt)).toEqual({ kind, seconds })
  })

  it('only while as many connections work: what a trial of more of them brings is not its doing', () => {
    const isMore = (at: number) => at > 6 && at < 20
    expect(
      watch(
        (at) => (isMore(at) ? 12e6 : 8e6),
        (at) => (isMore(at) ? 24 : 16),
      ),
    ).toEqual({ kind: 'no-gain', seconds: 29 })
  })

  it('if it is never so many again, nobody knows', () => {
    expect(
      watch(
        () => 8e6,
        () => 8,
      ),
    ).toEqual({ kind: 'unknown', seconds: 120 })
  })
})

it('the first moments, whose bytes come in lumps, are no speed yet', () => {
  const lump = foldTotal(startTotal(), { now: 100, receivedBytes: 1e6, level: 4 })
  expect([isSettledTotal(lump), isSettledTotal(foldTotal(lump, { now: 2000, receivedBytes: 2e6, level: 4 }))]).toEqual([
    false,
    true,
  ])
})
