/**
 * A window whose job is replayed: the real page, web host, handlers and history; only the engine is a script, and time
 * runs as fast as the page draws. What the page costs is read from the browser itself.
 */
import { join } from 'node:path'
import type { CDPSession } from 'playwright-core'
import { createApi } from '../../electron/api/create-api.ts'
import { createDispatch } from '../../electron/api/dispatch.ts'
import { systemClock } from '../../electron/api/host/system-clock.ts'
import { createSessionVault } from '../../electron/api/host/vault.ts'
import { createFakeEngine, sampleSnapshot } from '../../electron/api/testing/fake-engine.ts'
import { startWebHost } from '../../electron/web/web-host.ts'
import { CALLS } from '../../shared/ipc-contract.ts'
import type { ConnectionView } from '../../shared/metrics-snapshot.ts'
import type { Workshop } from './workshop.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const RENDERER = join(import.meta.dirname, '..', '..', 'out', 'renderer')
/** The host tells the window of a job five times a second: each tick is one of these. */
const TICK_MS = 200
/** What lies behind is run through: so many ticks share a frame. */
const TICKS_A_FRAME = 2
const NO_WORKER = new URL('file:///none')

export async function openReplay(workshop: Workshop) {
  let elapsedMs = 0
  const engine = createFakeEngine()
  const api = await createApi({
    host: 'web',
    vault: createSessionVault(),
    workers: { dataPlaneUrl: NO_WORKER, verifyUrl: NO_WORKER },
    stateFolder: join(workshop.home, 'state'),
    defaultFolder: workshop.home,
    systemLanguage: 'zh',
    version: '0.0.0',
    clock: { ...systemClock, monotonic: () => elapsedMs },
    engine,
  })
  const dispatch = createDispatch(api.handlers, () => {})
  const served = Promise.resolve({ dispatch, subscribe: api.subscribe })
  const host = await startWebHost({ api: served, rendererFolder: RENDERER, port: 0, host: '127.0.0.1' })
  if (!host.ok) throw new Error(JSON.stringify(host.failure))
  const spec = CALLS['jobs.start'].input.parse({
    source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/' },
    destination: workshop.destination,
  })
  const started = await api.handlers['jobs.start'](spec)
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  const { jobId } = started.value
  while (!engine.downloads[0]) await new Promise((resolve) => setTimeout(resolve, 10))
  const [download] = engine.downloads

  /** A second job, that runs beside the first from now on. */
  async function startOther(): Promise<void> {
    const other = CALLS['jobs.start'].input.parse({
      source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202509/' },
      destination: `${workshop.destination}-other`,
    })
    const second = await api.handlers['jobs.start'](other)
    if (!second.ok) throw new Error(JSON.stringify(second.failure))
    while (!engine.downloads[1]) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  const page = await workshop.open(host.value.url)
  // A trace keeps pictures of the page inside the page: they would be measured as its own.
  await page.context().tracing.stop()
  const browser = await page.context().newCDPSession(page)
  await browser.send('Performance.enable')
  await page.locator('main').waitFor()
  await page.evaluate((hash) => {
    window.location.hash = hash
  }, `#/job/${jobId}`)

  let second = 0
  return {
    page,
    startOther,
    /** Runs the job on. Second by second every snapshot is drawn before the next one comes. */
    async run(seconds: number, stepSeconds: number): Promise<void> {
      const ticksAFrame = stepSeconds > 1 ? TICKS_A_FRAME : 1
      const end = second + seconds
      for (let tick = 1; second < end; tick++) {
        second += stepSeconds
        elapsedMs += TICK_MS
        for (const each of engine.downloads) each.tick(snapshotAt(second))
        if (second % 1800 === 0) download?.event('pool-rebuilding')
        if (tick % ticksAFrame === 0 || second >= end) await nextFrame(browser)
      }
    },
    /** Bytes in use after a collection. */
    async heapBytes(): Promise<number> {
      for (let round = 0; round < 3; round++) await browser.send('HeapProfiler.collectGarbage')
      return (await browser.send('Runtime.getHeapUsage')).usedSize
    },
    /** Seconds that the page's main thread has worked so far. */
    async busySeconds(): Promise<number> {
      const { metrics } = await browser.send('Performance.getMetrics')
      return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN
    },
    async close(): Promise<void> {
      await page.close()
      await host.value.close()
      await api.close()
    },
  }
}

/** Half-hourly bursts of throttling, otherwise a speed that breathes. */
function snapshotAt(second: number) {
  const isBurst = second % 1800 < 60
  const bytesPerSecond = (isBurst ? 18e6 : 32e6) + 1e6 * Math.sin(second)
  const throttled = Math.floor(second / 1800) * 60 + Math.min(60, second % 1800)
  return {
    time: new Date(START + second * 1000).toISOString(),
    bytesPerSecond,
    bytesTotal: 2e12,
    bytesDone: second * 31e6,
    bytesFetched: second * 31e6,
    objectsDone: Math.floor(second / 40),
    objectsTotal: 65_000,
    firstByteMsP50: 80 + (second % 7),
    firstByteMsP95: 200 + (second % 31),
    loopLagMs: second % 5,
    errors: { ...sampleSnapshot().errors, throttled },
    connectionTable: Array.from({ length: 16 }, (_, id) => connectionAt(second, id)),
  }
}

const connectionAt = (second: number, id: number): ConnectionView => ({
  id,
  state: 'active',
  address: `52.216.0.${id % 8}`,
  generation: 1,
  ageSeconds: second % 3600,
  requests: second % 90,
  bytes: second * 2e6,
  bytesPerSecond: 2e6,
  key: `e5.oper.an.pl/202510/${id}.nc`,
})

/** Without Playwright's own bookkeeping, which would cost the page more than the frame. */
async function nextFrame(browser: CDPSession): Promise<void> {
  // The push travels over the loopback first: the frame that counts is the one after it.
  const expression = 'new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(0)), 5))'
  await browser.send('Runtime.evaluate', { expression, awaitPromise: true })
}
