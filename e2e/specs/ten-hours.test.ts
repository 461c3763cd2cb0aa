/** A window that stays open for ten hours: its memory does not grow, and what a tick draws stays bounded. */
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { WORDS } from '../model/words.ts'
import { openReplay } from '../support/replay.ts'
import { spec } from '../support/spec.ts'

const HOUR = 3600
/** What lies behind is kept in steps of this order anyway; the watched minutes come second by second. */
const STEP_SECONDS = 20
const WATCHED_TICKS = 120
/**
 * Older hours stay as ever fewer points; a page that kept each
 * snapshot it draws (about 5 KB) would grow by 4.5 MB more.
 */
const MAX_GROWTH_BYTES = 4e6
/**
 * What a tick costs follows what it draws, which can be counted;
 * the time itself is printed, as it depends on the machine's load.
 */
const MOST_POINTS = 1500

spec(
  'ten hours of a job leave the heap of the page where one hour left it',
  async (workshop) => {
    const replay = await openReplay(workshop)
    try {
      await replay.page.getByText(WORDS.zh.wholeJob, { exact: true }).click()
      const until = async (hours: number, from: number) => {
        await replay.run((hours - from) * HOUR - WATCHED_TICKS, STEP_SECONDS)
        const busyBefore = await replay.busySeconds()
        await replay.run(WATCHED_TICKS, 1)
        const tickMs = ((await replay.busySeconds()) - busyBefore) * (1000 / WATCHED_TICKS)
        const points = await jobPage(replay.page).chartPoints()
        return { heapBytes: await replay.heapBytes(), tickMs, points }
      }
      const early = await until(1, 0)
      const late = await until(10, 1)
      const line = (name: string, { heapBytes, tickMs, points }: typeof early) =>
        `${name}: heap ${(heapBytes / 1e6).toFixed(1)} MB, ${tickMs.toFixed(1)} ms of the page's main thread a tick, ${points} points drawn`
      console.log(`${line('after 1 h', early)}\n${line('after 10 h', late)}`)
      expect(early.points).toBeGreaterThan(50)
      expect(late.heapBytes - early.heapBytes).toBeLessThan(MAX_GROWTH_BYTES)
      expect(late.points).toBeLessThan(MOST_POINTS)

      // A window that is opened anew tells the same story: it comes
      // from the program's history, not from what the page saw.
      const timeline = () => replay.page.locator('.lh-timeline-hours > *').count()
      const told = await timeline()
      expect(told).toBeGreaterThanOrEqual(4)
      await replay.page.reload()
      await expect.poll(timeline).toBe(told)
    } finally {
      await replay.close()
    }
  },
  { only: 'web' },
)
