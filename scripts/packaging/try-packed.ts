/**
 * Runs the program that electron-builder packed into dist/ with the real Electron: what no stand-in can prove.
 * `node scripts/run.mjs packaging/try-packed.ts`, after `electron-builder --dir`. Needs no display.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { leftByUninstaller } from './packed-program.ts'

const DEMO_TIMEOUT_MS = 180_000
const dist = join(import.meta.dirname, '..', '..', 'dist')
const program = findProgram()
/** As people call it: by the command in `bin` on Windows, by the program's own name elsewhere. */
const command = process.platform === 'win32' ? join(dirname(program), 'bin', 'longhaul.cmd') : program
const archive = join(
  dirname(program),
  process.platform === 'darwin' ? join('..', 'Resources', 'app.asar') : join('resources', 'app.asar'),
)
const stateFolder = mkdtempSync(join(tmpdir(), 'longhaul-packed-'))
let failures = 0

check('it knows its version, from inside its archive', () => {
  const { status, stdout } = run(['--version'])
  return status === 0 && stdout.trim() === packageJson.version
})
check('it does its main job: workers, sockets, journal and checks, with every fuse blown', () => {
  return run(['demo', '--size', '64MiB']).status === 0
})
check('a usage mistake comes back as exit code 2', () => run(['get', 'not-an-address']).status === 2)
if (process.platform !== 'win32') {
  check('an interrupt comes back as exit code 130, not as a quit of Electron', () => {
    const { status } = run(['demo', '--size', '8GiB'], {}, { timeout: 5000, killSignal: 'SIGINT' })
    return status === 130
  })
}
check('ELECTRON_RUN_AS_NODE and NODE_OPTIONS change nothing', () => {
  const { status, stdout } = run(['--version'], { ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '--no-such-option' })
  return status === 0 && stdout.trim() === packageJson.version
})
if (process.platform === 'win32') {
  check('uninstalling it leaves nothing behind', () => {
    const left = leftByUninstaller(dirname(program), join(dist, '..', 'assets', 'installer.nsh'))
    if (left.length > 0) console.log(`assets/installer.nsh does not name ${left.join(', ')}`)
    return left.length === 0
  })
}
// Electron checks the archive on Windows and macOS only.
if (process.platform !== 'linux') {
  check('one changed word in the archive, and it does not start', () =>
    withChangedWord(() => run(['--version']).status !== 0),
  )
}

rmSync(stateFolder, { recursive: true, force: true })
console.log(failures === 0 ? 'packed program: all well' : `packed program: ${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1

function check(sentence: string, holds: () => boolean): void {
  const isRight = holds()
  if (!isRight) failures++
  console.log(`${isRight ? 'passed' : 'FAILED'}  ${sentence}`)
}

function run(
  args: string[],
  environment: NodeJS.ProcessEnv = {},
  end: { timeout?: number; killSignal?: 'SIGINT' } = {},
) {
  const result = spawnSync(process.platform === 'win32' ? `"${command}"` : command, args, {
    encoding: 'utf8',
    // A .cmd file runs in a shell only. None of these arguments means anything to it.
    shell: process.platform === 'win32',
    timeout: DEMO_TIMEOUT_MS,
    ...end,
    env: { ...process.env, LONGHAUL_STATE_FOLDER: stateFolder, ...environment },
  })
  if (result.error) console.log(String(result.error))
  if (result.status !== 0 && result.stderr) console.log(result.stderr.split('\n').slice(-20).join('\n'))
  return result
}

/** Of the same length and harmless, so that nothing but the integrity check can object. */
function withChangedWord(holds: () => boolean): boolean {
  const original = readFileSync(archive)
  const at = original.indexOf('Downloads huge S3 prefixes')
  if (at < 0) throw new Error('the word to change is not in the archive')
  const changed = Buffer.from(original)
  changed.write('downloads', at)
  try {
    writeFileSync(archive, changed)
    return holds()
  } finally {
    writeFileSync(archive, original)
  }
}

function findProgram(): string {
  const inApp = join('Longhaul.app', 'Contents', 'MacOS', 'Longhaul')
  const candidates = {
    win32: [join('win-unpacked', 'Longhaul.exe')],
    darwin: [join(process.arch === 'arm64' ? 'mac-arm64' : 'mac', inApp)],
    linux: [join('linux-unpacked', 'longhaul')],
  }[process.platform as string]
  const found = candidates?.map((path) => join(dist, path)).find((path) => existsSync(path))
  if (!found) throw new Error(`nothing is packed for this system in ${dist}: run electron-builder --dir first`)
  return found
}
