import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { measure, readTimes } from './measure.ts'

describe('readTimes', () => {
  it.each<[string, string, ReturnType<typeof readTimes>]>([
    ['wall, user, system', '1.500 0.250 0.500\n', { wallSeconds: 1.5, cpuSeconds: 0.75 }],
    ['a locale with commas', '1,500 0,250 0,500\n', { wallSeconds: 1.5, cpuSeconds: 0.75 }],
    ['nothing', '', undefined],
    ['something else', 'bash: no such thing\n', undefined],
  ])('%s', (_, text, expected) => {
    expect(readTimes(text)).toEqual(expected)
  })
})

describe.skipIf(process.platform !== 'linux')('measure', () => {
  let folder = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'longhaul-measure-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const node = (script: string) => ({ path: process.execPath, args: ['-e', script] })
  const spin = 'const end = process.cpuUsage().user + 3e5; while (process.cpuUsage().user < end);'

  it('counts the time and the memory of children too', async () => {
    const child = `${spin} const held = Buffer.alloc(1e8, 1); setTimeout(() => held, 1500)`
    const parent = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}])`
    const measured = await measure(node(parent), folder, new AbortController().signal)
    expect(measured.cpuSeconds).toBeGreaterThan(0.3)
    expect(measured.peakBytes).toBeGreaterThan(1e8)
  })
  it('does not count the memory of a process again for a child that has only forked', async () => {
    const script = "printf -v held '%50000000s' ''; (sleep 0.5; :); grep VmHWM /proc/$$/status; :"
    const command = { path: 'bash', args: ['-c', script] }
    const { stdout, peakBytes } = await measure(command, folder, new AbortController().signal)
    const ownBytes = Number(/\d+/.exec(stdout)?.[0]) * 1024
    expect(ownBytes).toBeGreaterThan(5e7)
    expect(peakBytes).toBeLessThan(1.25 * ownBytes)
  })
  it('keeps what the command says apart, and its exit code', async () => {
    const command = node('console.log("out"); console.error("err"); process.exitCode = 3')
    const { stdout, stderr, exitCode } = await measure(command, folder, new AbortController().signal)
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
  })
  it('takes away accounts and proxies', async () => {
    process.env.AWS_PROFILE = 'someone'
    const command = node('console.log(process.env.AWS_PROFILE ?? "none")')
    const { stdout } = await measure(command, folder, new AbortController().signal).finally(() => {
      delete process.env.AWS_PROFILE
    })
    expect(stdout).toBe('none\n')
  })
  it('ends the command and its children when it is aborted', async () => {
    const stop = new AbortController()
    const parent = `require('node:child_process').spawnSync('sleep', ['1000'])`
    const measuring = measure(node(parent), folder, stop.signal)
    setTimeout(() => stop.abort(), 300)
    await expect(measuring).rejects.toThrow(/abort/i)
  })
})
