/** The built program as a user has it: a process of its own, its own home, its own state; it can be killed for real. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const CLI = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.cjs')

export type Program = {
  /** With the token, as it is printed; empty in Electron. */
  address: string
  /** Everything it has printed. */
  log(): string
  /** No chance to tidy up. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Nothing of the machine's own user is seen or touched. */
export const environmentOf = (home: string): NodeJS.ProcessEnv => ({
  ...process.env,
  HOME: home,
  USERPROFILE: home,
  LONGHAUL_STATE_FOLDER: join(home, 'state'),
  LANG: 'zh_CN.UTF-8',
})

/** Serves the window on loopback. `home` also holds the state, so that a second start finds what the first has left. */
export async function startProgram(home: string): Promise<Program> {
  const child = spawn(process.execPath, [CLI, 'web', '--no-open', '--port', '0'], { env: environmentOf(home) })
  let log = ''
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk.toString()
      const found = /http:\/\/\S+#token=\S+/.exec(log)
      if (found) resolve(found[0])
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', (code) => reject(new Error(`the program ended with ${code}: ${log}`)))
  })
  return { address, log: () => log, kill: () => end(child, 'SIGKILL'), stop: () => end(child, 'SIGTERM') }
}

function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
