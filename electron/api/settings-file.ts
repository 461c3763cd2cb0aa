/** settings.json: read once, written whole. A damaged file is set aside, never overwritten unseen. */
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { failed, type Outcome, success } from '../../shared/failure.ts'
import { parsePolicy } from '../../shared/policy.ts'
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../shared/settings.ts'
import { mapDiskError } from '../engine/disk/disk-error.ts'
import { decodeText } from './decode-text.ts'
import { writeWholeFile } from './write-whole-file.ts'

export type SettingsFile = {
  current(): Settings
  /** Waits for a writing under way: a page that is loaded again at once must not show what was before. */
  read(): Promise<Settings>
  write(settings: Settings): Promise<Outcome<Settings>>
  /** Where a damaged file lies now; absent when there was none. */
  readonly setAside?: string
}

export async function openSettingsFile(stateFolder: string): Promise<SettingsFile> {
  const path = join(stateFolder, 'settings.json')
  const found = await readSettings(path)
  let settings = found.settings
  let writing: Promise<unknown> = Promise.resolve()

  async function writeFile(next: Settings): Promise<Outcome<Settings>> {
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeWholeFile(path, `${JSON.stringify(next, null, 2)}\n`)
    } catch (error) {
      return failed(mapDiskError(error, path))
    }
    settings = next
    return success(settings)
  }

  return {
    ...(found.setAside ? { setAside: found.setAside } : {}),
    current: () => settings,
    async read() {
      await writing
      return settings
    },
    async write(next) {
      const policy = parsePolicy(next.policy)
      if (!policy.ok) return policy
      const written = writeFile(next)
      writing = written
      return written
    },
  }
}

async function readSettings(path: string): Promise<{ settings: Settings; setAside?: string }> {
  let text: string
  try {
    text = decodeText(await readFile(path))
  } catch {
    return { settings: DEFAULT_SETTINGS }
  }
  const settings = parseSettings(text)
  if (settings) return { settings }
  const setAside = `${path}.damaged`
  await rename(path, setAside).catch(() => {})
  return { settings: DEFAULT_SETTINGS, setAside }
}

function parseSettings(text: string): Settings | undefined {
  try {
    return settingsSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
