/** settings.json: read once, written whole. A damaged file is set aside, never overwritten unseen. */
import { mkdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { failed, type Outcome, success } from '../../../shared/failure.ts'
import { parsePolicy } from '../../../shared/policy.ts'
import { DEFAULT_SETTINGS, type Settings, settingsSchema } from '../../../shared/settings.ts'
import { mapDiskError } from '../../engine/disk/disk-error.ts'
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
    const written = takeOver(next, settings, await peekAtSettings(path))
    try {
      await mkdir(dirname(path), { recursive: true })
      await writeWholeFile(path, `${JSON.stringify(written, null, 2)}\n`)
    } catch (error) {
      return failed(mapDiskError(error, path))
    }
    settings = written
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
      // One after the other: what the first changes, the second may change back.
      const written = writing.then(() => writeFile(next))
      writing = written
      return written
    },
  }
}

/**
 * `next`, merged with what another program on this folder has
 * written since: of each setting, the one that changed it wins.
 */
function takeOver(next: Settings, known: Settings, written: Settings | undefined): Settings {
  if (!written) return next
  const isKept = (name: keyof Settings): boolean => isDeepStrictEqual(next[name], known[name])
  const kept = Object.entries(written).filter(([name]) => isKept(name as keyof Settings))
  return { ...next, ...Object.fromEntries(kept) }
}

/** Undefined where there are none, or none that can be read now. */
const peekAtSettings = (path: string): Promise<Settings | undefined> =>
  readFile(path).then(
    (bytes) => parseSettings(decodeText(bytes)),
    () => undefined,
  )

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
