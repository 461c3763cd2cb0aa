import { describe, expect, it } from 'vitest'
import { chooseOpenPart, chooseSplit, type OpenObjectView, wantedOpenObjects } from './choose-next-part.ts'
import { choosePartSize, cutPart } from './choose-part-size.ts'
import { NO_FAILURES } from './failure-row.ts'

const NOW = 1000
const pending = { start: 0, end: 100, failures: NO_FAILURES, notBefore: 0 }
const object = (name: string, change: Partial<OpenObjectView> = {}) => ({
  name,
  group: { name: 'a/', lastServed: 0 },
  isHeld: false,
  pending: [pending],
  writer: undefined,
  ...change,
})
const servedAt = (lastServed: number, name = 'a/') => ({ group: { name, lastServed } })
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
    ['a file of another thread rather than nothing', [object('other', { writer: 1 })], 'other'],
    ['nothing where there is nothing', [object('held', { isHeld: true })], undefined],
  ])('%s', (_title, open, expected) => {
    const chosen = chooseOpenPart(open, NOW, 0, (group) => group !== 'no/')
    expect(chosen?.object.name).toBe(expected)
  })

  it('is the first that need not wait', () => {
    expect(chooseOpenPart([object('a', { pending: [later, pending] })], NOW, 0, () => true)?.position).toBe(1)
  })

  it('asks a budget only for an object it would take: asking may use it up', () => {
    const asked: string[] = []
    const open = [object('first', servedAt(0, '1/')), object('worse', servedAt(5, '2/'))]
    chooseOpenPart(open, NOW, 0, (group) => asked.push(group) > 0)
    expect(asked).toEqual(['1/'])
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
  it.each<[string, Parameters<typeof chooseSplit>[0], { taskId: number; at: number } | undefined]>([
    [
      'by time, not by bytes',
      [
        { taskId: 1, reached: 0, end: 8 * MIB, bytesPerSecond: 8e6 },
        { taskId: 2, reached: 0, end: 4 * MIB, bytesPerSecond: 1e5 },
      ],
      { taskId: 2, at: 2 * MIB },
    ],
    ['of what is left', [{ taskId: 1, reached: 6 * MIB, end: 8 * MIB, bytesPerSecond: 1 }], { taskId: 1, at: 7 * MIB }],
    ['one that stands still', [{ taskId: 1, reached: 0, end: MIB, bytesPerSecond: 0 }], { taskId: 1, at: MIB / 2 }],
    ['no crumbs', [{ taskId: 1, reached: 0, end: MIB / 2 - 1, bytesPerSecond: 1 }], undefined],
    ['nothing of nothing', [], undefined],
  ])('%s', (_title, running, expected) => {
    expect(chooseSplit(running)).toEqual(expected)
  })
})

describe('the size of a part', () => {
  const MIB = 1024 ** 2
  it.each([
    ['as large as AWS advises while much is left', 'auto', Number.POSITIVE_INFINITY, 16, 16 * MIB],
    ['a share of the rest near the end', 'auto', 160 * MIB, 16, 5 * MIB],
    ['never so small that requests cost more than bytes', 'auto', MIB, 16, MIB],
    ['one connection has no others to wait for', 'auto', 64 * MIB, 1, 16 * MIB],
    ['as the user says', 3 * MIB, MIB, 16, 3 * MIB],
  ] as const)('%s', (_title, partSize, unassignedBytes, connections, expected) => {
    expect(choosePartSize({ partSize, unassignedBytes, connections })).toBe(expected)
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
