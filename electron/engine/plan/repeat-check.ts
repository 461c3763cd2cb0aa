/**
 * Finds keys that a listing brings twice, of which each is wanted once: two fetches of one object would meet in one file.
 * Keys that come in order, as S3 sends them, cost a comparison; the first one out of order, a set of all keys so far.
 */
import type { ObjectTable } from './object-table.ts'

/** Whether the key has come before. Keys that are left out by the globs need not be told apart. */
export function createRepeatCheck(table: Pick<ObjectTable, 'length' | 'key'>): (key: string) => boolean {
  let highest: string | undefined
  let known: Set<string> | undefined
  return (key) => {
    if (!known && (highest === undefined || key > highest)) {
      highest = key
      return false
    }
    known ??= new Set(Array.from({ length: table.length }, (_, index) => table.key(index)))
    if (known.has(key)) return true
    known.add(key)
    return false
  }
}
