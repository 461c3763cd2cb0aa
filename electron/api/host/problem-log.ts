/** longhaul.log in the state folder: bugs and troubles of the program itself, one JSON line each. Never fails. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../engine/engine-ports.ts'
import { lineStartOf } from '../../engine/metrics/line-start.ts'

const ROLL_AT_BYTES = 5 * 1024 * 1024

export function openProblemLog(path: string, clock: Clock): (where: string, error: unknown) => void {
  return (where, error) => {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    try {
      mkdirSync(dirname(path), { recursive: true })
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > ROLL_AT_BYTES) renameSync(path, `${path}.1`)
      const line = JSON.stringify({ time: new Date(clock.now()).toISOString(), where, text })
      appendFileSync(path, `${lineStartOf(path)}${line}\n`)
    } catch {
      // There is nowhere left to complain to.
    }
  }
}
