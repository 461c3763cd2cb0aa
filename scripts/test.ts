/** `npm test`: everything, on a machine that has just run `npm ci`. Ends with one line that counts. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBrowser } from './ensure-browser.ts'
import { ensureBuilt, root } from './ensure-built.ts'

type Count = { passed: number; failed: number; skipped: number }
const total: Count = { passed: 0, failed: 0, skipped: 0 }
const reports = mkdtempSync(join(tmpdir(), 'longhaul-test-'))
const bin = (name: string, file: string) => join(root, 'node_modules', name, file)

step('format, lint, layers', () => command([bin('@biomejs/biome', 'bin/biome'), 'check', '.']))
for (const project of ['shared', 'electron', 'renderer', 'e2e']) {
  step(`types of ${project}/`, () => command([bin('typescript', 'bin/tsc'), '-p', project]))
}
step('dead code', () => command([bin('knip', 'bin/knip.js')]))
step('unit and conformance tests', () => vitest('unit', []))

const { browser, hasChineseFont } = ensureBrowser()
const isBuilt = await ensureBuilt()
step('build', () => ({ passed: isBuilt ? 1 : 0, failed: isBuilt ? 0 : 1, skipped: 0 }))
if (!hasChineseFont) console.log('no Chinese font: screenshots of the tests show boxes')
if (!browser) skip('end-to-end tests', 'no Chrome, Edge or Chromium on this machine')
else if (isBuilt) step(`end-to-end tests in ${browser}`, () => vitest('e2e', ['--config', 'e2e/vitest.config.ts']))
if (isBuilt) step('packaging check', packageCheck)

rmSync(reports, { recursive: true, force: true })
console.log(`\ntests: ${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
process.exitCode = total.failed > 0 ? 1 : 0

function step(name: string, run: () => Count): void {
  const startedAt = Date.now()
  console.log(`\n== ${name}`)
  const count = run()
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  const seconds = Math.round((Date.now() - startedAt) / 1000)
  console.log(`== ${name}: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped (${seconds} s)`)
}

function skip(name: string, why: string): void {
  console.log(`\n== ${name}: skipped, ${why}`)
  total.skipped++
}

function command(args: string[]): Count {
  const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] })
  return result.status === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }
}

function vitest(name: string, args: string[]): Count {
  const file = join(reports, `${name}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const ran = command([bin('vitest', 'vitest.mjs'), 'run', ...args, ...reporters])
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const failed = Math.max(report.numFailedTests, ran.failed)
    return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function packageCheck(): Count {
  const args = [join(root, 'scripts', 'package-check.ts')]
  const result = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  process.stdout.write(result.stdout)
  const line = /package check: (\d+) passed, (\d+) failed, (\d+) skipped/.exec(result.stdout)
  if (!line) return { passed: 0, failed: 1, skipped: 0 }
  const [passed = 0, failed = 0, skipped = 0] = line.slice(1).map(Number)
  return { passed, failed: result.status === 0 ? failed : Math.max(1, failed), skipped }
}
