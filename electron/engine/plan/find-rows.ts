/**
 * Which rows of a table a query selects. Without search little
 * outside its window is looked at, however long the table is. Pure.
 */
import type { ObjectFilter, ObjectQuery, ObjectSort, ObjectState } from '../../../shared/object-row.ts'

/** What is looked at of a table. */
export type SearchedTable = {
  length: number
  key(index: number): string
  state(index: number): ObjectState
  /** How many are in this state. */
  count(state: ObjectState): number
  /** All indexes, largest object first. */
  orderBySize(): Uint32Array
}

/** `total`: how many rows match; `indexes`: those of them that lie in the query's window, in its order. */
export type FoundRows = { total: number; indexes: number[] }

export function findRows(table: SearchedTable, query: ObjectQuery): FoundRows {
  const groups = query.filter === 'all' ? groupsOf(query.sort) : [query.filter]
  const indexAt = placesOf(table, query.sort)
  return query.search === '' ? takeWindow(table, groups, indexAt, query) : searchAll(table, groups, indexAt, query)
}

/** What needs looking at first. */
const BY_NEED: readonly ObjectState[] = ['failed', 'active', 'verifying', 'waiting', 'done', 'skipped']

/** All at once, or state by state. */
function groupsOf(sort: ObjectSort | undefined): readonly ObjectFilter[] {
  if (sort?.by !== 'state') return ['all']
  return sort.isReversed ? BY_NEED.toReversed() : BY_NEED
}

/** From a place in the table as it is sorted to the index of the row there. */
function placesOf(table: SearchedTable, sort: ObjectSort | undefined): (place: number) => number {
  const order = sort?.by === 'size' ? table.orderBySize() : undefined
  return (place) => {
    const listed = sort?.isReversed ? table.length - 1 - place : place
    return order ? (order[listed] as number) : listed
  }
}

function takeWindow(
  table: SearchedTable,
  groups: readonly ObjectFilter[],
  indexAt: (place: number) => number,
  { offset, limit }: ObjectQuery,
): FoundRows {
  const indexes: number[] = []
  let total = 0
  for (const group of groups) {
    const count = group === 'all' ? table.length : table.count(group)
    let skip = Math.max(0, offset - total)
    let wanted = Math.min(limit - indexes.length, count - skip)
    total += count
    // Every row is of the group "all": its window begins at a place that is known.
    let place = 0
    if (group === 'all') [place, skip] = [skip, 0]
    for (; wanted > 0; place++) {
      const index = indexAt(place)
      if (group !== 'all' && table.state(index) !== group) continue
      if (skip-- > 0) continue
      indexes.push(index)
      wanted--
    }
  }
  return { total, indexes }
}

function searchAll(
  table: SearchedTable,
  groups: readonly ObjectFilter[],
  indexAt: (place: number) => number,
  { offset, limit, ...query }: ObjectQuery,
): FoundRows {
  const search = query.search.toLowerCase()
  const indexes: number[] = []
  let total = 0
  for (const group of groups) {
    for (let place = 0; place < table.length; place++) {
      const index = indexAt(place)
      if (group !== 'all' && table.state(index) !== group) continue
      if (!table.key(index).toLowerCase().includes(search)) continue
      if (total >= offset && indexes.length < limit) indexes.push(index)
      total++
    }
  }
  return { total, indexes }
}
