/** A copy of the built program, so that every weather meets the same one whatever is built meanwhile. */
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const BUILT = join(import.meta.dirname, '..', '..', 'out', 'main')
const ATTEMPTS = 3

/** Returns the path of its command line. Throws when what was built does not run. */
export function copyProgram(folder: string): string {
  const copy = join(folder, 'program')
  const program = join(copy, 'cli.cjs')
  let said = ''
  // A build that goes on meanwhile tears the copy.
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    rmSync(copy, { recursive: true, force: true })
    cpSync(BUILT, copy, { recursive: true })
    const { status, stderr } = spawnSync(process.execPath, [program, 'get', '--help'], { encoding: 'utf8' })
    if (status === 0) return program
    said = stderr
  }
  throw new Error(`the built program does not run: ${said}`)
}
