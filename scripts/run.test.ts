import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const here = import.meta.dirname
let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-run-'))
})
afterEach(() => rm(folder, { recursive: true }))

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

// Windows has no signals; Ctrl-C reaches everybody in a console.
test.skipIf(process.platform === 'win32')('what npm started ends when npm is ended', async () => {
  const file = join(folder, 'long.ts')
  await writeFile(file, 'console.log(process.pid); setInterval(() => {}, 1000)')
  const script = `node ${join(here, 'run.mjs')} ${relative(here, file)}; true`
  const shell = spawn('sh', ['-c', script], { env: { ...process.env, npm_lifecycle_event: 'longhaul' } })
  const [said] = await once(shell.stdout, 'data')
  const pid = Number(said)
  expect(isAlive(pid)).toBe(true)
  shell.kill('SIGTERM')
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test.skipIf(process.platform === 'win32')(
  '... and has the time it needs for that: a second signal means at once',
  async () => {
    const file = join(folder, 'careful.ts')
    await writeFile(
      file,
      `process.once('SIGTERM', () => setTimeout(() => process.exit(console.log('in good order')), 1500))
    console.log('at work'); setInterval(() => {}, 1000)`,
    )
    const script = `node ${join(here, 'run.mjs')} ${relative(here, file)}; true`
    const shell = spawn('sh', ['-c', script], { env: { ...process.env, npm_lifecycle_event: 'longhaul' } })
    let said = ''
    for await (const piece of shell.stdout) {
      said += piece
      shell.kill('SIGTERM')
    }
    expect(said).toBe('at work\nin good order\n')
  },
)

test('npm is told of every install script whether it may run: that of the pinned Node must', async () => {
  const read = async (name: string) => JSON.parse(await readFile(join(here, '..', name), 'utf8'))
  const packages: Record<string, { hasInstallScript?: boolean }> = (await read('package-lock.json')).packages
  const withScript = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript)
  const { allowScripts } = await read('package.json')
  expect(withScript.map((path) => path.replace(/^.*node_modules\//, '')).sort()).toEqual(Object.keys(allowScripts))
  expect(allowScripts.node).toBe(true)
})
