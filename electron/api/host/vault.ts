/** Keeps access keys. The desktop host brings one backed by the operating system; this one forgets at the end. */
import { randomUUID } from 'node:crypto'
import type { Outcome } from '../../../shared/failure.ts'
import { failed, success } from '../../../shared/failure.ts'

export type AccessKeys = {
  /** What the user calls them. */
  label: string
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

export type Vault = {
  kind: 'os' | 'session'
  /** Returns the id that specs name. */
  save(keys: AccessKeys): Promise<Outcome<string>>
  read(id: string): Promise<Outcome<AccessKeys>>
  list(): Promise<Array<{ id: string; label: string }>>
  forget(id: string): Promise<void>
}

/** In memory until the program ends, for hosts without a vault of the operating system. */
export function createSessionVault(): Vault {
  const entries = new Map<string, AccessKeys>()
  return {
    kind: 'session',
    async save(keys) {
      const id = randomUUID()
      entries.set(id, keys)
      return success(id)
    },
    async read(id) {
      const keys = entries.get(id)
      return keys ? success(keys) : failed({ class: 'credentials', code: 'vault-entry-missing' })
    },
    list: async () => [...entries].map(([id, { label }]) => ({ id, label })),
    async forget(id) {
      entries.delete(id)
    },
  }
}
