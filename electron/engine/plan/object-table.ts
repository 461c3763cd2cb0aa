/**
 * Everything listed, as columns rather than objects: a million rows cost a fraction of the memory this way.
 * A row's index is its position in the listing and never changes during a run.
 */
import type { ObjectQuery, ObjectRow, ObjectState } from '../../../shared/object-row.ts'
import { OBJECT_STATES } from '../../../shared/object-row.ts'
import type { ListedObject } from '../engine-ports.ts'
import { findRows, type SearchedTable } from './find-rows.ts'
import { orderBySize } from './order-objects.ts'
import { createTextColumn } from './text-column.ts'

export type ObjectTable = ReturnType<typeof createObjectTable>

/** `liveBytes`: the progress of objects under way; all others follow from their state. */
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
  const count = (state: ObjectState) => counts.get(state) ?? 0
  const adjust = (state: ObjectState, by: number) => counts.set(state, count(state) + by)

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

  const searched: SearchedTable = {
    get length() {
      return keys.length
    },
    key: keys.at,
    state: stateOf,
    count,
    orderBySize() {
      bySize ??= orderBySize(sizes, keys.length)
      return bySize
    },
  }

  return {
    get length() {
      return keys.length
    },
    get bytesTotal() {
      return bytesTotal
    },
    count,

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

    /** One window of rows, and how many there are in all. */
    query(query: ObjectQuery): { total: number; rows: ObjectRow[] } {
      const { total, indexes } = findRows(searched, query)
      return { total, rows: indexes.map(rowAt) }
    },
  }
}
