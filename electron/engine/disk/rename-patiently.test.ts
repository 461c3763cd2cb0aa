import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { renamePatiently, renamePatientlySync, TRIES_FOR_LARGE, waitAfter } from './rename-patiently.ts'

const refusal = (code: string) => Object.assign(new Error(code), { code })

/** Refuses so many times, then moves. */
function createMove(times: number, code: string) {
  let asked = 0
  return {
    asked: () => asked,
    move() {
      if (++asked <= times) throw refusal(code)
    },
  }
}

describe.each([
  [
    'awaited',
    (platform: NodeJS.Platform, move: () => void, to = 'b') =>
      renamePatiently('a', to, { platform, rename: async () => move() }),
  ],
  [
    'in a worker',
    async (platform: NodeJS.Platform, move: () => void, to = 'b') =>
      renamePatientlySync('a', to, { platform, rename: move }),
  ],
])('%s', (_, rename) => {
  test.each(['EPERM', 'EACCES', 'EBUSY'])(
    'a file that a scanner holds for a moment gets its name: %s',
    async (code) => {
      const { move, asked } = createMove(3, code)
      await rename('win32', move)
      expect(asked()).toBe(4)
    },
  )

  test('a file that another program keeps open is called busy, not its folder forbidden', async () => {
    const { move } = createMove(Number.POSITIVE_INFINITY, 'EPERM')
    await expect(rename('win32', move)).rejects.toMatchObject({ code: 'EBUSY' })
  })

  test('a folder, and a write-protected file, that bears the name is told from a program that holds it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longhaul-rename-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'a.nc')
    await writeFile(file, '')
    await chmod(file, 0o444)
    const { move, asked } = createMove(Number.POSITIVE_INFINITY, 'EPERM')
    await expect(rename('win32', move, folder)).rejects.toMatchObject({ code: 'EISDIR' })
    await expect(rename('win32', move, file)).rejects.toMatchObject({ code: 'write-protected' })
    expect(asked()).toBe(2)
  })

  test('elsewhere a file that may not be replaced is told from a folder that may not be written to', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'longhaul-rename-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'a.nc')
    const { move } = createMove(Number.POSITIVE_INFINITY, 'EPERM')
    await expect(rename('linux', move, file)).rejects.toMatchObject({ code: 'EPERM' })
    await writeFile(file, '')
    await expect(rename('linux', move, file)).rejects.toMatchObject({ code: 'write-protected' })
    if (process.getuid?.() === 0) return
    await chmod(folder, 0o555)
    onTestFinished(() => chmod(folder, 0o755))
    await expect(rename('linux', move, file)).rejects.toMatchObject({ code: 'EPERM' })
  })

  test.each([
    ['linux', 'EACCES'],
    ['win32', 'ENOENT'],
    ['win32', 'ENOSPC'],
  ] as const)('what waiting does not mend is said at once: %s, %s', async (platform, code) => {
    const { move, asked } = createMove(1, code)
    await expect(rename(platform, move)).rejects.toMatchObject({ code })
    expect(asked()).toBe(1)
  })
})

test('a large file that is held for half a minute gets its name, and is not waited for without end', () => {
  const waits = []
  const wait = (tried: number) =>
    waitAfter(refusal('EBUSY'), tried, { platform: 'win32', tries: TRIES_FOR_LARGE, to: 'b' })
  for (let tried = 1; tried < TRIES_FOR_LARGE; tried++) waits.push(wait(tried))
  expect(waits.reduce((sum, milliseconds) => sum + milliseconds)).toBe(35_110)
  expect(() => wait(TRIES_FOR_LARGE)).toThrow('EBUSY')
})
