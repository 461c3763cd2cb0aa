/** No axe violations, in light and dark; the language follows the switch and survives a reload. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).analyze()
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`)
}

for (const colorScheme of ['light', 'dark'] as const) {
  spec(`form, running and finished job have no violations, ${colorScheme}`, async (workshop) => {
    const archive = era5Archive(60 * MEGABYTE)
    const server = await workshop.serve(archive.options)
    const program = await workshop.start()
    const page = await workshop.open(program, { colorScheme })
    const form = newDownloadPage(page)
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(workshop.destination)
    await form.previewShows(archive.objects.length)
    expect(await violations(page)).toEqual([])
    await form.start()
    await jobPage(page).chart().waitFor()
    expect(await violations(page)).toEqual([])
    await jobPage(page).banner('completed')
    expect(await violations(page)).toEqual([])
  })
}

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
