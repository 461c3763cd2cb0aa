import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SafeStorage } from 'electron'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { success } from '../../shared/failure.ts'
import type { AccessKeys } from '../api/host/vault.ts'
import { type OsVaultOptions, openVault } from './os-vault.ts'
import { createSafeStorageDouble } from './testing/electron-double.ts'

const KEYS: AccessKeys = { label: 'ERA5', accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret-secret' }

let folder: string
let file: string
let problems: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'longhaul-vault-'))
  file = join(folder, 'keys.json')
  problems = []
})
afterEach(() => rm(folder, { recursive: true }))

const open = (
  safeStorage: OsVaultOptions['safeStorage'] = createSafeStorageDouble({}),
  platform: NodeJS.Platform = 'linux',
) => openVault({ safeStorage, platform, file, logProblem: (where, error) => void problems.push(`${where}: ${error}`) })

describe('which vault', () => {
  type Backend = ReturnType<SafeStorage['getSelectedStorageBackend']>
  test.each<[string, NodeJS.Platform, boolean, Backend, 'os' | 'session']>([
    ['Windows with DPAPI', 'win32', true, 'unknown', 'os'],
    ['macOS with its keychain', 'darwin', true, 'unknown', 'os'],
    ['GNOME keyring', 'linux', true, 'gnome_libsecret', 'os'],
    ['KWallet', 'linux', true, 'kwallet6', 'os'],
    ['Linux without a keyring: a password in the source is no vault', 'linux', true, 'basic_text', 'session'],
    ['Linux that does not know its keyring', 'linux', true, 'unknown', 'session'],
    ['Windows that cannot encrypt', 'win32', false, 'unknown', 'session'],
  ])('%s', async (_name, platform, isAvailable, backend, kind) => {
    const vault = await open(createSafeStorageDouble({ isAvailable, backend }), platform)
    expect(vault.kind).toBe(kind)
    const saved = await vault.save(KEYS)
    expect(saved.ok && (await vault.read(saved.value))).toEqual(success(KEYS))
    expect(await readdir(folder)).toEqual(kind === 'os' ? ['keys.json'] : [])
  })

  test('an operating system that throws when asked', async () => {
    const isAsyncEncryptionAvailable = () => Promise.reject(new Error('no bus'))
    expect((await open({ ...createSafeStorageDouble({}), isAsyncEncryptionAvailable })).kind).toBe('session')
    expect(problems).toEqual(['vault: Error: no bus'])
  })
})

describe('keys in the vault of the operating system', () => {
  test('come back after a restart; neither id nor secret is on disk in plain text, and others cannot read the file', async () => {
    const saved = await (await open()).save({ ...KEYS, sessionToken: 'token-token' })
    const text = await readFile(file, 'utf8')
    expect(text).not.toMatch(/AKIDEXAMPLE|secret-secret|token-token/)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o077).toBe(0)
    const again = await open()
    expect(saved.ok && (await again.read(saved.value))).toEqual(success({ ...KEYS, sessionToken: 'token-token' }))
    expect(await again.list()).toEqual([{ id: saved.ok && saved.value, label: 'ERA5' }])
  })

  test('are gone once forgotten', async () => {
    const vault = await open()
    const saved = await vault.save(KEYS)
    if (!saved.ok) throw new Error('not saved')
    await vault.forget(saved.value)
    for (const one of [vault, await open()]) {
      expect(await one.read(saved.value)).toMatchObject({
        failure: { class: 'credentials', code: 'vault-entry-missing' },
      })
    }
  })

  test('saved at the same time are all kept', async () => {
    const vault = await open()
    const labels = ['a', 'b', 'c', 'd', 'e']
    await Promise.all(labels.map((label) => vault.save({ ...KEYS, label })))
    expect((await (await open()).list()).map(({ label }) => label).sort()).toEqual(labels)
  })

  test('encrypted for another user: a failure without the secret, and the entry stays', async () => {
    const saved = await (await open()).save(KEYS)
    const decryptStringAsync = () => Promise.reject(new Error('wrong key'))
    const foreign = await open({ ...createSafeStorageDouble({}), decryptStringAsync })
    expect(saved.ok && (await foreign.read(saved.value))).toEqual({
      ok: false,
      failure: { class: 'credentials', code: 'vault-locked' },
    })
    expect(await foreign.list()).toHaveLength(1)
  })

  test('that cannot be encrypted are not saved', async () => {
    const encryptStringAsync = () => Promise.reject(new Error('locked'))
    const vault = await open({ ...createSafeStorageDouble({}), encryptStringAsync })
    expect(await vault.save(KEYS)).toMatchObject({ ok: false, failure: { code: 'vault-locked' } })
    expect(await readdir(folder)).toEqual([])
  })

  test.each([['no JSON'], ['{"version":2,"entries":[]}'], ['{"version":1,"entries":[{"id":1}]}']])(
    'a damaged file is set aside: %s',
    async (text) => {
      await writeFile(file, text)
      const vault = await open()
      expect(await vault.list()).toEqual([])
      expect(await readFile(`${file}.damaged`, 'utf8')).toBe(text)
      expect((await vault.save(KEYS)).ok).toBe(true)
    },
  )
})
