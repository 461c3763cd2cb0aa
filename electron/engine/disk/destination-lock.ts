/**
 * One run per destination: SQLite holds an exclusive lock on `.longhaul/lock`. The kernel lets go of it when the
 * process ends, however it ends; there is nothing to clean up and no process id to guess about
 * (docs/decisions/0003-destination-lock.md).
 */
import { lstatSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { codeOf, mapDiskError } from './disk-error.ts'

export type DestinationLock = {
  release(): void
}

/** Result codes of SQLite (sqlite.org/rescode.html); the low byte is the primary one. */
const BUSY = 5
const LOCKED = 6
const READ_ONLY = 8
const IO_ERROR = 10
const CANNOT_OPEN = 14
const FULL = 13
const PERMISSION = 3
const PROTOCOL = 15
const NOT_A_DATABASE = 26
const CORRUPT = 11

/** What SQLite opens, in bytes; of Windows in characters. It says only that it cannot. */
const LONGEST_PATH = process.platform === 'win32' ? 259 : 511

/** `folder` is DEST/.longhaul and must exist. */
export function lockDestination(folder: string): Outcome<DestinationLock> {
  const path = join(folder, 'lock')
  // SQLite follows links.
  const kind = kindOf(path)
  if (kind === 'other') return failed({ class: 'unsafe-path', code: 'ELOOP', subject: path })
  const first = tryLock(path)
  if (first.ok || kind === 'missing' || first.primaryCode === undefined) return outcomeOf(first, path)
  if (first.primaryCode !== NOT_A_DATABASE && first.primaryCode !== CORRUPT) return outcomeOf(first, path)
  // Nobody can hold a lock on what is no database: make room for one. Two runs at this point end up with one lock
  // file, for the second one finds a good one.
  try {
    renameSync(path, `${path}.damaged`)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') return failed(mapDiskError(error, path))
  }
  return outcomeOf(tryLock(path), path)
}

type Attempt = { ok: true; database: DatabaseSync } | { ok: false; primaryCode: number | undefined; error: unknown }

function tryLock(path: string): Attempt {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return { ok: true, database }
  } catch (error) {
    try {
      database?.close()
    } catch {
      // It never was open.
    }
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
    return { ok: false, primaryCode: code, error }
  }
}

function outcomeOf(attempt: Attempt, path: string): Outcome<DestinationLock> {
  if (attempt.ok) {
    let held: DatabaseSync | undefined = attempt.database
    return success({
      release() {
        held?.close()
        held = undefined
      },
    })
  }
  const detail = attempt.error instanceof Error ? attempt.error.message.slice(0, 300) : String(attempt.error)
  const code = `SQLITE_${attempt.primaryCode ?? 'UNKNOWN'}`
  switch (attempt.primaryCode) {
    case BUSY:
    case LOCKED:
      return failed({ class: 'locked', subject: dirname(dirname(path)) })
    case CANNOT_OPEN:
      if (Buffer.byteLength(path) > LONGEST_PATH) return failed({ class: 'disk', code: 'ENAMETOOLONG', subject: path })
      return failed({ class: 'disk-denied', code, subject: path, detail })
    case READ_ONLY:
    case PERMISSION:
      return failed({ class: 'disk-denied', code, subject: path, detail })
    case FULL:
      return failed({ class: 'disk-full', code, subject: path, detail })
    // What SQLite reports when the locking calls themselves fail: some
    // network drives know no locks. The run goes on, unguarded.
    case IO_ERROR:
    case PROTOCOL:
      return success({ release() {} })
    default:
      return failed({ class: 'disk', code, subject: path, detail })
  }
}

function kindOf(path: string): 'missing' | 'file' | 'other' {
  try {
    return lstatSync(path).isFile() ? 'file' : 'other'
  } catch {
    return 'missing'
  }
}
