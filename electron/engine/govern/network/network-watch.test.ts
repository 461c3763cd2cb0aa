import { describe, expect, it } from 'vitest'
import type { Reason } from '../../../../shared/engine-event.ts'
import type { FailureClass } from '../../../../shared/failure.ts'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { createNetworkWatch } from './network-watch.ts'

const busy = { hasWork: true, isHeldBack: false, hasRequests: true }

/** Ten ticks a second; what is told, with its second. */
function watch(
  seconds: number,
  at: (second: number) => Partial<typeof busy> & { receives?: boolean; answers?: boolean },
) {
  let now = 0
  const told: string[] = []
  const network = createNetworkWatch({
    now: () => now,
    policy: { ...DEFAULT_POLICY, networkGoneSeconds: 60 },
    emit: (code) => told.push(`${code} ${Math.round(now / 1000)}`),
  })
  let goneAt: number | undefined
  for (; now < seconds * 1000; now += 100) {
    const { receives = false, answers = false, ...state } = at(now / 1000)
    if (receives) network.noteBytes()
    if (answers) network.noteAnswer(true)
    if (network.tick({ ...busy, ...state }) && goneAt === undefined) goneAt = Math.round(now / 1000)
  }
  return { told, goneAt }
}

describe('the network is lost', () => {
  it.each<[string, Parameters<typeof watch>[1], string[]]>([
    ['after three seconds without a byte', (second) => ({ receives: second < 10 }), ['network-lost 13']],
    [
      'and restored with the first byte',
      (second) => ({ receives: second < 10 || second > 20 }),
      ['network-lost 13', 'network-restored 20'],
    ],
    [
      'not while small questions are answered: then it is what was asked for',
      (second) => ({ receives: second < 10, answers: second >= 12 }),
      [],
    ],
    [
      'but once those are not answered either',
      (second) => ({ receives: second < 5, answers: second >= 6 && second < 10 }),
      ['network-lost 20'],
    ],
    ['never while bytes come', () => ({ receives: true }), []],
    ['not before it ever brought one: then it is the address or the server', () => ({}), []],
    ['not while nothing is wanted', (second) => ({ receives: second < 10, hasWork: false }), []],
    ['not while no request is under way', (second) => ({ receives: second < 10, hasRequests: false }), []],
    [
      'not while the disk or a limit holds us back',
      (second) => ({ receives: second < 10, isHeldBack: second >= 10 }),
      [],
    ],
    [
      'but right after that, if still nothing comes',
      (second) => ({ receives: second < 10, isHeldBack: second >= 10 && second < 20 }),
      ['network-lost 20'],
    ],
  ])('%s', (_title, at, expected) => {
    expect(watch(30, at).told).toEqual(expected)
  })
})

it('once it is back, it is told for how long no byte had come', () => {
  let now = 0
  const told: Reason[] = []
  const network = createNetworkWatch({ now: () => now, policy: DEFAULT_POLICY, emit: (_, reason) => told.push(reason) })
  network.noteBytes()
  for (now = 100; now < 62_000; now += 100) network.tick(busy)
  network.noteBytes()
  network.tick(busy)
  expect(told.at(-1)).toEqual({ seconds: 62 })
})

it('it is gone for good after networkGoneSeconds, even where it never brought a byte', () => {
  expect(watch(70, () => ({})).goneAt).toBe(60)
  expect(watch(70, () => ({ isHeldBack: true })).goneAt).toBeUndefined()
})

it('an answer that tells nothing of objects does not speak against those that fail', () => {
  const network = createNetworkWatch({ now: () => 1000, policy: DEFAULT_POLICY, emit() {} })
  network.noteAnswer(false)
  expect([network.isAnswering(), network.othersAnsweredAt('reset')]).toEqual([true, Number.NEGATIVE_INFINITY])
  network.noteAnswer(true)
  expect([network.othersAnsweredAt('reset'), network.othersAnsweredAt('throttled')]).toEqual([1000, 1000])
})

it('while the service answers small questions it is given three times as long, and no longer', () => {
  expect(watch(200, () => ({ answers: true })).goneAt).toBe(180)
  // The last answer counts until it is as old itself.
  expect(watch(200, (second) => ({ answers: second <= 30 })).goneAt).toBe(90)
})

it('what a service says to everything is its last word, until a byte comes or the way to it breaks', () => {
  const network = createNetworkWatch({ now: () => 0, policy: DEFAULT_POLICY, emit() {} })
  const after = (failureClass: FailureClass) => {
    network.noteFailure({ class: failureClass })
    return network.serviceFailure()?.class
  }
  expect(after('server-error')).toBe('server-error')
  expect(after('protocol')).toBe('protocol')
  expect(after('reset')).toBeUndefined()
  after('server-error')
  network.noteBytes()
  expect(network.serviceFailure()).toBeUndefined()
})
