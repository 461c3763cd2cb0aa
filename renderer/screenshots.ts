/**
 * Takes pictures of every story, in both languages and themes, at three sizes of the window, and runs axe on each:
 * `node renderer/screenshots.ts [NAME-PART] [--quick]`. Pictures go to e2e/artifacts/stories/; violations end it with
 * 1. `--quick`: Chinese light and English dark at the small size, English light at the narrow one.
 */
/* biome-ignore-all lint/style/noRestrictedImports: a script of the developer, not a part of the window. */
/* biome-ignore-all lint/suspicious/noConsole: its output is its result. */
import { mkdtempSync, rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import react from '@vitejs/plugin-react'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build as buildPages, preview } from 'vite'
import { antdStyles } from '../scripts/antd-styles.ts'

const OUTPUT = new URL('../e2e/artifacts/stories/', import.meta.url).pathname
const [namePart = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const quick = process.argv.includes('--quick')
const executablePath = process.env.LONGHAUL_BROWSER ?? '/usr/bin/chromium'

type Shot = { language: 'zh' | 'en'; theme: 'light' | 'dark'; width: number; height: number }
const SMALL = { width: 1024, height: 700 }
/** Half a screen beside another program, or a telephone. */
const NARROW = { width: 400, height: 800 }
const SIZES = [SMALL, { width: 1440, height: 900 }, NARROW]
const SHOTS: Shot[] = quick
  ? [
      { language: 'zh', theme: 'light', ...SMALL },
      { language: 'en', theme: 'dark', ...SMALL },
      { language: 'en', theme: 'light', ...NARROW },
    ]
  : (['zh', 'en'] as const).flatMap((language) =>
      (['light', 'dark'] as const).flatMap((theme) => SIZES.map((size) => ({ language, theme, ...size }))),
    )

// Built once: a page of hundreds of unbundled modules takes many times as long to load.
const built = mkdtempSync(join(tmpdir(), 'longhaul-stories-'))
const common = { root: import.meta.dirname, configFile: false, logLevel: 'error' } as const
const build = { outDir: built, rolldownOptions: { input: join(import.meta.dirname, 'stories.html') } }
await buildPages({ ...common, plugins: [react(), antdStyles()], build, mode: 'development' })
const server = await preview({ ...common, build, preview: { port: 0, host: '127.0.0.1' } })
const address = server.resolvedUrls?.local[0] ?? ''
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
await mkdir(OUTPUT, { recursive: true })
let violations = 0
try {
  const names = (await readStoryNames(browser)).filter((name) => name.includes(namePart))
  for (const shot of SHOTS) violations += await takeAll(browser, names, shot)
  console.log(`${names.length} stories x ${SHOTS.length} pictures, ${violations} axe violations`)
} finally {
  await browser.close()
  await server.close()
  rmSync(built, { recursive: true })
}
process.exitCode = violations > 0 ? 1 : 0

async function readStoryNames(browser: Browser): Promise<string[]> {
  const page = await browser.newPage()
  await page.goto(`${address}stories.html`)
  const links = page.locator('main a')
  await links.first().waitFor()
  const names = await links.allTextContents()
  await page.close()
  return names
}

async function takeAll(browser: Browser, names: string[], shot: Shot): Promise<number> {
  const { language, theme, width, height } = shot
  const context = await browser.newContext({
    viewport: { width, height },
    locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    reducedMotion: 'reduce',
  })
  let found = 0
  for (const name of names) {
    const page = await context.newPage()
    const problems: string[] = []
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    await page.goto(`${address}stories.html?story=${name}&language=${language}&theme=${theme}`)
    await page.locator('.lh-header').waitFor()
    await page.waitForTimeout(900) //  the pause after typing, then one round of answers
    await clickStoryButton(page, language)
    await page.screenshot({ path: `${OUTPUT}${name}.${language}.${theme}.${width}.png` })
    if (width !== 1440) found += await runAxe(page, `${name} ${language} ${theme}`)
    for (const problem of problems) console.log(`${name}: ${problem.slice(0, 400)}`)
    await page.close()
  }
  await context.close()
  return found
}

/** A story may name one button that leads to its state. */
async function clickStoryButton(page: Page, language: 'zh' | 'en'): Promise<void> {
  const text = await page.evaluate((language) => document.documentElement.dataset[`click${language}`], language)
  if (!text) return
  // A button may have the name of a tab, never the other way round.
  const tab = page.getByRole('tab', { name: text })
  const button = page.getByRole('button', { name: text }).first()
  await ((await tab.count()) > 0 ? tab : button).click()
  await page.waitForTimeout(400)
}

async function runAxe(page: Page, label: string): Promise<number> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  for (const violation of violations) {
    const where = violation.nodes
      .slice(0, 3)
      .map((node) => `${node.target.join(' ')} :: ${node.failureSummary?.split('\n')[1] ?? ''}`)
    console.log(`axe ${label}: ${violation.id} (${violation.nodes.length}) ${where.join(' | ')}`)
  }
  return violations.length
}
