/**
 * The largest groups of a stream in bounded memory: at most `LIMIT` names; beyond
 * that the smaller half is added to the rest. A name that returns starts at one
 * again, so small groups may be undercounted; the sum is always exact.
 */
import type { LogGroups } from '../../../shared/log-analysis.ts'

const LIMIT = 1024
const SHOWN = 20
const NAME_LENGTH = 300

export function createTopCounts() {
  const counts = new Map<string, number>()
  let rest = 0
  let dropped = 0

  return {
    add(name: string): void {
      const count = counts.get(name)
      if (count !== undefined) {
        counts.set(name, count + 1)
        return
      }
      if (counts.size >= LIMIT) prune()
      counts.set(ownString(name), 1)
    },
    groups(): LogGroups {
      const sorted = largestFirst()
      const tail = sorted.slice(SHOWN)
      return {
        top: sorted.slice(0, SHOWN).map(([name, count]) => ({ name, count })),
        rest: rest + tail.reduce((sum, [, count]) => sum + count, 0),
        others: tail.length + dropped,
      }
    },
  }

  /** Of the names at the median count the oldest stay, because their counts are complete. */
  function prune(): void {
    const least = Uint32Array.from(counts.values()).sort()[LIMIT / 2] ?? 0
    let room = LIMIT / 2
    for (const count of counts.values()) if (count > least) room--
    for (const [name, count] of counts) {
      if (count > least || (count === least && room-- > 0)) continue
      counts.delete(name)
      rest += count
      dropped++
    }
  }

  function largestFirst(): [string, number][] {
    return [...counts].sort(([oneName, one], [otherName, other]) => other - one || (oneName < otherName ? -1 : 1))
  }
}

/** A slice would keep the whole chunk it was cut from in memory. */
const ownString = (text: string): string => Buffer.from(text.slice(0, NAME_LENGTH)).toString()
