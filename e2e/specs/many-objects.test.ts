/** A job of many objects: the table reaches its last row, while only the rows in sight exist. */
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { spec } from '../support/spec.ts'

const OBJECTS = 10_000
/** A window shows some 20 rows; with those kept ready beyond the edges there are twice as many at most. */
const MOST_ROWS = 100
const LARGEST = 7000
const keyOf = (index: number) => `many/day-${String(index).padStart(5, '0')}.nc`

spec('the table of 10,000 objects scrolls to its end with few rows in the page', async (workshop) => {
  const objects = Array.from({ length: OBJECTS }, (_, index) => ({
    key: keyOf(index),
    size: index === LARGEST ? 640 : 64,
  }))
  const server = await workshop.serve({ buckets: { archive: objects } })
  const program = await workshop.start()
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  await form.pasteAddress(`${server.endpointUrl}/archive/many/`)
  await form.setFolder(workshop.destination)
  await page.getByText(WORDS.zh.objectCount('10,000')).waitFor()
  await form.start()
  await jobPage(page).banner('completed')

  const grid = page.getByRole('grid', { name: WORDS.zh.objects })
  expect(await grid.getAttribute('aria-rowcount')).toBe(String(OBJECTS + 1))
  await grid.getByText('day-00000.nc').waitFor()
  await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2))
  await grid.getByText('day-05000.nc').waitFor()
  await grid.focus()
  await page.keyboard.press('End')
  await grid.getByText('day-09999.nc').waitFor()
  expect(await grid.getByText('day-09999.nc').isVisible()).toBe(true)
  expect(await grid.getByRole('row').count()).toBeLessThan(MOST_ROWS)

  const size = grid.getByRole('columnheader', { name: WORDS.zh.objectSize })
  await size.getByRole('button').click()
  await grid.getByText('day-07000.nc').waitFor()
  expect(await size.getAttribute('aria-sort')).toBe('descending')
  await grid.focus()
  await page.keyboard.press('Home')
  // The whole key, for whom no mouse can rest on it.
  await page.getByText(keyOf(LARGEST), { exact: true }).waitFor()
  await size.getByRole('button').click()
  await size.getByRole('button').click()
  await grid.getByText('day-00000.nc').waitFor()
  expect(await size.getAttribute('aria-sort')).toBe('none')
})
