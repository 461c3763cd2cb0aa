/**
 * A few entries by number, oldest first, for entries that come and go by the million.
 *
 * No Map: each table that a Map outgrows points at the one that takes its place. Once one of
 * them has been moved into V8's old space, all that follow stay alive behind it, and with
 * them everything that ever was in one, until the old space is collected. A thousand bytes
 * for each small object were copied and kept that way (docs/benchmarks.md, "A million keys").
 */
export type PassingTable<V> = {
  readonly size: number
  get(key: number): V | undefined
  /** The key must not be there. */
  add(key: number, value: V): void
  delete(key: number): void
  /** Oldest first. Not to be kept: it is the table's own. */
  values(): readonly V[]
}

export function createPassingTable<V>(): PassingTable<V> {
  const keys: number[] = []
  const values: V[] = []
  return {
    get size() {
      return keys.length
    },
    get: (key) => values[keys.indexOf(key)],
    add(key, value) {
      keys.push(key)
      values.push(value)
    },
    delete(key) {
      const at = keys.indexOf(key)
      if (at < 0) return
      keys.splice(at, 1)
      values.splice(at, 1)
    },
    values: () => values,
  }
}
