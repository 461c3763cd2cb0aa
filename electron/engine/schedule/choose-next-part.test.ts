import { describe, expect, it } from 'vitest'
import { chooseOpenPart, chooseShared, isResting, type OpenObjectView, wantedOpenObjects } from './choose-next-part.ts'
import { choosePartSize, cutPart } from './choose-part-size.ts'
import { NO_FAILURES } from './failure-row.ts'

const NOW = 1000
const pending = { start: 0, end: 100, failures: NO_FAILURES, notBefore: 0 }
const object = (name: string, change: Partial<OpenObjectView> = {}) => ({
  name,
  group: { name: 'a/', lastServed: 0 },
  isHeld: false,
  pending: [pending],
  running: { size: 0 },
  failures: NO_FAILURES,
  writer: undefined,
  ...change,
})
const servedAt = (lastServed: number, name = 'a/') => ({ group: { name, lastServed } })
const failed = { ...pending, failures: { length: 1, alone: 0, lastAt: NOW }, notBefore: NOW }
const once = { failures: { length: 1, alone: 0, lastAt: NOW } }
const justFailed = { failures: { length: 2, alone: 0, lastAt: NOW } }
const failedLongAgo = { failures: { length: 2, alone: 0, lastAt: NOW - 10_000 } }
const doubtful = { failures: { length: 9, alone: 8, lastAt: NOW } }
const later = { ...pending, notBefore: NOW + 1 }

describe('the next range for a connection of thread 0', () => {
  it.each<[string, ReturnType<typeof object>[], string | undefined]>([
    ['the oldest of equals, so that files finish early', [object('old'), object('new')], 'old'],
    ['the sub-prefix that was served longest ago', [object('just', servedAt(9)), object('long', servedAt(2))], 'long'],
    ['none of an object that is held', [object('held', { isHeld: true }), object('free')], 'free'],
    ['none that has to wait after a failure', [object('waits', { pending: [later] }), object('free')], 'free'],
    ['none of an object without work', [object('empty', { pending: [] }), object('free')], 'free'],
    ['none of a prefix that may not be asked', [object('refused', servedAt(0, 'no/')), object('free')], 'free'],
    [
      'a file of its own thread before one of another',
      [object('other', { writer: 1 }), object('own', { writer: 0, ...servedAt(9) })],
      'own',
    ],
    [
      'a file nobody writes before one of another thread',
      [object('other', { writer: 1 }), object('free', servedAt(9))],
      'free',
    ],
    [
      'what has failed again lets others go first',
      [object('failed', justFailed), object('fresh', servedAt(9))],
      'fresh',
    ],
    ['... but only for a while', [object('failed', failedLongAgo), object('fresh', servedAt(9))], 'failed'],
    [
      'not what has failed once',
      [object('once', { failures: { length: 1, alone: 0, lastAt: NOW } }), object('fresh', servedAt(9))],
      'once',
    ],
    ['what has failed again rather than nothing', [object('failed', justFailed)], 'failed'],
    [
      'nothing more of a doubtful object while a range of it is tried',
      [object('d', { ...doubtful, running: { size: 1 } })],
      undefined,
    ],
    [
      'nothing fresh of one either',
      [object('d', { ...doubtful, pending: [{ ...failed, notBefore: NOW + 1 }, pending] })],
      undefined,
    ],
    ['a doubtful object whatever its prefix is allowed', [object('d', { ...doubtful, ...servedAt(0, 'no/') })], 'd'],
    ['a file of another thread rather than nothing', [object('other', { writer: 1 })], 'other'],
    ['nothing where there is nothing', [object('held', { isHeld: true })], undefined],
  ])('%s', (_title, open, expected) => {
    const chosen = chooseOpenPart(open, NOW, 0, (group) => group !== 'no/')
    expect(chosen?.object.name).toBe(expected)
  })

  it('is the first that need not wait', () => {
    expect(chooseOpenPart([object('a', { pending: [later, pending] })], NOW, 0, () => true)?.position).toBe(1)
  })

  it('of a doubtful object it is the one that has failed most: that one will tell', () => {
    const often = { ...failed, failures: { length: 5, alone: 4, lastAt: NOW } }
    const open = [object('d', { ...doubtful, pending: [failed, often, failed] })]
    expect(chooseOpenPart(open, NOW, 0, () => true)?.position).toBe(1)
  })

  it('asks a budget only for an object it would take: asking may use it up', () => {
    const asked: string[] = []
    const open = [object('first', servedAt(0, '1/')), object('worse', servedAt(5, '2/'))]
    chooseOpenPart(open, NOW, 0, (group) => asked.push(group) > 0)
    expect(asked).toEqual(['1/'])
  })
})

