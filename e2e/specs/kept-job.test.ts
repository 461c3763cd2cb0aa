/** A job of an earlier day, as its files tell it: many kinds of trouble, and more failures than a summary names. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { JobView } from '../../shared/ipc-contract.ts'
import { jobSpecSchema } from '../../shared/job-spec.ts'
import { spec } from '../support/spec.ts'
import type { Workshop } from '../support/workshop.ts'

const BEGUN = Date.parse('2026-01-01T00:00:00Z')
const KINDS = [
  'throttled',
  'pool-rebuilding',
  'dns-stale',
  'disk-slow',
  'resumed',
  'cooling-down',
  'decay-alert',
  'network-lost',
]
const NAMED = 1000
const FAILED = 5000

spec(
  'each kind of mark is in the legend, and the table says that it does not list all that failed',
  async (workshop) => {
    keep(workshop, KINDS, [0, 1, 9])
    const page = await workshop.open(await workshop.start(), { viewport: { width: 1024, height: 700 } })
    await page.locator('.lh-side-job').click()

    await page.getByText('失败的 5,000 个中，列出 1,000 个').waitFor()
    const legend = page.locator('.lh-legend')
    await expect.poll(() => legend.locator('li').count()).toBe(KINDS.length)
    const bottom = (box: { y: number; height: number } | null) => (box ? box.y + box.height : Number.NaN)
    const last = bottom(await legend.locator('li').last().boundingBox())
    expect(last).toBeLessThanOrEqual(bottom(await legend.boundingBox()))
  },
)

spec('marks of a second kind do not make two lines of the tools above the chart', async (workshop) => {
  const fourHours = Array.from({ length: 240 }, (_, index) => index)
  keep(workshop, ['throttled', 'pool-rebuilding'], fourHours)
  const page = await workshop.open(await workshop.start(), { viewport: { width: 1280, height: 800 } })
  await page.locator('.lh-side-job').click()
  const kinds = page.locator('.lh-legend li')
  await expect.poll(() => kinds.count()).toBe(2)
  await page.locator('.lh-timeline-trend').waitFor()
  const top = async (index: number) => (await kinds.nth(index).boundingBox())?.y
  expect(await top(1)).toBe(await top(0))
})

/** Of a job of an earlier day: an event of each kind, a minute from one to the next, and points at these minutes. */
function keep(workshop: Workshop, kinds: readonly string[], minutes: readonly number[]): void {
  const folder = join(workshop.home, 'state', 'jobs')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'kept.json'), JSON.stringify(keptJob(workshop.destination)))
  writeFileSync(join(folder, 'kept.events.ndjson'), kinds.map((code, index) => eventAt(index, code)).join(''))
  writeFileSync(join(folder, 'kept.history'), JSON.stringify([[], [], minutes.map(pointAt)]))
}

const minute = (index: number) => BEGUN + index * 60_000
const eventAt = (index: number, code: string) =>
  `${JSON.stringify({ time: new Date(minute(index)).toISOString(), code, reason: {} })}\n`
/** Time, seconds, and the first five series. */
const pointAt = (index: number) => [minute(index) / 1000, 60, 30e6, 16, 80, 200, 0]

const keptJob = (destination: string): JobView => ({
  jobId: 'kept',
  spec: jobSpecSchema.parse({ source: { bucket: 'era5', prefix: 'e5.oper.an.pl/202510/' }, destination }),
  phase: 'failed',
  createdAt: new Date(BEGUN).toISOString(),
  endedAt: new Date(minute(10)).toISOString(),
  bytesDone: 1e9,
  bytesTotal: 6e9,
  objectsDone: 1000,
  objectsFailed: FAILED,
  objectsTotal: 6000,
  summary: {
    status: 'failed',
    objectsDone: 1000,
    objectsFailed: FAILED,
    objectsSkipped: 0,
    objectsUnproven: 0,
    objectsLeft: 0,
    filesSetAside: 0,
    bytesDone: 1e9,
    bytesFetched: 1e9,
    seconds: 600,
    retries: 0,
    failed: Array.from({ length: NAMED }, (_, index) => ({
      key: `202510/${index}.nc`,
      failure: 'denied',
      message: '',
    })),
  },
})
