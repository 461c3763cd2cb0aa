/** `longhaul web` as a command: who may reach it, and what a bug in it ends. */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startProgram } from '../../electron/cli/testing/run-program.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-web-command-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('the window in a browser is for this machine alone, unless its user wants otherwise', async () => {
  const state = { LONGHAUL_STATE_FOLDER: join(folder, 'web-state') }
  const begin = async (...host: string[]) => {
    const { child, ended } = startProgram(['web', '--no-open', '--port', '0', ...host], state)
    // Said right behind the address.
    const warned = host.length > 0 && child.stderr ? once(child.stderr, 'data') : undefined
    const [line] = child.stdout ? await once(child.stdout, 'data') : []
    const port = Number(/:(\d+)\/#token=/.exec(String(line))?.[1])
    const isReached = { byItself: await isListening('127.0.0.1', port), byOthers: await isListening(ownAddress, port) }
    await warned
    child.kill('SIGTERM')
    return { ...isReached, isSaid: (await ended).stderr.includes('Other machines reach it too') }
  }
  expect(await begin()).toEqual({ byItself: true, byOthers: false, isSaid: false })
  const isAmongOthers = ownAddress !== undefined
  expect(await begin('--host', '0.0.0.0')).toEqual({ byItself: true, byOthers: isAmongOthers, isSaid: true })
})

/** By which other machines reach this one; undefined where there is no network. */
const ownAddress = Object.values(networkInterfaces())
  .flat()
  .find((found) => found?.family === 'IPv4' && !found.internal)?.address

async function isListening(host: string | undefined, port: number): Promise<boolean> {
  if (host === undefined) return false
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

test('the program behind the page goes on, with its other downloads, and tells each bug once', async () => {
  const file = join(folder, 'bug')
  const preload = pathToFileURL(join(import.meta.dirname, '../../electron/cli/testing/planted-bug.ts')).href
  const state = {
    NODE_OPTIONS: `--import ${preload}`,
    BUG_FILE: file,
    LONGHAUL_STATE_FOLDER: join(folder, 'bug-state'),
  }
  const throwNow = async () => {
    await writeFile(file, '')
    await expect.poll(() => existsSync(file)).toBe(false)
  }
  const { child, ended } = startProgram(['web', '--no-open', '--port', '0'], state)
  let stdout = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  await expect.poll(() => stdout).toContain('#token=')
  const { origin, hash } = new URL(/http:\S+/.exec(stdout)?.[0] ?? '')
  const headers = { Authorization: `Bearer ${hash.replace('#token=', '')}`, 'Content-Type': 'application/json' }
  const ask = async () => (await fetch(`${origin}/api/call/jobs.list`, { method: 'POST', headers, body: '{}' })).json()
  // The answer comes from behind the page: by then somebody hears of bugs.
  expect(await ask()).toEqual({ ok: true, value: [] })
  await throwNow()
  await throwNow()
  expect(await ask()).toEqual({ ok: true, value: [] })
  child.kill('SIGTERM')
  const { code, stderr } = await ended
  expect(stderr.match(/internal error: a planted bug\. Downloads go on; details are in /g)).toHaveLength(1)
  if (process.platform !== 'win32') expect(code).toBe(0)
})
