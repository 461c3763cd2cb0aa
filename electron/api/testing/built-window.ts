/** A built window of two files, in a folder where a link leads out of it, to a secret beside it. */
import { mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** `folder`: all of it, for the test to remove. `renderer`: what may be served. */
export async function makeBuiltWindow(): Promise<{ folder: string; renderer: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'longhaul-window-'))
  const renderer = join(folder, 'renderer')
  await mkdir(join(renderer, 'assets'), { recursive: true })
  await writeFile(join(renderer, 'index.html'), '<!doctype html><title>Longhaul</title>')
  await writeFile(join(renderer, 'assets', 'main-abc123.js'), 'export {}')
  await writeFile(join(folder, 'secret.json'), '{}')
  await symlink(join(folder, 'secret.json'), join(renderer, 'link.json'))
  return { folder, renderer }
}
