/**
 * Pictures of the real program at work: `node e2e/screenshots.ts`. Form, running, rebuilding, finished
 * and settings, in both languages and themes at two window sizes, go to e2e/artifacts/window/.
 * `--docs` lets the job run longer, with a rebuild on the way, and puts a pair for the READMEs into
 * docs/images/. One and a half minutes and 2 GB of disk, or four and 9 GB; the disk is given back.
 */
/* biome-ignore-all lint/suspicious/noConsole: its output is its result. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { startFaultServer } from '../electron/engine/testing/fault-server/fault-server.ts'
import { createEra5Objects, ERA5_PREFIX } from '../electron/engine/testing/objects/era5-objects.ts'
import { connectionSpeed } from '../electron/engine/testing/weather/line.ts'
import { ensureBuilt } from '../scripts/ensure-built.ts'
import { findBrowser } from './find-browser.ts'
import { jobPage } from './model/job-page.ts'
import { newDownloadPage } from './model/new-download-page.ts'
import { type Language, WORDS } from './model/words.ts'
import { startProgram } from './support/program.ts'
import { BROWSER_ARGUMENTS } from './support/workshop.ts'

const MEGABYTE = 1_000_000
const OUTPUT = join(import.meta.dirname, 'artifacts', 'window')
const DOCS = join(import.meta.dirname, '..', 'docs', 'images')
const SIZES = [
  { width: 1440, height: 900 },
  { width: 900, height: 640 },
]
const isForDocs = process.argv.includes('--docs')
/** So that the chart has something to show. */
const RUN_BEFORE_PICTURES_MS = isForDocs ? 75_000 : 15_000
const TOTAL_BYTES = (isForDocs ? 9000 : 2000) * MEGABYTE
const OBJECT_BYTES = (isForDocs ? 120 : 50) * MEGABYTE

const executablePath = findBrowser()
if (!executablePath || !(await ensureBuilt())) {
  console.error(executablePath ? 'the build failed' : 'no browser: run npm test, which sees to one')
  process.exit(1)
}
const home = mkdtempSync(join(tmpdir(), 'longhaul-window-'))
// Pictures are nicer with a short path, but nobody's folder is taken for them.
const short = join(tmpdir(), 'era5')
const parent = existsSync(short) ? home : short
const objects = createEra5Objects({ totalBytes: TOTAL_BYTES, objectBytes: OBJECT_BYTES })
const weather = [connectionSpeed(1.6 * MEGABYTE)]
const server = await startFaultServer({ buckets: { 'era5-mirror': objects }, weather, seed: 3 })
const program = await startProgram(home)
const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
try {
  mkdirSync(OUTPUT, { recursive: true })
  const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })
  // Nine gigabytes take their time on a busy disk.
  context.setDefaultTimeout(200_000)
  const page = await context.newPage()
  await page.goto(program.address)
  await takeForm(page)
  await takeJob(page)
  await page.getByRole('button', { name: WORDS.zh.settings, exact: true }).click()
  await page.getByRole('heading', { name: WORDS.zh.settings, level: 1 }).waitFor()
  await takeAll(page, 'settings')
} finally {
  await browser.close()
  await program.stop()
  await server.close()
  rmSync(home, { recursive: true, force: true })
  if (parent === short) rmSync(short, { recursive: true, force: true })
}

async function takeForm(page: Page): Promise<void> {
  await page.getByRole('heading', { name: WORDS.zh.newDownload }).waitFor()
  await takeAll(page, 'form-first-start')
  const form = newDownloadPage(page)
  await form.pasteAddress(`${server.endpointUrl}/era5-mirror/${ERA5_PREFIX}`)
  await form.setFolder(join(parent, '202510'))
  await form.previewShows(objects.length)
  await takeAll(page, 'form')
}

async function takeJob(page: Page): Promise<void> {
  const job = jobPage(page)
  await newDownloadPage(page).start()
  await job.banner('running')
  await page.waitForTimeout(RUN_BEFORE_PICTURES_MS)
  await rebuildPool(page, 'zh')
  await page.waitForTimeout(RUN_BEFORE_PICTURES_MS)
  await takeAll(page, 'running')
  if (isForDocs) keepForDocs()
  await takeAll(page, 'rebuilding', (language) => rebuildPool(page, language))
  server.setWeather([])
  await job.banner('completed')
  await takeAll(page, 'finished')
}

function keepForDocs(): void {
  mkdirSync(DOCS, { recursive: true })
  copyFileSync(join(OUTPUT, 'running.zh.light.1440.png'), join(DOCS, 'window.png'))
  copyFileSync(join(OUTPUT, 'running.en.light.1440.png'), join(DOCS, 'window-en.png'))
}

/** By the button; back as soon as the window says that it has begun. */
async function rebuildPool(page: Page, language: Language): Promise<void> {
  const words = WORDS[language]
  const banner = page.locator('.lh-banner').getByText(words.rebuilding).first()
  if (await banner.isVisible()) return
  await page.getByRole('button', { name: words.more }).click()
  await page.getByRole('menuitem', { name: words.rebuildPool }).click()
  await banner.waitFor()
}

/** `prepare` brings the state about again when it may have passed meanwhile. */
async function takeAll(page: Page, name: string, prepare?: (language: Language) => Promise<void>): Promise<void> {
  for (const language of ['en', 'zh'] as const) {
    await page.getByText(language === 'zh' ? '中' : 'EN', { exact: true }).click()
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const size of SIZES) {
        await page.setViewportSize(size)
        await page.mouse.move(0, 0)
        await page.waitForTimeout(400)
        await prepare?.(language)
        await page.screenshot({ path: join(OUTPUT, `${name}.${language}.${colorScheme}.${size.width}.png`) })
      }
    }
  }
  console.log(`${name}: 8 pictures`)
}
