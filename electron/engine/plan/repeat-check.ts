/**
 * Finds keys that a listing brings twice, of which each is wanted once: two fetches of one object would meet in one
 * file. Keys that come in order, as S3 sends them, cost a comparison; from the first one out of order on, of all keys a
 * fingerprint is kept. What it finds is compared with the key itself, so that no other key is ever taken for it.
 */
import { createFingerprinter, createFingerprintTable, type FingerprintTable } from '../disk/fingerprint.ts'
import type { Random } from '../engine-ports.ts'
import type { ObjectTable } from './object-table.ts'

/**
 * Whether the key has come before. One that has not is to be added to the
 * table next, or is left out by the globs and need not be told apart.
 */
export function createRepeatCheck(
  table: Pick<ObjectTable, 'length' | 'key'>,
  random: Random,
): (key: string) => boolean {
  const fingerprint = createFingerprinter(random)
  let highest: string | undefined
  /** Fingerprint of the key -> its row in the table, from 1. */
  let rows: FingerprintTable | undefined

  function note(known: FingerprintTable, key: string, index: number): void {
    const { high, low } = fingerprint.ofText(key)
    known.set(high, low, index + 1, 0)
  }

  return (key) => {
    if (!rows && (highest === undefined || key > highest)) {
      highest = key
      return false
    }
    if (!rows) {
      rows = createFingerprintTable(table.length)
      for (let index = 0; index < table.length; index++) note(rows, table.key(index), index)
    }
    const { high, low } = fingerprint.ofText(key)
    const slot = rows.find(high, low)
    const index = slot < 0 ? table.length : rows.valueHigh(slot) - 1
    if (index < table.length && table.key(index) === key) return true
    note(rows, key, table.length)
    return false
  }
}

/**
 * The same without keeping the keys, from fingerprints alone: of a million keys two are taken for one once in forty
 * million listings. Such a key is left out of a count, and of nothing that is fetched.
 */
export function createRepeatWatch(random: Random): (key: string) => boolean {
  const fingerprint = createFingerprinter(random)
  const seen = createFingerprintTable()
  return (key) => {
    const { high, low } = fingerprint.ofText(key)
    if (seen.find(high, low) >= 0) return true
    seen.set(high, low, 1, 0)
    return false
  }
}
