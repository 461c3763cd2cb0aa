/** A whole job without a mouse: every control is reached by Tab and used by keys. */
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import type { Weather } from '../../electron/engine/testing/weather/weather.ts'
import { jobPage } from '../model/job-page.ts'
import { LOGS_WORDS } from '../model/logs-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'
import { tabTo } from '../support/tab-to.ts'

spec('a job is filled in, started, paused and resumed by keyboard alone', async (workshop) => {
  const archive = era5Archive(120 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.1 * MEGABYTE)] })
  const program = await workshop.start()
  const page = await workshop.open(program)
  const words = WORDS.zh
  const button = (name: string) => page.getByRole('button', { name, exact: true })

  await tabTo(page, page.getByLabel(words.address))
  await page.keyboard.insertText(archive.addressOn(server))
  await tabTo(page, page.getByLabel(words.folder, { exact: true }))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText(workshop.destination)
  await page.getByText(words.objectCount(String(archive.objects.length))).waitFor()
  await tabTo(page, button(words.start))
  await page.keyboard.press('Enter')

  const job = jobPage(page)
  await job.banner('running')
  // The form went away with the button that was pressed; the keyboard goes on in the page of the job.
  await hasFocus(page.getByRole('main'))
  // In the dialog the first field has the focus, Enter applies what it holds, and Escape is for who wants nothing of it.
  const limits = button(words.limits)
  await tabTo(page, limits)
  await page.keyboard.press('Enter')
  await hasFocus(page.getByLabel(words.threads))
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.insertText('7')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(job.concurrency).toBe('7/7')
  await hasFocus(limits)
  await page.keyboard.press('Enter')
  await hasFocus(page.getByLabel(words.threads))
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await hasFocus(limits)
  await tabTo(page, button(words.pause))
  await page.keyboard.press('Space')
  await job.banner('paused')
  await hasFocus(button(words.resume))
  const more = button(words.more)
  await tabTo(page, more)
  await page.keyboard.press('Enter')
  await hasFocus(page.getByRole('menuitem', { name: words.reuse }))
  await page.keyboard.press('Escape')
  await hasFocus(more)
  // A dialog gives the focus back to the button that opened it.
  const report = button(LOGS_WORDS.zh.report)
  await tabTo(page, report)
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  await hasFocus(report)
  // The button that asked to cancel is gone with the answer.
  await tabTo(page, button(words.cancel))
  await page.keyboard.press('Enter')
  await hasFocus(button(words.cancelNo))
  // Two buttons, and nothing else, in either direction.
  for (const [key, name] of [
    ['Tab', words.cancelYes],
    ['Tab', words.cancelNo],
    ['Shift+Tab', words.cancelYes],
  ] as const) {
    await page.keyboard.press(key)
    await hasFocus(button(name))
  }
  await page.keyboard.press('Enter')
  await job.banner('cancelled')
  await hasFocus(page.getByRole('main'))
  server.setWeather([])
  await tabTo(page, button(words.resume).first())
  await page.keyboard.press('Enter')
  await job.banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  // A button that rests because the program is away leaves the keyboard in its page.
  await hasFocus(button(words.reuse))
  await program.kill()
  await hasFocus(page.getByRole('main'))
})

spec('a failed object is found in the table and retried by keyboard alone', async (workshop) => {
  const refused = 'many/b.nc'
  const server = await workshop.serve({
    buckets: { archive: ['many/a.nc', refused, 'many/c.nc'].map((key) => ({ key, size: 1000 })) },
    weather: [refuses(refused)],
  })
  const page = await workshop.open(await workshop.start())
  const words = WORDS.zh
  await page.getByLabel(words.address).fill(`${server.endpointUrl}/archive/many/`)
  await page.getByLabel(words.folder, { exact: true }).fill(workshop.destination)
  await page.getByText(words.objectCount('3')).waitFor()
  await tabTo(page, page.getByRole('button', { name: words.start, exact: true }))
  await page.keyboard.press('Enter')
  const job = jobPage(page)
  await job.banner('completedWithFailures')
  // One button for all that failed, and the first one.
  expect(await page.getByRole('button', { name: /^重试.*失败|^继续$/ }).allInnerTexts()).toEqual([words.retryFailed])
  server.setWeather([])

  const grid = page.getByRole('grid', { name: words.objects })
  await grid.getByText('b.nc').waitFor()
  await tabTo(page, grid)
  await page.keyboard.press('Home')
  await page.keyboard.press('ArrowDown')
  // The row's own button comes before those of the columns, which are drawn above it.
  await page.keyboard.press('Tab')
  await hasFocus(page.getByRole('button', { name: words.retryObject(refused) }))
  await page.keyboard.press('Tab')
  await hasFocus(grid.getByRole('columnheader', { name: words.objectSize }).getByRole('button'))
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  await job.banner('completed')
  // The button went with the failure; the keyboard goes on at its row.
  await hasFocus(grid)
})

const refuses = (refused: string): Weather => ({
  name: `${refused} may not be read`,
  fate: ({ kind, key }) =>
    kind === 'get' && key === refused ? { kind: 'refuse', status: 403, code: 'AccessDenied' } : undefined,
})

const hasFocus = (wanted: Locator): Promise<void> =>
  expect.poll(() => wanted.evaluate((element) => element === document.activeElement), { timeout: 20_000 }).toBe(true)
