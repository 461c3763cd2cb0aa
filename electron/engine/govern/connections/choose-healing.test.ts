import { describe, expect, it } from 'vitest'
import { DEFAULT_POLICY } from '../../../../shared/policy.ts'
import { chooseHealing, type HealingInput, type ObservedConnection } from './choose-healing.ts'

const NOW = 1_000_000
const seconds = (count: number) => NOW - count * 1000

/** A healthy connection: 2 MB/s, in the middle of a 16 MB range. */
function connection(id: number, change: Partial<ObservedConnection> = {}): ObservedConnection {
  return {
    id,
    state: 'active',
    openedAt: seconds(30),
    requests: 5,
    hasTask: true,
    firstByteAt: seconds(4),
    lastByteAt: NOW - 10,
    taskBytes: 8e6,
    bytesLeft: 8e6,
    bytesPerSecond: 2e6,
    lifetimeBytesPerSecond: 1.8e6,
    isSettled: true,
    isLeaving: false,
    jitter: 0.5,
    ...change,
  }
}

const healthy = (count: number) => Array.from({ length: count }, (_, at) => connection(100 + at))
const silentFor = (id: number, count: number) => connection(id, { lastByteAt: seconds(count) })
const unanswered = (id: number, count: number) =>
  connection(id, { firstByteAt: 0, lastByteAt: seconds(count), taskBytes: 0 })
const connecting = (id: number) => connection(id, { state: 'connecting', hasTask: false })
const crawling = (id: number, forSeconds: number, bytesPerSecond = 1024) =>
  connection(id, { firstByteAt: seconds(forSeconds), taskBytes: bytesPerSecond * forSeconds, bytesPerSecond })

type Row<Expected> = [sentence: string, input: ObservedConnection[], expected: Expected, change?: Partial<HealingInput>]

const nothingUsual = { usualBytesPerSecond: 0 }

function heal(connections: ObservedConnection[], change: Partial<HealingInput> = {}) {
  const input = { connections, now: NOW, policy: DEFAULT_POLICY, retireAgeSeconds: 3600, firstByteMsP95: 40, ...change }
  const rest = { isHeldBack: false, unanswered: 0, usualBytesPerSecond: 2e6, lastProbeAt: 0, crawlProbes: 0 }
  return chooseHealing({ ...rest, ...input }).map((action) => `${action.kind} ${action.id}: ${action.cause}`)
}

describe('a connection is replaced at once', () => {
  const rows: Row<string[]>[] = [
    ['not when all is well', healthy(16), []],
    ['when no byte has come for longer than stallSeconds', [...healthy(15), silentFor(1, 5.1)], ['replace 1: stalled']],
    ['not before that', [...healthy(15), silentFor(1, 4.9)], []],
    ['when the first byte is far later than usual', [...healthy(15), unanswered(1, 1.1)], ['replace 1: stalled']],
    ['not when that server always thinks so long', [...healthy(15), unanswered(1, 1.1)], [], { firstByteMsP95: 300 }],
    [
      'at the latest after stallSeconds, however long the server usually thinks',
      [...healthy(15), unanswered(1, 5.1)],
      ['replace 1: stalled'],
      { firstByteMsP95: 3000 },
    ],
    [
      'not while no first byte has ever come, which may be how this server is',
      [...healthy(15), unanswered(1, 4.9)],
      [],
      { firstByteMsP95: 0 },
    ],
    ['not where first bytes come later than that', [...healthy(15), unanswered(1, 11.9)], [], { firstByteMsP95: 6000 }],
    [
      'later, when a whole round of connections was given up unanswered',
      [...healthy(15), unanswered(1, 1.9)],
      [],
      { unanswered: 16 },
    ],
    [
      '... but not for ever: four times as late at most',
      [...healthy(15), unanswered(1, 4.1)],
      ['replace 1: stalled'],
      { unanswered: 999 },
    ],
    ['when it crawls for more than a second', [...healthy(15), crawling(1, 1.1)], ['replace 1: slow']],
    ['not in its first second', [...healthy(15), crawling(1, 0.9)], []],
    [
      'when it crawls after the others are done, in a job so short that no speed is usual',
      [...healthy(3).map((other) => ({ ...other, hasTask: false })), crawling(1, 1.1)],
      ['replace 1: slow'],
      { usualBytesPerSecond: 0 },
    ],
    [
      'when it is alone from the start, and crawls for five seconds',
      [crawling(1, 5.1)],
      ['replace 1: slow'],
      nothingUsual,
    ],
    ['not before that', [crawling(1, 4.9)], [], nothingUsual],
    ['not where so much comes as a slow line brings', [crawling(1, 60, 10_000)], [], nothingUsual],
    ['nor where several together bring as much', [1, 2, 3].map((id) => crawling(id, 60, 4000)), [], nothingUsual],
    ['one of several that all crawl', [1, 2, 3].map((id) => crawling(id, 60)), ['replace 1: slow'], nothingUsual],
    ['later, when that was in vain before', [crawling(1, 19.9)], [], { ...nothingUsual, crawlProbes: 2 }],
    ['... but then again', [crawling(1, 20.1)], ['replace 1: slow'], { ...nothingUsual, crawlProbes: 2 }],
    [
      'not when all crawl as the disk or a limit holds them back',
      [crawling(1, 60)],
      [],
      { ...nothingUsual, isHeldBack: true },
    ],
    [
      'when it is just below slowRatio for slowSeconds',
      [...healthy(15), crawling(1, 10.1, 0.49e6)],
      ['replace 1: slow'],
    ],
    ['not when it is just below slowRatio for less', [...healthy(15), crawling(1, 9, 0.49e6)], []],
    ['not when it is slow but above slowRatio', [...healthy(15), crawling(1, 60, 0.51e6)], []],
    [
      'not when its rest is here before a new one would be',
      [...healthy(15), { ...crawling(1, 9), bytesLeft: 900 }],
      [],
    ],
    [
      'one of ten at a time when several are slow',
      [...healthy(14), crawling(1, 9), crawling(2, 9, 900)],
      ['replace 2: slow'],
    ],
    ['not for slowness while the last replacement still connects', [...healthy(14), crawling(1, 9), connecting(2)], []],
    [
      'though a fresh one connects for a connection that retires',
      [...healthy(13), crawling(1, 9), connecting(2), connection(3, { isLeaving: true })],
      ['replace 1: slow'],
    ],
    [
      'not while the disk or a limit holds everything back',
      [...healthy(1), silentFor(1, 60)],
      [],
      { isHeldBack: true },
    ],
  ]
  it.each(rows)('%s', (_, connections, actions, change) => {
    expect(heal(connections, change)).toEqual(actions)
  })
})

