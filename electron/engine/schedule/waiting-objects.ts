/**
 * Objects that are not open yet, by sub-prefix. They are taken in turn: S3 counts requests per prefix, so no prefix
 * gets a second request before every other one had its first (the seed report's "prefix spreading").
 */
import { subPrefixOf } from '../list/key-below-prefix.ts'
import type { ObjectTable } from '../plan/object-table.ts'

type Group = { name: string; indexes: number[]; at: number }

export function createWaitingObjects(table: Pick<ObjectTable, 'key' | 'size'>) {
  const byName = new Map<string, Group>()
  /** Groups with something in them, next one first. */
  let turn: Group[] = []
  let turnAt = 0
  let size = 0
  let bytes = 0

  function compact(): void {
    if (turnAt < 1024 || turnAt * 2 < turn.length) return
    turn = turn.slice(turnAt)
    turnAt = 0
  }

  return {
    get size() {
      return size
    },
    get bytes() {
      return bytes
    },
    add(index: number): void {
      const group = subPrefixOf(table.key(index))
      size++
      bytes += table.size(index)
      const known = byName.get(group)
      if (known) {
        known.indexes.push(index)
        return
      }
      const fresh: Group = { name: group, indexes: [index], at: 0 }
      byName.set(group, fresh)
      turn.push(fresh)
    },
    /**
     * The next object in turn whose group passes `accepts`; looks at no more than `MAX_LOOK` groups, so that one
     * choice stays cheap among a hundred thousand sub-prefixes.
     */
    take(accepts: (group: string) => boolean): number | undefined {
      const looks = Math.min(MAX_LOOK, turn.length - turnAt)
      for (let look = 0; look < looks; look++) {
        const group = turn[turnAt++] as Group
        compact()
        if (!accepts(group.name)) {
          turn.push(group)
          continue
        }
        const index = group.indexes[group.at++] as number
        size--
        bytes -= table.size(index)
        if (group.at === group.indexes.length) byName.delete(group.name)
        else turn.push(group)
        return index
      }
      return undefined
    },
  }
}

const MAX_LOOK = 64
