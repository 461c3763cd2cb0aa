import { describe, expect, it } from 'vitest'
import { type HeldLimit, holdLimit } from './hold-limit.ts'

describe('what is said to hold the speed down is steady', () => {
  /** One look a second: `line cpu line` -> what is shown. */
  const shown = (seen: string) => {
    let held: HeldLimit | undefined
    return seen
      .split(' ')
      .map((code, second) => {
        held = holdLimit(held, { code, evidence: { second } } as unknown as HeldLimit['limit'], second * 1000)
        return held.limit.code
      })
      .join(' ')
  }
  const rows: [sentence: string, seen: string, shown: string][] = [
    ['two that come and go', 'line cpu line user-limit cpu line', 'line line line line line line'],
    ['one that has gone', 'line cpu cpu cpu cpu cpu', 'line line line line cpu cpu'],
    ['one that has gone, for two that come and go', 'disk line cpu line cpu line', 'disk disk disk disk cpu cpu'],
    ['a network that is lost is told at once, and so is its end', 'line network-lost cpu', 'line network-lost cpu'],
    [
      'throttling is told at once, but may flicker',
      'line throttling line throttling',
      'line throttling throttling throttling',
    ],
    ['the beginning and a pause', 'none line none cpu', 'none line none cpu'],
  ]
  it.each(rows)('%s', (_, seen, expected) => {
    expect(shown(seen)).toBe(expected)
  })
  it('shows the newest numbers of what it goes on to say', () => {
    const line = (second: number) => ({ code: 'line' as const, evidence: { second } })
    const held = holdLimit({ limit: line(1), seenAt: 1000 }, line(2), 2000)
    expect(held).toEqual({ limit: line(2), seenAt: 2000 })
  })
})
