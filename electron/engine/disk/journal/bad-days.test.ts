/** Real processes that die or run out of room while they write or rewrite a journal. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Clock } from '../../engine-ports.ts'
import { openJournal } from './journal.ts'

const IDENTITY = { bucket: 'era5', endpoint: '', prefix: '' }
const BOOT = '11111111-1111-1111-1111-111111111111'
const clock: Clock = { now: () => 0, monotonic: () => 0, after: () => () => {} }

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'longhaul-bad-days-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function open() {
  const opened = await openJournal({ folder, identity: IDENTITY, bootId: BOOT, clock, random: Math.random })
  if (!opened.ok) throw new Error(JSON.stringify(opened.failure))
  return opened.value
}

/** Runs `body` in a process of its own, with `journal` opened. */
const script = (body: string) => `
  import { openJournal } from ${JSON.stringify(join(import.meta.dirname, 'journal.ts'))}
  const clock = { now: Date.now, monotonic: () => performance.now(), after: () => () => {} }
  const options = ${JSON.stringify({ folder, identity: IDENTITY, bootId: BOOT })}
  process.stdout.write('ready\\n')
  const { value: journal } = await openJournal({ ...options, clock, random: Math.random })
  ${body}`

test.skipIf(process.platform === 'win32')('kill -9 at any moment of a rewrite: everything is still known', async () => {
  const landed = 5000
  const before = await open()
  for (let number = 0; number < landed; number++) {
    before.append({ kind: 'landed', key: `k${number}`, etag: 'e', size: 1 })
  }
  before.append({ kind: 'pinned', key: 'big', etag: 'e', size: 1e9, lastModified: 0, path: 'big' })
  for (let at = 0; at < 40_000; at++) before.append({ kind: 'ranges', key: 'big', etag: 'e', spans: [[at, at + 1]] })
  await before.appendDurably({ kind: 'restarted', key: 'big' })
  await before.close()
  const original = join(folder, 'original')
  copyFileSync(join(folder, 'journal'), original)

  for (let round = 0; round < 12; round++) {
    copyFileSync(original, join(folder, 'journal'))
    const child = spawn(process.execPath, ['--input-type=module', '-e', script('setInterval(() => {}, 1000)')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => child.stdout.once('data', resolve))
    await new Promise((resolve) => setTimeout(resolve, round * 25))
    const exited = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await exited
    const after = await open()
    await after.close()
    expect(after.replay.landedCount).toBe(landed)
    expect(after.replay.progressOf('big')).toBeUndefined()
    expect(after.repair?.damagedLines ?? 0).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['journal', 'original'])
  }
})

test.skipIf(process.platform === 'win32')(
  'no room: the failure is told, no half record stays, nothing already told is lost',
  async () => {
    const child = spawn(
      'sh',
      [
        '-c',
        'ulimit -f 64; exec "$0" --input-type=module -e "$1"',
        process.execPath,
        script(`
      let told = 0
      for (let number = 0; ; number++) {
        journal.append({ kind: 'landed', key: 'k' + number, etag: 'e'.repeat(200), size: 1 })
        const flushed = await journal.flush()
        if (!flushed.ok) { process.stdout.write(JSON.stringify({ told, failure: flushed.failure, again: (await journal.flush()).ok }) + '\\n'); break }
        told++
      }`),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    let output = ''
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString()
    })
    await new Promise((resolve) => child.once('exit', resolve))
    const { told, failure, again } = JSON.parse(output.trim().split('\n').at(-1) ?? '{}')
    expect(told).toBeGreaterThan(50)
    expect(failure).toMatchObject({ class: 'disk', code: 'EFBIG' })
    expect(again).toBe(false)
    const journal = await open()
    await journal.close()
    expect(journal.replay.landedCount).toBe(told)
    expect(journal.repair).toBeUndefined()
  },
)
