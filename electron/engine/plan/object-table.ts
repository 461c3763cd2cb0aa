/**
 * Everything listed, as columns rather than objects: a million rows cost a fraction of the memory this way.
 * A row's index is its position in the listing and never changes during a run.
 */
import type { ObjectFilter, ObjectQuery, ObjectRow, ObjectSort, ObjectState } from '../../../shared/object-row.ts'
import { OBJECT_STATES } from '../../../shared/object-row.ts'
import type { ListedObject } from '../engine-ports.ts'
import { orderBySize } from './order-objects.ts'
import { createTextColumn } from './text-column.ts'

export type ObjectTable = ReturnType<typeof createObjectTable>

/** `liveBytes` tells the progress of objects under way; all others follow from their state. */
export function createObjectTable(liveBytes: (index: number) => number) {
  const keys = createTextColumn()
  const etags = createTextColumn()
  let sizes = new Float64Array(1024)
  let times = new Float64Array(1024)
  let states = new Uint8Array(1024)
  const failures = new Map<number, string>()
  const counts = new Map<ObjectState, number>(OBJECT_STATES.map((state) => [state, 0]))
  let bytesTotal = 0
  /** Sizes hardly ever change, so that their order is kept until they do. */
  let bySize: Uint32Array | undefined

  const stateOf = (index: number) => OBJECT_STATES[states[index] as number] as ObjectState
  const adjust = (state: ObjectState, by: number) => counts.set(state, (counts.get(state) ?? 0) + by)

  function grow(): void {
    const length = sizes.length * 2
    const [oldSizes, oldTimes, oldStates] = [sizes, times, states]
    sizes = new Float64Array(length)
    times = new Float64Array(length)
    states = new Uint8Array(length)
    sizes.set(oldSizes)
    times.set(oldTimes)
    states.set(oldStates)
  }

  function rowAt(index: number): ObjectRow {
    const state = stateOf(index)
    const size = sizes[index] as number
    const failure = failures.get(index)
    const bytesDone = state === 'done' || state === 'skipped' ? size : state === 'waiting' ? 0 : liveBytes(index)
    return { index, key: keys.at(index), size, bytesDone, state, ...(failure ? { failure } : {}) }
  }

  function sizeOrder(): Uint32Array {
    bySize ??= orderBySize(sizes, keys.length)
    return bySize
  }

  return {
    get length() {
      return keys.length
    },
    get bytesTotal() {
      return bytesTotal
    },
    count: (state: ObjectState) => counts.get(state) ?? 0,

    /** Returns the index of the new row, whose state is `waiting`. */
    add(object: ListedObject): number {
      const index = keys.length
      if (index === sizes.length) grow()
      keys.add(object.key)
      etags.add(object.etag)
      sizes[index] = object.size
      bySize = undefined
      times[index] = object.lastModified
      adjust('waiting', 1)
      bytesTotal += object.size
      return index
    },
    key: (index: number) => keys.at(index),
    etag: (index: number) => etags.at(index),
    size: (index: number) => sizes[index] as number,
    lastModified: (index: number) => times[index] as number,
    state: stateOf,
    failure: (index: number) => failures.get(index),

    setState(index: number, state: ObjectState, failure?: string): void {
      adjust(stateOf(index), -1)
      adjust(state, 1)
      states[index] = OBJECT_STATES.indexOf(state)
      if (failure) failures.set(index, failure)
      else failures.delete(index)
    },
    /** The object was replaced in the bucket while we worked on it. */
    repin(index: number, etag: string, size: number, lastModified: number): void {
      bytesTotal += size - (sizes[index] as number)
      etags.replace(index, etag)
      sizes[index] = size
      bySize = undefined
      times[index] = lastModified
    },
    *indexesIn(state: ObjectState): Generator<number> {
      const wanted = OBJECT_STATES.indexOf(state)
      for (let index = 0; index < keys.length; index++) if (states[index] === wanted) yield index
    },

    /** One window of rows. Without search little outside it is looked at, however long the table is. */
    query({ filter, offset, limit, sort, ...query }: ObjectQuery): { total: number; rows: ObjectRow[] } {
      const search = query.search.toLowerCase()
      const isReversed = sort?.isReversed === true
      const order = sort?.by === 'size' ? sizeOrder() : undefined
      const indexAt = (place: number): number => {
        const listed = isReversed ? keys.length - 1 - place : place
        return order ? (order[listed] as number) : listed
      }
      const rows: ObjectRow[] = []
      if (filter === 'all' && search === '' && sort?.by !== 'state') {
        const end = Math.min(keys.length, offset + limit)
        for (let place = offset; place < end; place++) rows.push(rowAt(indexAt(place)))
        return { total: keys.length, rows }
      }
      let total = 0
      for (const wanted of filter === 'all' ? groupsOf(sort) : [filter]) {
        const before = total
        const count = wanted === 'all' ? keys.length : (counts.get(wanted) ?? 0)
        const isBeside = before + count <= offset || rows.length === limit
        const code = wanted === 'all' ? -1 : OBJECT_STATES.indexOf(wanted)
        for (let place = 0; place < keys.length && !(search === '' && isBeside); place++) {
          const index = indexAt(place)
          if (code >= 0 && states[index] !== code) continue
          if (search !== '' && !keys.at(index).toLowerCase().includes(search)) continue
          if (total >= offset && rows.length < limit) rows.push(rowAt(index))
          total++
          if (search === '' && rows.length === limit) break
        }
        if (search === '') total = before + count
      }
      return { total, rows }
    },
  }
}

/** What needs looking at first. */
const BY_NEED: readonly ObjectState[] = ['failed', 'active', 'verifying', 'waiting', 'done', 'skipped']

/** All at once, or state by state. */
function groupsOf(sort: ObjectSort | undefined): readonly ObjectFilter[] {
  if (sort?.by !== 'state') return ['all']
  return sort.isReversed ? BY_NEED.toReversed() : BY_NEED
}
