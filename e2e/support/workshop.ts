/** What every spec needs, and the end of it: a browser, a home folder, an S3 server, programs. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type FaultServerOptions, startFaultServer } from '../../electron/engine/testing/fault-server.ts'
import { findBrowser } from '../find-browser.ts'
import { type Program, startProgram } from './program.ts'

const ARTIFACTS = join(import.meta.dirname, '..', 'artifacts')
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>

export async function openWorkshop() {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-e2e-'))
  const destination = join(home, 'era5')
  const executablePath = findBrowser()
  if (!executablePath) throw new Error('no browser: run npm test, which sees to one')
  const browser: Browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
  const closing: (() => Promise<void>)[] = [() => browser.close()]
  const pages: Page[] = []
  const programs: Program[] = []

  return {
    home,
    destination,
    async serve(options: FaultServerOptions) {
      const server = await startFaultServer(options)
      closing.push(server.close)
      return server
    },
    async start(): Promise<Program> {
      const program = await startProgram(home)
      programs.push(program)
      closing.push(program.stop)
      return program
    },
    /** A page of its own browser profile; what goes wrong in it fails the spec at the end. */
    async open(address: string, options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
      const context: BrowserContext = await browser.newContext({ locale: 'zh-CN', ...options })
      await context.tracing.start({ screenshots: true, snapshots: true })
      const page = await context.newPage()
      pages.push(page)
      await page.goto(address)
      return page
    },
    /** Keeps what helps to understand a failure. */
    async keepEvidence(name: string): Promise<void> {
      const folder = join(ARTIFACTS, name.replace(/[^\p{L}\p{N}]+/gu, '-'))
      mkdirSync(folder, { recursive: true })
      for (const [index, page] of pages.entries()) {
        if (page.isClosed()) continue
        await page.screenshot({ path: join(folder, `page-${index}.png`) }).catch(() => {})
        await page
          .context()
          .tracing.stop({ path: join(folder, `trace-${index}.zip`) })
          .catch(() => {})
      }
      for (const program of programs) console.log(program.log())
    },
    async close(): Promise<void> {
      for (const close of closing.reverse()) await close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
