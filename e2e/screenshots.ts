/**
 * Pictures of the real program at work: `node e2e/screenshots.ts`. Form, running, rebuilding, finished and settings, in both
 * languages and themes at two window sizes, go to e2e/artifacts/window/. A fresh pair for the READMEs is taken on the
 * way: `--docs` puts it into docs/images/ as well. Takes about two minutes and 2 GB of disk, which it gives back.
 */
/* biome-ignore-all lint/suspicious/noConsole: its output is its result. */
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { createEra5Objects, ERA5_PREFIX } from '../electron/engine/testing/era5-objects.ts'
import { startFaultServer } from '../electron/engine/testing/fault-server.ts'
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
/** So that the chart has something to show. */
const RUN_BEFORE_PICTURES_MS = 30_000

const executablePath = findBrowser()
if (!executablePath || !(await ensureBuilt())) {
  console.error(executablePath ? 'the build failed' : 'no browser: run npm test, which sees to one')
  process.exit(1)
}
const home = mkdtempSync(join(tmpdir(), 'longhaul-window-'))
// Pictures are nicer with a short path, but nobody's folder is taken for them.
const short = join(tmpdir(), 'era5')
const parent = existsSync(short) ? home : short
const objects = createEra5Objects({ totalBytes: 2000 * MEGABYTE, objectBytes: 50 * MEGABYTE })
const weather = [connectionSpeed(1.6 * MEGABYTE)]
const server = await startFaultServer({ buckets: { 'era5-mirror': objects }, weather, seed: 3 })
const program = await startProgram(home)
const browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
try {
  mkdirSync(OUTPUT, { recursive: true })
  const context = await browser.newContext({ locale: 'zh-CN', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.goto(program.address)
  await takeForm(page)
  await takeJob(page)
  await page.getByRole('button', { name: WORDS.zh.settings }).click()
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
  await takeAll(page, 'running')
  if (process.argv.includes('--docs')) {
    mkdirSync(DOCS, { recursive: true })
    for (const [language, name] of [
      ['zh', 'window.png'],
      ['en', 'window-en.png'],
    ] as const) {
      copyFileSync(join(OUTPUT, `running.${language}.light.1440.png`), join(DOCS, name))
    }
  }
  await takeAll(page, 'rebuilding', async (language) => {
    const banner = page.getByText(WORDS[language].rebuilding).first()
    if (await banner.isVisible()) return
    await page.getByRole('button', { name: WORDS[language].more }).click()
    await page.getByRole('menuitem', { name: WORDS[language].rebuildPool }).click()
    await banner.waitFor()
    // Until some of the new generation are warm.
    await page.waitForTimeout(800)
  })
  server.setWeather([])
  await job.banner('completed')
  await takeAll(page, 'finished')
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
        await prepare?.(language)
        await page.waitForTimeout(400)
        await page.screenshot({ path: join(OUTPUT, `${name}.${language}.${colorScheme}.${size.width}.png`) })
      }
    }
  }
  console.log(`${name}: 8 pictures`)
}
