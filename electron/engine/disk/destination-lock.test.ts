import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDestination } from './destination-lock.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-lock-'))
})
afterEach(() => {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

const take = () => {
  const locked = lockDestination(folder)
  if (!locked.ok) throw new Error(JSON.stringify(locked.failure))
  return locked.value
}

test('the second run of one program is refused until the first lets go', () => {
  const first = take()
  expect(lockDestination(folder)).toMatchObject({ ok: false, failure: { class: 'locked' } })
  first.release()
  first.release()
  take().release()
})

test('another process is refused, and the death of the holder by kill -9 frees the folder', async () => {
  const script = `
    import { lockDestination } from ${JSON.stringify(join(import.meta.dirname, 'destination-lock.ts'))}
    // Kept: a lock that is collected as garbage is let go.
    globalThis.locked = lockDestination(${JSON.stringify(folder)})
    process.stdout.write(locked.ok ? 'mine\\n' : 'refused\\n')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'pipe'] })
  let warnings = ''
  child.stderr.on('data', (data: Buffer) => {
    warnings += data.toString()
  })
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(data.toString())),
  )
  expect(said).toBe('mine\n')
  expect(lockDestination(folder)).toMatchObject({ ok: false, failure: { class: 'locked' } })
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
  take().release()
  expect(warnings).toBe('')
})

test.each([
  ['noise', Buffer.from('no database at all, and longer than a header of one hundred bytes would be '.repeat(4))],
  ['an empty file', Buffer.alloc(0)],
])('%s in the lock file is no obstacle', (_, content) => {
  writeFileSync(join(folder, 'lock'), content)
  const first = take()
  expect(lockDestination(folder)).toMatchObject({ ok: false, failure: { class: 'locked' } })
  first.release()
})

test('a link planted in its place is refused', () => {
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'lock'))
  expect(lockDestination(folder)).toMatchObject({ ok: false, failure: { class: 'unsafe-path' } })
})

test('a path longer than SQLite opens is called that, not a folder without permission', () => {
  const deep = join(folder, ...Array.from({ length: 6 }, () => 'x'.repeat(100)))
  mkdirSync(deep, { recursive: true })
  expect(lockDestination(deep)).toMatchObject({ ok: false, failure: { class: 'disk', code: 'ENAMETOOLONG' } })
})

test('a folder that does not exist is a failure with a name', () => {
  expect(lockDestination(join(folder, 'missing'))).toMatchObject({ ok: false, failure: { class: 'disk-denied' } })
})
