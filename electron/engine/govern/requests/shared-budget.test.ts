import { describe, expect, it } from 'vitest'
import { isOneApart, isOneBudget, type PrefixAnswers } from './shared-budget.ts'

const answers = (refused: number, granted: number): PrefixAnswers => ({ refused, granted })

describe('several prefixes', () => {
  const rows: [sentence: string, prefixes: PrefixAnswers[], isOne: boolean][] = [
    ['share a budget when all are refused half of what they ask', [answers(5, 5), answers(4, 6), answers(6, 4)], true],
    ['need not all have met it yet', [answers(5, 3), answers(4, 3), answers(0, 2)], true],
    ['do not when few are refused: each knows its own', [answers(1, 9), answers(1, 9), answers(2, 8)], false],
    ['do not when a third is refused whoever asks', [answers(10, 22), answers(9, 20), answers(11, 21)], false],
    ['do not for a handful of refusals', [answers(3, 1), answers(4, 0)], false],
    ['do not when only one is refused', [answers(12, 2), answers(0, 4)], false],
    ['do not when one is refused what the others are granted', [answers(12, 0), answers(2, 12)], false],
  ]
  it.each(rows)('%s', (_, prefixes, isOne) => expect(isOneBudget(prefixes)).toBe(isOne))

  it('one of them is apart when it is refused what the others are granted', () => {
    expect(isOneApart([answers(8, 1), answers(1, 20), answers(0, 20)])).toBe(true)
    expect(isOneApart([answers(2, 18), answers(1, 20), answers(0, 20)])).toBe(false)
    expect(isOneApart([])).toBe(false)
  })
})
