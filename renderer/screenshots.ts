/**
 * Takes pictures of every story, in both languages and themes, at a small and a large window, and runs axe on each:
 * `node renderer/screenshots.ts [NAME-PART] [--quick]`. Pictures go to e2e/artifacts/stories/; violations end it with 1.
 * `--quick`: Chinese light and English dark, at the small size only.
 */
/* biome-ignore-all lint/style/noRestrictedImports: a script of the developer, not a part of the window. */
/* biome-ignore-all lint/suspicious/noConsole: its output is its result. */
import { mkdir } from 'node:fs/promises'
import { AxeBuilder } from '@axe-core/playwright'
import react from '@vitejs/plugin-react'
import { type Browser, chromium, type Page } from 'playwright-core'
import { createServer } from 'vite'

const OUTPUT = new URL('../e2e/artifacts/stories/', import.meta.url).pathname
const [namePart = ''] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const quick = process.argv.includes('--quick')
const executablePath = process.env.LONGHAUL_BROWSER ?? '/usr/bin/chromium'

type Shot = { language: 'zh' | 'en'; theme: 'light' | 'dark'; width: number; height: number }
const SMALL = { width: 900, height: 640 }
const LARGE = { width: 1440, height: 900 }
const SHOTS: Shot[] = quick
  ? [
      { language: 'zh', theme: 'light', ...SMALL },
      { language: 'en', theme: 'dark', ...SMALL },
    ]
  : (['zh', 'en'] as const).flatMap((language) =>
      (['light', 'dark'] as const).flatMap((theme) => [SMALL, LARGE].map((size) => ({ language, theme, ...size }))),
    )

const server = await createServer({
  root: import.meta.dirname,
  configFile: false,
  logLevel: 'error',
  plugins: [react()],
  // Somebody may edit while pictures are taken: a page must not reload in the middle of its own.
  server: { port: 0, host: '127.0.0.1', hmr: false, watch: null },
  cacheDir: new URL('../node_modules/.vite-stories', import.meta.url).pathname,
})
await server.listen()
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
    await page.locator('header').waitFor()
    await page.waitForTimeout(900) //  the pause after typing, then one round of answers
    await clickAsTold(page, language)
    await page.screenshot({ path: `${OUTPUT}${name}.${language}.${theme}.${width}.png` })
    if (width === SMALL.width) found += await runAxe(page, `${name} ${language} ${theme}`)
    for (const problem of problems) console.log(`${name}: ${problem.slice(0, 400)}`)
    await page.close()
  }
  await context.close()
  return found
}

/** A story may name one button that leads to its state. */
async function clickAsTold(page: Page, language: 'zh' | 'en'): Promise<void> {
  const text = await page.evaluate((language) => document.documentElement.dataset[`click${language}`], language)
  if (!text) return
  await page
    .getByRole('button', { name: text })
    .or(page.getByRole('tab', { name: text }))
    .first()
    .click()
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