describe('an object waits for its next attempt, and others are worked on', () => {
  it.each<[string, Partial<OpenObjectView>, boolean]>([
    ['when all of it waits', { ...once, pending: [later, later] }, true],
    ['not when some of it may be asked for', { ...once, pending: [later, pending] }, false],
    ['not while it is asked for', { ...once, pending: [later], running: { size: 1 } }, false],
    ['not when it has brought bytes since', { pending: [later, later] }, false],
    ['when it is doubtful, between its attempts', { ...doubtful, pending: [failed] }, true],
    ['not when all of it is there', { pending: [] }, false],
  ])('%s', (_title, change, expected) => {
    expect(isResting(object('o', change), NOW)).toBe(expected)
  })
})

describe('few files are open at once', () => {
  it.each([
    [1, 1],
    [4, 1],
    [5, 2],
    [16, 4],
    [256, 4],
  ])('%i connections: %i', (connections, expected) => {
    expect(wantedOpenObjects(connections)).toBe(expected)
  })
})

describe('the end of a job: a free connection takes half of what would take longest', () => {
  const MIB = 1024 ** 2
  it.each<[string, Parameters<typeof chooseShared>[0], number | undefined]>([
    [
      'by time, not by bytes',
      [
        { taskId: 1, reached: 0, end: 8 * MIB, bytesPerSecond: 8e6 },
        { taskId: 2, reached: 0, end: 4 * MIB, bytesPerSecond: 1e5 },
      ],
      2,
    ],
    [
      'of what is left',
      [
        { taskId: 1, reached: 7 * MIB, end: 8 * MIB, bytesPerSecond: 1e5 },
        { taskId: 2, reached: 0, end: 2 * MIB, bytesPerSecond: 1e5 },
      ],
      2,
    ],
    ['one that stands still', [{ taskId: 1, reached: 0, end: MIB, bytesPerSecond: 0 }], 1],
    [
      'none that ends before a second request would bring a byte',
      [{ taskId: 1, reached: 0, end: MIB, bytesPerSecond: 8e6 }],
      undefined,
    ],
    ['no crumbs', [{ taskId: 1, reached: 0, end: MIB / 2 - 1, bytesPerSecond: 1 }], undefined],
    ['nothing of nothing', [], undefined],
  ])('%s', (_title, running, expected) => {
    expect(chooseShared(running, 0.2)).toEqual(expected)
  })
})

describe('the size of a part', () => {
  const MIB = 1024 ** 2
  it.each([
    ['as large as AWS advises while much is left', 'auto', Number.POSITIVE_INFINITY, 16, 16 * MIB],
    ['a share of the rest near the end', 'auto', 160 * MIB, 16, 10 * MIB],
    ['never so small that requests cost more than bytes', 'auto', MIB, 16, MIB],
    ['one connection has no others to wait for', 'auto', 64 * MIB, 1, 16 * MIB],
    ['as the user says', 3 * MIB, MIB, 16, 3 * MIB],
  ] as const)('%s', (_title, partSize, unassignedBytes, connections, expected) => {
    const areRequestsCounted = false
    expect(choosePartSize({ partSize, unassignedBytes, connections, areRequestsCounted })).toBe(expected)
  })

  it.each([
    ['as large as ever, for each request is waited for', 'auto', 16 * MIB],
    ['as the user says all the same', 3 * MIB, 3 * MIB],
  ] as const)('where requests are counted: %s', (_title, partSize, expected) => {
    const rest = { unassignedBytes: 16 * MIB, connections: 16, areRequestsCounted: true }
    expect(choosePartSize({ partSize, ...rest })).toBe(expected)
  })

  it.each([
    [{ start: 0, end: 100 }, 40, { start: 0, end: 40 }],
    [{ start: 10, end: 70 }, 40, { start: 10, end: 70 }],
    [{ start: 10, end: 71 }, 40, { start: 10, end: 50 }],
    [{ start: 0, end: 5 }, 40, { start: 0, end: 5 }],
  ])('cut from %j by %i: %j, and no crumb is left', (range, size, expected) => {
    expect(cutPart(range, size)).toEqual(expected)
  })
})
