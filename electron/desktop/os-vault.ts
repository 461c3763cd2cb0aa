/**
 * Access keys, encrypted by the operating system (DPAPI, Keychain, libsecret or KWallet) and kept in one file.
 * Where the system has no secure storage, nothing is written: the keys are kept in memory until the program ends.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rename } from 'node:fs/promises'
import type { SafeStorage } from 'electron'
import { z } from 'zod'
import { failed, success } from '../../shared/failure.ts'
import { type AccessKeys, createSessionVault, type Vault } from '../api/host/vault.ts'
import { writeWholeFile } from '../api/host/write-whole-file.ts'

export type OsVaultOptions = {
  safeStorage: Pick<
    SafeStorage,
    'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
  >
  platform: NodeJS.Platform
  /** Holds labels in plain text and everything else encrypted. */
  file: string
  logProblem(where: string, error: unknown): void
}

const entrySchema = z.object({ id: z.string(), label: z.string(), encrypted: z.base64() })
const fileSchema = z.object({ version: z.literal(1), entries: z.array(entrySchema) })
const keysSchema = z.object({
  accessKeyId: z.string(),
  secretAccessKey: z.string(),
  sessionToken: z.string().optional(),
})
type Entry = z.infer<typeof entrySchema>

export async function openVault(options: OsVaultOptions): Promise<Vault> {
  return (await canEncrypt(options)) ? openOsVault(options) : createSessionVault()
}

/** On Linux without a keyring Electron encrypts with a password from its source code, which protects nothing. */
async function canEncrypt({ safeStorage, platform, logProblem }: OsVaultOptions): Promise<boolean> {
  try {
    if (!(await safeStorage.isAsyncEncryptionAvailable())) return false
  } catch (error) {
    logProblem('vault', error)
    return false
  }
  return platform !== 'linux' || !['basic_text', 'unknown'].includes(safeStorage.getSelectedStorageBackend())
}

async function openOsVault({ safeStorage, file, logProblem }: OsVaultOptions): Promise<Vault> {
  let entries = await readEntries(file, logProblem)
  // Saves run one after the other, so that none overwrites another's entry.
  let lastWrite: Promise<unknown> = Promise.resolve()
  const change = (next: (now: Entry[]) => Entry[]): Promise<void> => {
    const write = lastWrite.then(async () => {
      const changed = next(entries)
      await writeWholeFile(file, `${JSON.stringify({ version: 1, entries: changed }, null, 1)}\n`, 0o600)
      entries = changed
    })
    lastWrite = write.catch(() => {})
    return write
  }

  return {
    kind: 'os',
    async save({ label, ...keys }) {
      const id = randomUUID()
      let encrypted: string
      try {
        encrypted = (await safeStorage.encryptStringAsync(JSON.stringify(keys))).toString('base64')
      } catch (error) {
        logProblem('vault', error)
        return failed({ class: 'credentials', code: 'vault-locked' })
      }
      try {
        await change((now) => [...now, { id, label, encrypted }])
      } catch (error) {
        return failed({ class: 'disk', code: (error as NodeJS.ErrnoException).code ?? 'vault', subject: file })
      }
      return success(id)
    },
    async read(id) {
      const entry = entries.find((one) => one.id === id)
      if (!entry) return failed({ class: 'credentials', code: 'vault-entry-missing' })
      try {
        const { result } = await safeStorage.decryptStringAsync(Buffer.from(entry.encrypted, 'base64'))
        const keys = keysSchema.parse(JSON.parse(result))
        return success<AccessKeys>({ label: entry.label, ...keys })
      } catch (error) {
        logProblem('vault', error instanceof SyntaxError ? new Error('a vault entry does not decrypt to JSON') : error)
        return failed({ class: 'credentials', code: 'vault-locked' })
      }
    },
    list: async () => entries.map(({ id, label }) => ({ id, label })),
    forget: (id) => change((now) => now.filter((entry) => entry.id !== id)),
  }
}

/** A damaged file is renamed, not overwritten: its entries may still be recoverable. */
async function readEntries(file: string, logProblem: OsVaultOptions['logProblem']): Promise<Entry[]> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') logProblem('vault', error)
    return []
  }
  try {
    return fileSchema.parse(JSON.parse(text)).entries
  } catch {
    logProblem('vault', new Error(`a damaged vault file lies at ${file}.damaged`))
    await rename(file, `${file}.damaged`).catch((error) => logProblem('vault', error))
    return []
  }
}