describe('a line that is cut as a whole', () => {
  const cut = Array.from({ length: 16 }, (_, at) => silentFor(at, 20))
  it('is tried with one connection', () => {
    expect(heal(cut)).toEqual(['replace 0: stalled'])
  })
  it('... once a second', () => {
    expect(heal(cut, { lastProbeAt: seconds(0.9) })).toEqual([])
    expect(heal(cut, { lastProbeAt: seconds(1) })).toHaveLength(1)
  })
  it('is whole again when one connection hears something: then all silent ones are replaced', () => {
    expect(heal([connection(99), ...cut.slice(1)])).toHaveLength(15)
  })
})

describe('connections that were forgotten on the way', () => {
  const quiet = (count: number) => Array.from({ length: count }, (_, at) => silentFor(at, 1.6))
  const opened = (secondsAgo: number) => connection(99, { openedAt: seconds(secondsAgo), firstByteAt: seconds(0.1) })
  const rows: Row<number>[] = [
    ['a silence of all is no matter of stallSeconds: one is tried anew', quiet(16), 1],
    ['... not where so little comes that it may be chance', quiet(16), 0, { usualBytesPerSecond: 30_000 }],
    ['... nor while something holds all back', quiet(16), 0, { isHeldBack: true }],
    ['... nor for a single connection, which proves nothing', quiet(1), 0],
    ['it brings bytes, none from before does: all those are', [...quiet(15), opened(1.5)], 15],
    ['not where one from before brings bytes too', [...quiet(14), opened(1.5), opened(30)], 0],
    ['not while it has brought none', [...quiet(15), connection(99, { openedAt: seconds(1.5), firstByteAt: 0 })], 0],
    ['not one that waits for its first byte', [unanswered(1, 1.6), opened(1.5)], 0, { firstByteMsP95: 300 }],
  ]
  it.each(rows)('%s', (_, connections, replaced, change) => {
    expect(heal(connections, change)).toHaveLength(replaced)
  })
})

describe('a connection retires', () => {
  const old = (id: number, age: number, change: Partial<ObservedConnection> = {}) =>
    connection(id, { openedAt: seconds(age), ...change })
  const rows: Row<string[]>[] = [
    ['at its learned age', [...healthy(15), old(1, 40, { jitter: 0 })], ['retire 1: age'], { retireAgeSeconds: 40 }],
    ['not before', [...healthy(15), old(1, 39, { jitter: 0 })], [], { retireAgeSeconds: 40 }],
    [
      'up to a third earlier, so that those of one age do not go together',
      [...healthy(15), old(1, 35, { jitter: 1 })],
      ['retire 1: age'],
      { retireAgeSeconds: 50 },
    ],
    ['before the server closes it', [...healthy(15), connection(1, { requests: 90 })], ['retire 1: requests']],
    [
      'no more than a quarter of all at once',
      Array.from({ length: 16 }, (_, at) => old(at, 99)),
      ['retire 0: age', 'retire 1: age', 'retire 2: age', 'retire 3: age'],
      { retireAgeSeconds: 50 },
    ],
    ['not twice', [...healthy(15), connection(1, { requests: 90, isLeaving: true })], []],
  ]
  it.each(rows)('%s', (_, connections, actions, change) => {
    expect(heal(connections, change)).toEqual(actions)
  })
})
