/**
 * What was filled in can be changed: threads and speed limit
 * while the job runs, everything else in a new job made of it.
 */
import type { Locator } from 'playwright-core'
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const words = WORDS.zh

spec('threads and speed limit change while the job runs, outlive a pause, and no byte is lost', async (workshop) => {
  const archive = era5Archive(192 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.4 * MEGABYTE)] })
  const program = await workshop.start()
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.start()

  const job = jobPage(page)
  await expect.poll(job.concurrency).toBe('16/16')
  await job.setLimits({ threads: 3, rateLimit: 'fast' })
  await page.getByRole('dialog').getByText(words.rateInvalid).waitFor()
  // Key by key, as people type: the field keeps the focus when the first character comes.
  const rateLimit = page.getByRole('dialog').getByLabel(words.rateLimit)
  await rateLimit.fill('')
  await page.keyboard.type('0.5 MB/s')
  expect(await rateLimit.inputValue()).toBe('0.5 MB/s')
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await expect.poll(job.concurrency).toBe('3/3')
  await expect.poll(job.rate).toBeLessThan(0.7 * MEGABYTE)
  await page.getByRole('tab', { name: words.decisions }).click()
  await page.getByText('线程 16 → 3').first().waitFor()

  await job.pause()
  await job.banner('paused')
  await job.resume()
  await job.banner('running')
  await expect.poll(job.concurrency).toBe('3/3')
  server.setWeather([])
  await job.setLimits({ threads: 8, rateLimit: '' })
  await job.banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  expect(server.counters.bytesSent).toBeLessThan(1.3 * archive.totalBytes)
})

spec('a job that failed goes back into the form, is mended there, and runs', async (workshop) => {
  const archive = era5Archive(8 * MEGABYTE)
  const server = await workshop.serve(archive.options)
  const program = await workshop.start()
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  const address = archive.addressOn(server)
  await form.pasteAddress(address.replace('/202510/', '/199910/'))
  await form.setFolder(workshop.destination)
  // Nothing is there, as the preview knows: then it is asked first, and what is wrong has the focus.
  await page.locator('.lh-start-line').getByText(words.previewEmpty).waitFor()
  await form.start()
  await page.getByRole('button', { name: words.backToForm }).click()
  await hasFocus(page.getByLabel(words.prefix, { exact: true }))
  await form.start()
  await page.getByRole('button', { name: words.startAnyway }).click()
  await jobPage(page).banner('failedEarly')
  // Nothing is known of it, and no dash stands for that.
  expect(await page.locator('.lh-job-percent').count()).toBe(0)

  await page.getByRole('link', { name: words.newDownload }).click()
  await form.pasteAddress('s3://something-else/')
  await page.getByRole('link', { name: /199910/ }).click()
  await page.getByRole('button', { name: words.reuse }).click()
  expect(await form.folder()).toBe(workshop.destination)
  await page.getByLabel(words.prefix, { exact: true }).fill('e5.oper.an.pl/202510/')
  await form.previewShows(archive.objects.length)
  await form.continue()
  await jobPage(page).banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  // It has taken the place of the attempt that got nothing.
  await page.getByRole('link', { name: /202510/ }).waitFor()
  expect(await page.getByRole('link', { name: /199910/ }).count()).toBe(0)
})

const hasFocus = (wanted: Locator): Promise<void> =>
  expect.poll(() => wanted.evaluate((element) => element === document.activeElement)).toBe(true)
