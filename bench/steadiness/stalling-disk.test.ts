import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { DISK_STALL_VARIABLE } from './disk-stall-variable.ts'

const PRELOAD = pathToFileURL(join(import.meta.dirname, 'stalling-disk.ts')).href
const path = join(tmpdir(), `stalling-disk-${process.pid}`)
const LONG_MS = 1500

afterEach(() => rmSync(path, { force: true }))

const ways: [title: string, program: string][] = [
  [
    'a synchronous write by name',
    `import { openSync, writeSync } from 'node:fs'; writeSync(openSync(process.argv[1], 'w'), 'x')`,
  ],
  [
    'a write of a file handle',
    `import { open } from 'node:fs/promises'; await (await open(process.argv[1], 'w')).write('x')`,
  ],
  [
    'a write in a thread',
    // As the engine's data plane does; the thread's program is a module, as its parent's is.
    `import { Worker } from 'node:worker_threads'
     new Worker("import { openSync, writeSync } from 'node:fs'; writeSync(openSync(" + JSON.stringify(process.argv[1]) + ", 'w'), 'x')", { eval: true })`,
  ],
]

it.each(ways)('%s waits until the disk goes on', (_title, program) => {
  const until = Date.now() + LONG_MS
  const args = ['--import', PRELOAD, '--input-type=module', '-e', program, path]
  const { status, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, [DISK_STALL_VARIABLE]: `0-${until}` },
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(Date.now()).toBeGreaterThanOrEqual(until)
})
