/** On half a screen, or a telephone in the lab's network, nothing lies beyond the right edge. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { violations } from '../support/axe.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const NARROW = { width: 400, height: 800 }
/** The smallest window of the desktop program. */
const SMALL = { width: 800, height: 600 }
const USUAL = { width: 1000, height: 700 }

/** A window of 1280 x 800 at 150 %. */
const ENLARGED = { width: 853, height: 533 }

/** Pixels of the page beyond the right edge; tables scroll within themselves. */
const beyondTheEdge = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const main = document.querySelector('main') as HTMLElement
    return Math.max(main.scrollWidth - main.clientWidth, document.documentElement.scrollWidth - window.innerWidth)
  })

/** Whether an ellipsis hides its end. */
const isCut = (page: Page, selector: string): Promise<boolean> =>
  page.locator(selector).evaluate((element) => element.scrollWidth > element.clientWidth)

async function expectToFit(page: Page): Promise<void> {
  expect(await beyondTheEdge(page)).toBe(0)
  expect(await violations(page)).toEqual([])
}

spec(
  'every page fits into 400 pixels, in both languages',
  async (workshop) => {
    const archive = era5Archive(12 * MEGABYTE)
    const server = await workshop.serve(archive.options)
    const page = await workshop.open(await workshop.start(), { viewport: NARROW })
    const form = newDownloadPage(page)
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(workshop.destination)
    await form.previewShows(archive.objects.length)
    await expectToFit(page)
    await form.start()
    await jobPage(page).banner('completed')
    await expectToFit(page)
    // The list of objects does not scroll sideways: name, size and state are in sight.
    expect(await isCut(page, '[role="grid"]')).toBe(false)
    expect(await page.locator('.lh-job-amounts').innerText()).not.toMatch(/^\s*·/m)
    await page.setViewportSize(SMALL)
    expect(await isCut(page, '.lh-job-title > :first-child')).toBe(false)
    // Of what a connection works on, the end tells objects apart.
    await page.setViewportSize(USUAL)
    await page.getByRole('tab', { name: WORDS.zh.connections }).click()
    expect(await isCut(page, '[role="grid"]')).toBe(false)
    await page.getByRole('tab', { name: '对象' }).click()
    // What one looks at first is in sight; the table is a scroll away, and is no slit.
    await page.setViewportSize(ENLARGED)
    for (const part of ['.lh-job-actions', '.lh-job-figures', '.lh-banner', '.lh-chart-panel'])
      expect((await page.locator(part).first().boundingBox())?.y).toBeLessThan(ENLARGED.height / 2)
    await page.locator('main').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    const table = await page.locator('[role="grid"]').boundingBox()
    expect(table?.height).toBeGreaterThan(200)
    expect((table?.y ?? 0) + (table?.height ?? 0)).toBeLessThanOrEqual(ENLARGED.height)
    await page.setViewportSize(NARROW)
    await page.getByRole('button', { name: '全部图表' }).click()
    await expectToFit(page)

    await page.getByText('EN', { exact: true }).click()
    await page.getByRole('button', { name: 'Back to lists' }).click()
    await expectToFit(page)
    for (const name of ['Settings', 'Diagnosis']) {
      await page.getByRole('button', { name, exact: true }).click()
      await page.getByRole('heading', { name, level: 1 }).waitFor()
      await expectToFit(page)
    }
    await page.getByRole('link', { name: 'Logs' }).click()
    await page.getByRole('heading', { name: 'Logs', level: 1 }).waitFor()
    await expectToFit(page)
  },
  { only: 'web' },
)
