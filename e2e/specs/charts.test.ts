/**
 * The charts of a job of one hour: zoomed, moved and read by mouse
 * and keys, every panel in sight, saved as a table and a picture.
 */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { WORDS } from '../model/words.ts'
import { violations } from '../support/axe.ts'
import { openReplay } from '../support/replay.ts'
import { spec } from '../support/spec.ts'
import type { Workshop } from '../support/workshop.ts'

const words = WORDS.zh
const slider = (page: Page) => page.getByRole('slider', { name: words.chart, exact: true })
const reading = (page: Page) => slider(page).getAttribute('aria-valuetext')
const points = (page: Page) => jobPage(page).chartPoints()

/** An hour, every second of its last two minutes. */
async function withHour(workshop: Workshop, run: (page: Page) => Promise<void>): Promise<void> {
  const replay = await openReplay(workshop)
  try {
    await replay.run(3480, 20)
    await replay.run(120, 1)
    await replay.page.getByText(words.wholeJob, { exact: true }).click()
    await untilStill(replay.page)
    await run(replay.page)
  } finally {
    await replay.close()
  }
}

/** The last snapshots may still be on their way: resolves when the chart has grown no more for half a second. */
async function untilStill(page: Page): Promise<void> {
  let before = Number.NaN
  const growth = async () => {
    const last = before
    before = await points(page)
    return before - last
  }
  await expect.poll(growth, { interval: 500 }).toBe(0)
}

async function exported(page: Page, format: string): Promise<Buffer> {
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: words.exportCharts, exact: true }).click()
  await page.getByRole('menuitem', { name: format }).click()
  return readFileSync(await (await download).path())
}

spec(
  'zoom and pan by wheel, drag and keys; the readings of all series are one, and reachable by keys',
  (workshop) =>
    withHour(workshop, async (page) => {
      const box = await slider(page).boundingBox()
      if (!box) throw new Error('no chart')
      const reset = page
        .getByRole('button', { name: words.follow })
        .or(page.getByRole('button', { name: words.resetZoom }))
      const whole = await points(page)
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }

      await page.mouse.move(middle.x, middle.y)
      for (let notch = 0; notch < 6; notch++) await page.mouse.wheel(0, -100)
      await reset.waitFor()
      await expect.poll(() => points(page)).toBeLessThan(whole)
      await page.mouse.dblclick(middle.x, middle.y)
      await reset.waitFor({ state: 'hidden' })
      await expect.poll(() => points(page)).toBe(whole)

      await page.mouse.move(box.x + box.width * 0.7, middle.y)
      await page.mouse.down()
      await page.mouse.move(box.x + box.width * 0.9, middle.y, { steps: 5 })
      await page.mouse.up()
      await reset.waitFor()
      await page.mouse.move(0, 0)

      await slider(page).focus()
      await page.keyboard.press('Home')
      const atStart = await reading(page)
      await page.keyboard.press('Shift+ArrowLeft')
      await page.keyboard.press('Home')
      await expect.poll(() => reading(page)).not.toBe(atStart)
      for (const name of words.panelNames) expect(await reading(page)).toContain(name)
      const spoken = await page.locator('.lh-readout').textContent()
      for (const name of words.panelNames) expect(spoken).toContain(name)
      await page.keyboard.press('0')
      await reset.waitFor({ state: 'hidden' })

      // By buttons and the middle of the mouse as well.
      await page.getByRole('button', { name: words.zoomIn, exact: true }).click()
      await page.getByRole('button', { name: words.earlier, exact: true }).click()
      await reset.waitFor()
      // The button goes; the keyboard stays with the chart.
      await reset.press('Enter')
      await reset.waitFor({ state: 'hidden' })
      expect(await slider(page).evaluate((element) => element === document.activeElement)).toBe(true)
      await page.getByRole('button', { name: words.zoomIn, exact: true }).click()
      await page.getByRole('button', { name: words.earlier, exact: true }).click()
      await reset.waitFor()
      const firstOf = async () => {
        await slider(page).focus()
        await page.keyboard.press('Home')
        return reading(page)
      }
      const earlier = await firstOf()
      await page.mouse.move(box.x + box.width * 0.8, middle.y)
      await page.mouse.down({ button: 'middle' })
      await page.mouse.move(box.x + box.width * 0.5, middle.y, { steps: 5 })
      await page.mouse.up({ button: 'middle' })
      await page.mouse.move(0, 0)
      await expect.poll(firstOf).not.toBe(earlier)
    }),
  { only: 'web' },
)

