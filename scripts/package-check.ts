/**
 * `npm run package:check`: packs the Windows and the Linux program over a stand-in for Electron and reads back what was
 * written.
 * Needs nothing from the network. What only a real Electron or a real installer can show is listed as skipped.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { extractAll, extractFile } from '@electron/asar'
import { ensureBuilt, root } from './ensure-built.ts'
import {
  asarOf,
  filesOf,
  fusesOf,
  headerHashOf,
  isAllowed,
  leftByUninstaller,
  picturesOfIcon,
  REQUIRED,
  resourcesOf,
} from './packaging/packed-program.ts'
import { makeStandInElectron, type PackedSystem } from './packaging/stand-in-electron.ts'
import { LICENSES_FILE } from './packaging/write-licenses.ts'

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

/** The same as in electron-builder.yml, on purpose in a second place: opening one has to be meant. */
const FUSES = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
}

const SKIPPED: ReadonlyArray<[what: string, why: string]> = [
  ['that the program starts, and that Electron obeys fuses and hash', 'needs the real Electron binary'],
  ['the NSIS installer', 'needs the NSIS plug-ins of electron-builder, from the network'],
  ['AppImage, deb and dmg', 'need their tools from the network, or macOS'],
]

let passed = 0
let failures = 0
const work = mkdtempSync(join(tmpdir(), 'longhaul-package-'))
try {
  const isBuilt = await ensureBuilt()
  expect('the program is built', isBuilt, true)
  if (isBuilt && pack('win')) await checkWindows(join(work, 'dist', 'win-unpacked'))
  if (isBuilt && pack('linux')) await checkLinux(join(work, 'dist', 'linux-unpacked'))
} finally {
  rmSync(work, { recursive: true, force: true })
}
for (const [what, why] of SKIPPED) console.log(`  skip  ${what}: ${why}`)
console.log(`package check: ${passed} passed, ${failures} failed, ${SKIPPED.length} skipped`)
process.exitCode = failures > 0 ? 1 : 0

function pack(system: PackedSystem): boolean {
  const electron = join(work, `electron-${system}`)
  makeStandInElectron(root, electron, system)
  const args = [`--${system}`, 'dir', '--x64', '--publish', 'never', '--config', 'electron-builder.yml']
  const overrides = [`-c.electronDist=${electron}`, `-c.directories.output=${join(work, 'dist')}`]
  const result = spawnSync(
    process.execPath,
    [join(root, 'node_modules', 'electron-builder', 'cli.js'), ...args, ...overrides],
    {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, CSC_IDENTITY_AUTO_DISCOVERY: 'false' },
    },
  )
  if (result.status !== 0) console.log(result.stdout + result.stderr)
  expect(`electron-builder packs it (${system})`, result.status, 0)
  return result.status === 0
}

async function checkWindows(folder: string): Promise<void> {
  checkFolder(folder)
  expect('the command for terminals lies in bin', namesIn(folder, 'bin'), ['edit-path.ps1', 'longhaul.cmd'])
  expect('uninstalling leaves nothing of it', leftByUninstaller(folder, join(root, 'assets', 'installer.nsh')), [])
  checkArchive(asarOf(folder))
  checkResources(join(folder, 'Longhaul.exe'), asarOf(folder))
  expect('every fuse stands as wanted', await fusesOf(join(folder, 'Longhaul.exe')), FUSES)
  checkCommandLine(asarOf(folder))
}

async function checkLinux(folder: string): Promise<void> {
  checkFolder(folder)
  expect('nothing of Windows is in it', namesIn(folder, 'bin'), [])
  checkArchive(asarOf(folder))
  expect('every fuse stands as wanted', await fusesOf(join(folder, 'longhaul')), FUSES)
}

function checkFolder(folder: string): void {
  expect('resources hold the archive and nothing beside it', namesIn(folder, 'resources'), ['app.asar'])
  const licenses = join(folder, LICENSES_FILE)
  const text = existsSync(licenses) ? readFileSync(licenses, 'utf8') : ''
  expect('the licenses of what is bundled lie beside it', text.includes('react-dom') && text.includes('Apache'), true)
  expect('only our two languages are shipped', namesIn(folder, 'locales'), ['en-US.pak', 'zh-CN.pak'])
}

/** Sorted; none of a folder that is not there. */
function namesIn(folder: string, name: string): string[] {
  return existsSync(join(folder, name)) ? readdirSync(join(folder, name)).sort() : []
}

function checkArchive(asar: string): void {
  const files = filesOf(asar)
  expect(
    'nothing is packed that is not on the list',
    files.filter((file) => !isAllowed(file)),
    [],
  )
  expect(
    'nothing is missing',
    REQUIRED.filter((file) => !files.includes(file)),
    [],
  )
  const packed = JSON.parse(extractFile(asar, 'package.json').toString('utf8'))
  expect(
    'package.json names the entry',
    [packed.main, packed.type, packed.version],
    ['out/main/entry.mjs', 'module', version],
  )
  const differing = files.filter(
    (file) =>
      file !== 'package.json' && !extractFile(asar, join(...file.split('/'))).equals(readFileSync(join(root, file))),
  )
  expect('every file is the one that was built', differing, [])
}

function checkResources(program: string, asar: string): void {
  const { words, pictures, integrity } = resourcesOf(program)
  expect('the program bears its name', [words.ProductName, words.FileDescription], ['Longhaul', 'Longhaul'])
  expect('the program bears its version', [words.FileVersion, words.ProductVersion], [version, `${version}.0`])
  const largest = (of: typeof pictures) => of.find(({ side }) => side === 256)?.bytes.toString('base64')
  const icon = largest(picturesOfIcon(join(root, 'assets', 'icon.ico')))
  expect('the icon file has 256 px', icon === undefined, false)
  expect('the program bears the icon', largest(pictures) === icon, true)
  expect('the archive is sealed by its hash', integrity, [
    { file: 'resources\\app.asar', alg: 'SHA256', value: headerHashOf(asar) },
  ])
}

/** From a folder that has no packages but an empty Electron: proves that the bundle is whole. */
function checkCommandLine(asar: string): void {
  const folder = join(work, 'extracted')
  extractAll(asar, folder)
  const electron = join(folder, 'node_modules', 'electron')
  mkdirSync(electron, { recursive: true })
  writeFileSync(join(electron, 'index.js'), 'module.exports = { app: {} }')
  const run = (...args: string[]) =>
    spawnSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      env: { ...process.env, LONGHAUL_STATE_FOLDER: join(work, 'state') },
    })
  const alone = run(join('out', 'main', 'cli.cjs'), '--version')
  expect('the packed command line starts alone', alone.stdout?.trim(), version)
  // As Electron does: it goes on to look for a display once the entry is evaluated.
  const likeElectron = ['--input-type=module', '--eval', "await import('./out/main/entry.mjs'); process.exit(99)", '--']
  const listing = ['ls', 's3://bucket/prefix', '--endpoint-url', 'http://127.0.0.1:9', '--no-sign-request']
  const refused = run(...likeElectron, ...listing)
  expect('Electron waits for a command, which speaks S3 (nobody listens: exit code 4)', refused.status, 4)
}

function expect(what: string, actual: unknown, wanted: unknown): void {
  const isRight = isDeepStrictEqual(actual, wanted)
  console.log(`  ${isRight ? 'pass' : 'FAIL'}  ${what}`)
  if (!isRight) console.log(`        wanted ${JSON.stringify(wanted)}\n        got    ${JSON.stringify(actual)}`)
  if (isRight) passed++
  else failures++
}
