/** No axe violations, in light and dark; the language follows the switch and survives a reload. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import { DIAGNOSIS_WORDS } from '../model/diagnosis-page.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { setColorScheme, violations } from '../support/axe.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

async function violationsInBoth(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const scheme of ['light', 'dark'] as const) {
    await setColorScheme(page, scheme)
    found.push(...(await violations(page)).map((violation) => `${scheme}, ${violation}`))
  }
  return found
}

spec('form, running and finished job have no violations', async (workshop) => {
  const archive = era5Archive(60 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.1 * MEGABYTE)] })
  const program = await workshop.start()
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.previewShows(archive.objects.length)
  expect(await violationsInBoth(page)).toEqual([])
  await form.start()
  await jobPage(page).chart().waitFor()
  expect(await violationsInBoth(page)).toEqual([])
  server.setWeather([])
  await jobPage(page).banner('completed')
  expect(await violationsInBoth(page)).toEqual([])
})

spec('with forced colours it still shows how far a job is, and what is chosen', async (workshop) => {
  const archive = era5Archive(60 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.1 * MEGABYTE)] })
  const program = await workshop.start()
  const page = await workshop.open(program, { forcedColors: 'active' })
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.start()
  await jobPage(page).waitForPercent(2)
  const background = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => getComputedStyle(element).backgroundColor)
  expect(await background('.lh-job-progress > div')).not.toBe(await background('.lh-job-progress'))
  expect(await background('.ant-segmented-item-selected')).not.toBe(
    await background('.ant-segmented-item:not(.ant-segmented-item-selected)'),
  )
})

spec(
  'whatever the keyboard reaches in the form has a ring, with forced colours as well',
  async (workshop) => {
    const program = await workshop.start()
    for (const forcedColors of ['none', 'active'] as const) {
      const page = await workshop.open(program, { forcedColors })
      await page.getByRole('button', { name: WORDS.zh.advanced }).click()
      const last = page.getByRole('button', { name: WORDS.zh.start })
      const isLast = () => last.evaluate((element) => element === document.activeElement)
      await page.getByRole('button', { name: WORDS.zh.settings, exact: true }).focus()
      for (let presses = 0; presses < 60 && !(await isLast()); presses++) {
        await page.keyboard.press('Tab')
        // Some of them grow for a moment.
        await expect.poll(() => page.evaluate(focusWithoutRing)).toBe('')
      }
      expect(await isLast()).toBe(true)
    }
  },
  { only: 'web' },
)

/** What has the focus and no outline, nor has the control that it belongs to; empty where one has. In the page. */
function focusWithoutRing(): string {
  const hasRing = (element: Element, part?: string) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element, part)
    return outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 2
  }
  const focused = document.activeElement as Element
  const control = focused.closest('.ant-select, .ant-input-affix-wrapper, .ant-input-number, .ant-checkbox, label')
  const hasOne = hasRing(focused) || hasRing(focused, '::after') || (control !== null && hasRing(control))
  return hasOne ? '' : `${focused.tagName} ${focused.className} in ${control?.className}`
}

spec(
  'who wishes for less motion sees none, and dialogs open all the same',
  async (workshop) => {
    const page = await workshop.open(await workshop.start(), { reducedMotion: 'reduce' })
    const start = page.getByRole('button', { name: WORDS.zh.start })
    const seconds = await start.evaluate((button) => Number.parseFloat(getComputedStyle(button).transitionDuration))
    expect(seconds).toBeLessThan(0.001)
    await page.getByRole('button', { name: WORDS.zh.chooseFolder }).click()
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // A list stands at its field: moving there, it was measured on its way and opened out of sight.
    await page.getByRole('button', { name: DIAGNOSIS_WORDS.zh.title, exact: true }).click()
    await page.getByRole('combobox').click()
    await page.locator('.ant-select-dropdown').waitFor()
    const { top, bottom } = await page.locator('.ant-select-dropdown').evaluate((list) => list.getBoundingClientRect())
    expect(top).toBeGreaterThan(0)
    expect(bottom).toBeLessThan(page.viewportSize()?.height ?? 0)
  },
  { only: 'web' },
)

spec('English is complete, and stays after a reload', async (workshop) => {
  const program = await workshop.start()
  const page = await workshop.open(program)
  await page.getByText('EN', { exact: true }).click()
  await page.getByRole('button', { name: 'Start download' }).waitFor()
  expect(await page.getAttribute('html', 'lang')).toMatch(/^en/)
  await page.reload()
  await page.getByRole('button', { name: 'Start download' }).waitFor()
  expect(await page.locator('main').textContent()).not.toMatch(/[\u4e00-\u9fff]/)
})

spec(
  'a long page is printed whole',
  async (workshop) => {
    const page = await workshop.open(await workshop.start())
    await page.getByRole('button', { name: WORDS.zh.settings }).click()
    await page.getByRole('heading', { name: WORDS.zh.settings, level: 1 }).waitFor()
    const hidden = () => page.getByRole('main').evaluate((main) => main.scrollHeight - main.clientHeight)
    expect(await hidden()).toBeGreaterThan(0)
    await page.emulateMedia({ media: 'print' })
    expect(await hidden()).toBe(0)
  },
  { only: 'web' },
)
