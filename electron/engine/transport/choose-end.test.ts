import { expect, it } from 'vitest'
import { chooseEnd } from './choose-end.ts'

const MIB = 1024 ** 2

it.each<[string, Parameters<typeof chooseEnd>[0], Parameters<typeof chooseEnd>[1], number]>([
  ['half of what has not come', { reached: 2 * MIB, end: 8 * MIB, waiting: 0 }, 'half', 5 * MIB],
  ['half also where some of it has come just now', { reached: 2 * MIB, end: 8 * MIB, waiting: 1000 }, 'half', 5 * MIB],
  ['all, where bytes wait for this machine', { reached: 2 * MIB, end: 8 * MIB, waiting: MIB }, 'half', 8 * MIB],
  ['all, where little is left', { reached: 8 * MIB - 1000, end: 8 * MIB, waiting: 0 }, 'half', 8 * MIB],
  ['what is on its way', { reached: 2 * MIB, end: 8 * MIB, waiting: MIB }, 500, 2 * MIB + 500],
  ['nothing more', { reached: 2 * MIB, end: 8 * MIB, waiting: 0 }, 0, 2 * MIB],
  ['no more than there is', { reached: 7 * MIB, end: 8 * MIB, waiting: 0 }, 2 * MIB, 8 * MIB],
])('a task keeps %s', (_, task, keep, expected) => expect(chooseEnd(task, keep)).toBe(expected))
