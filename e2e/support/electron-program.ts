/** The desktop host in real Electron: the same built program, its own window instead of a browser's page. */
import { join } from 'node:path'
import { _electron, type BrowserContext, type Page } from 'playwright-core'
import { findElectron } from './hosts.ts'
import { environmentOf, type Program } from './program.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** A job under way makes the program ask before it leaves; nobody answers here. */
const PATIENCE_MS = 5000

export type ElectronProgram = Program & { context: BrowserContext; window(): Promise<Page> }

export async function startElectron(home: string): Promise<ElectronProgram> {
  const executablePath = findElectron()
  if (!executablePath) throw new Error("Electron's binary is not here: npx install-electron")
  // Chromium refuses its sandbox to root, in containers for instance.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const app = await _electron.launch({
    executablePath,
    args: [...root, ROOT],
    cwd: ROOT,
    env: environmentOf(home) as Record<string, string>,
  })
  const child = app.process()
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let log = ''
  const read = (chunk: Buffer) => {
    log += chunk.toString()
  }
  child.stdout?.on('data', read)
  child.stderr?.on('data', read)
  const kill = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await exit
  }
  return {
    address: '',
    log: () => log,
    context: app.context(),
    window: () => app.firstWindow(),
    kill,
    async stop() {
      const timer = setTimeout(kill, PATIENCE_MS)
      await app.close().catch(() => {})
      clearTimeout(timer)
      await kill()
    },
  }
}
