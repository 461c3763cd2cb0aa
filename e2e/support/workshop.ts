/** What every spec needs, and the end of it: a browser, a home folder, an S3 server, programs. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { type FaultServerOptions, startFaultServer } from '../../electron/engine/testing/fault-server/fault-server.ts'
import { findBrowser } from '../find-browser.ts'
import { type ElectronProgram, startElectron } from './electron-program.ts'
import type { HostName } from './hosts.ts'
import { type Program, startProgram } from './program.ts'

const ARTIFACTS = join(import.meta.dirname, '..', 'artifacts')
export const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Playwright's own 30 s are not enough where the machine is busy; whatever takes longer than this hangs. */
const PATIENCE_MS = 200_000

/** One for all specs of a file: each opens a profile of its own in it. */
let browser: Promise<Browser> | undefined

function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (!executablePath) throw new Error('no browser: run npm test, which sees to one')
  browser ??= chromium.launch({ executablePath, args: BROWSER_ARGUMENTS })
  return browser
}

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
  browser = undefined
}

export type Workshop = Awaited<ReturnType<typeof openWorkshop>>

type ContextOptions = NonNullable<Parameters<Browser['newContext']>[0]>

export async function openWorkshop(host: HostName) {
  const home = mkdtempSync(join(tmpdir(), 'longhaul-e2e-'))
  const destination = join(home, 'era5')
  const closing: (() => Promise<void>)[] = []
  const pages: Page[] = []
  const programs: Program[] = []

  async function keepTrace(context: BrowserContext, page: Page): Promise<Page> {
    context.setDefaultTimeout(PATIENCE_MS)
    await context.tracing.start({ screenshots: true, snapshots: true })
    pages.push(page)
    return page
  }

  async function openInElectron(program: ElectronProgram, options: ContextOptions): Promise<Page> {
    const page = await program.window()
    if (options.colorScheme) await page.emulateMedia({ colorScheme: options.colorScheme })
    return keepTrace(program.context, page)
  }

  return {
    home,
    destination,
    async serve(options: FaultServerOptions) {
      const server = await startFaultServer(options)
      closing.push(server.close)
      return server
    },
    async start(): Promise<Program> {
      const program = host === 'electron' ? await startElectron(home) : await startProgram(home)
      programs.push(program)
      closing.push(program.stop)
      return program
    },
    /**
     * The window of a program: Electron's own, or a page of a browser profile of its own. An address opens as it is.
     */
    async open(what: Program | string, options: ContextOptions = {}): Promise<Page> {
      if (typeof what !== 'string' && 'window' in what) return openInElectron(what as ElectronProgram, options)
      const context = await (await launchBrowser()).newContext({ locale: 'zh-CN', ...options })
      closing.push(() => context.close())
      const page = await keepTrace(context, await context.newPage())
      await page.goto(typeof what === 'string' ? what : what.address)
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
      const log = programs.map((program) => program.log()).join('\n--- started again ---\n')
      // Of no use to anyone once the program has ended, and still nobody else's business.
      writeFileSync(join(folder, 'program.log'), log.replaceAll(/#token=\S+/g, '#token=...'))
    },
    async close(): Promise<void> {
      for (const close of closing.reverse()) await close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
