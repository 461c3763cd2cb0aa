/** The main job, from the form to the disk, through the real window of the real program. */
import { expect } from 'vitest'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

spec('form, chart moves, pause, resume, finished, every byte equal', async (workshop) => {
  const archive = era5Archive(240 * MEGABYTE)
  const server = await workshop.serve(archive.options)
  const program = await workshop.start()
  const page = await workshop.open(program)

  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.previewShows(archive.objects.length)
  await form.start()

  const job = jobPage(page)
  await job.chart().waitFor()
  await job.waitForPercent(10)
  const points = await job.chartPoints()
  await expect.poll(job.chartPoints, { timeout: 10_000 }).toBeGreaterThan(points)
  await expect.poll(() => job.rate(), { timeout: 10_000 }).toBeGreaterThan(MEGABYTE)
  await job.pause()
  await job.banner('paused')
  await page.waitForTimeout(1000)
  expect(await job.rate()).toBeNaN()
  const sentWhenPaused = server.counters.bytesSent
  await page.waitForTimeout(2000)
  expect(server.counters.bytesSent).toBe(sentWhenPaused)

  await job.resume()
  await job.banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  expect(server.counters.bytesSent).toBeLessThan(1.3 * archive.totalBytes)
})

spec('the whole program is killed, starts again, offers to resume, and every byte is equal', async (workshop) => {
  const archive = era5Archive(240 * MEGABYTE)
  const server = await workshop.serve(archive.options)
  const first = await workshop.start()
  const page = await workshop.open(first)
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.start()
  await jobPage(page).waitForPercent(30)
  await first.kill()
  const sentBefore = server.counters.bytesSent

  const second = await workshop.start()
  const again = await workshop.open(second)
  await again.getByText(`1 ${WORDS.zh.offerResume}`).waitFor()
  await again
    .getByRole('link', { name: /202510/ })
    .first()
    .click()
  await jobPage(again).banner('interrupted')
  await jobPage(again).resume()
  await jobPage(again).banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  expect(sentBefore).toBeGreaterThan(0.2 * archive.totalBytes)
  expect(server.counters.bytesSent).toBeLessThan(1.3 * archive.totalBytes)
})