spec(
  'all panels are there without a violation; the table and the picture hold what was measured',
  (workshop) =>
    withHour(workshop, async (page) => {
      await page.getByRole('button', { name: words.allCharts, exact: true }).click()
      await page.locator('.uplot canvas').nth(7).waitFor()
      // The cursor is one for all: over a lower panel it reads the same instant.
      await page.locator('.u-over').nth(2).hover()
      await page.locator('.lh-readout').waitFor()
      await page.mouse.move(0, 0)
      await page.locator('.lh-readout').waitFor({ state: 'hidden' })
      expect(await violations(page)).toEqual([])
      for (const width of [1440, 2560, 1000]) {
        await page.setViewportSize({ width, height: 900 })
        await expect.poll(() => emptyPixels(page), { timeout: 10_000 }).toBeLessThan(4)
      }

      const [header = '', ...rows] = (await exported(page, 'CSV')).toString('utf8').trimEnd().split('\n')
      expect(header).toContain('speed (bytes/s)')
      expect(header).toContain('errors throttled (1/s)')
      expect(rows.length).toBeGreaterThan(100)
      // Some names hold a comma, and are quoted.
      const columns = header.replaceAll(/"[^"]*"/g, '').split(',').length
      for (const row of rows) expect(row.split(',').length).toBe(columns)

      const picture = await exported(page, 'PNG')
      expect(picture.subarray(1, 4).toString()).toBe('PNG')
      const canvas = await page.locator('.uplot canvas').first().boundingBox()
      expect(picture.readUInt32BE(16)).toBeGreaterThan(canvas?.width ?? Number.NaN)
      // Eight plots of about a hundred pixels, each under its title.
      expect(picture.readUInt32BE(20)).toBeGreaterThan(8 * 100)
      expect(await colorsOf(page, picture)).toBeGreaterThan(20)
    }),
  { only: 'web' },
)

spec(
  'two jobs are compared by the time since each began, and read together by keys',
  async (workshop) => {
    const replay = await openReplay(workshop)
    try {
      await replay.run(600, 20)
      await replay.startOther()
      await replay.run(600, 20)
      const { page } = replay
      await page.getByRole('combobox', { name: words.compare }).click()
      await page.locator('.ant-select-item-option').first().click()
      const compared = page.getByRole('slider', { name: words.compared })
      await compared.focus()
      // The first ran twice as long: early on both have a speed.
      for (let step = 0; step < 3; step++) await page.keyboard.press('PageDown')
      await expect
        .poll(() => compared.getAttribute('aria-valuetext'))
        .toMatch(/202510 [\d.]+ MB\/s，202509 [\d.]+ MB\/s/)
      expect(await violations(page)).toEqual([])
    } finally {
      await replay.close()
    }
  },
  { only: 'web' },
)

/** How much of the widest row's width is missing in the others. */
const emptyPixels = (page: Page): Promise<number> =>
  page.locator('.lh-dash-panels > .lh-picture').evaluateAll((panels) => {
    const boxes = panels.map((panel) => panel.getBoundingClientRect())
    const rows = [...Map.groupBy(boxes, ({ top }) => Math.round(top)).values()]
    const widths = rows.map((row) => row.reduce((sum, { width }) => sum + width, 0))
    return Math.max(...widths) - Math.min(...widths)
  })

/** How many different colours the picture has: an empty one has one. */
const colorsOf = (page: Page, picture: Buffer): Promise<number> =>
  page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]))
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
      if (!context) return 0
      context.drawImage(bitmap, 0, 0)
      return new Set(new Uint32Array(context.getImageData(0, 0, bitmap.width, bitmap.height).data.buffer)).size
    },
    [...picture],
  )
