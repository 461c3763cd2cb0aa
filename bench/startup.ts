/**
 * `npm run bench -- startup`: from starting the program to a form
 * that takes what is typed, and the command line's own start.
 *
 * The window is what a machine without a display gets: the built program serving it, Chromium showing it in a fresh
 * profile. The browser runs already: its own start is not the program's.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { findBrowser } from '../e2e/find-browser.ts'
import { newDownloadPage } from '../e2e/model/new-download-page.ts'
import { startProgram } from '../e2e/support/program.ts'
import { BROWSER_ARGUMENTS } from '../e2e/support/workshop.ts'
import { measure } from './measure.ts'
import { median } from './report.ts'
import { replaceBetweenMarks, table } from './report-text.ts'

export const STARTUP_USAGE = `npm run bench -- startup
  start of the program to a usable form, and of the command line; takes half a minute`

const ROUNDS = 11
const TARGETS = { form: 1.5, version: 0.4 }
const ROOT = join(import.meta.dirname, '..')
const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md')
const TYPED = 's3://era5/e5.oper.an.pl/202510/'

/** Resolves to whether both targets are met. */
export async function runStartup(signal: AbortSignal): Promise<boolean> {
  const executablePath = findBrowser()
  if (!executablePath) throw new Error('no browser: run npm test, which sees to one')
  const load = loadavg()[0] ?? 0
  const folder = mkdtempSync(join(tmpdir(), 'longhaul-startup-'))
  const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
  try {
    const form: number[] = []
    const served: number[] = []
    const version: number[] = []
    const cli = { path: process.execPath, args: [join(ROOT, 'out', 'main', 'cli.cjs'), '--version'] }
    for (let round = 0; round < ROUNDS; round++) {
      signal.throwIfAborted()
      const home = join(folder, `home-${round}`)
      mkdirSync(home)
      const window = await openForm(browser, home)
      served.push(window.servedSeconds)
      form.push(window.formSeconds)
      version.push((await measure(cli, home, signal)).wallSeconds)
    }
    const rows = [
      row('start to a form that takes what is typed', form, TARGETS.form),
      row('- of this: until the program serves the window', served),
      row('`longhaul --version`', version, TARGETS.version),
    ]
    const text =
      `${new Date().toISOString().slice(0, 10)}: medians of ${ROUNDS} starts, each with a fresh home and browser profile. ` +
      `Load of the machine before the start: ${load.toFixed(1)}.\n\n` +
      table(['seconds', 'median', 'fastest - slowest', 'target', ''], rows)
    process.stdout.write(`${text}\n`)
    writeFileSync(DOCUMENT, replaceBetweenMarks(readFileSync(DOCUMENT, 'utf8'), 'startup', text))
    return medianOf(form) < TARGETS.form && medianOf(version) < TARGETS.version
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function openForm(browser: Browser, home: string): Promise<{ servedSeconds: number; formSeconds: number }> {
  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  const startedAt = performance.now()
  const secondsSince = (): number => (performance.now() - startedAt) / 1000
  const program = await startProgram(home)
  try {
    const servedSeconds = secondsSince()
    await page.goto(program.address, { waitUntil: 'commit' })
    // Playwright's own waiting looks every half second in the end: too coarse here.
    await page.waitForFunction(() => document.querySelector('main input:enabled') !== null, undefined, {
      polling: 'raf',
    })
    const form = newDownloadPage(page)
    await form.pasteAddress(TYPED)
    if ((await form.address()) !== TYPED) throw new Error('the form did not take what was typed')
    return { servedSeconds, formSeconds: secondsSince() }
  } finally {
    await context.close()
    await program.stop()
  }
}

const row = (name: string, seconds: number[], target?: number): string[] => [
  name,
  medianOf(seconds).toFixed(2),
  `${Math.min(...seconds).toFixed(2)} - ${Math.max(...seconds).toFixed(2)}`,
  target === undefined ? '' : `< ${target}`,
  target === undefined ? '' : medianOf(seconds) < target ? 'reached' : 'NOT reached',
]

const medianOf = (seconds: readonly number[]): number => median(seconds) ?? Number.NaN
