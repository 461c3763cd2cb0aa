/** The main job, from the form to the disk, through the real window of the real program. */
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

/**
 * The job takes a quarter of a minute, and is not over before something has happened in its middle; then it may hurry.
 */
const SLOW = [connectionSpeed(0.4 * MEGABYTE)]

spec('form, chart moves, pause, resume, finished, every byte equal', async (workshop) => {
  const archive = era5Archive(96 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: SLOW })
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
  await expect.poll(job.chartPoints).toBeGreaterThan(points)
  await expect.poll(job.rate).toBeGreaterThan(MEGABYTE)
  await job.pause()
  await job.banner('paused')
  await expect.poll(job.rate).toBeNaN()
  // What was under way may still end; then nothing is sent any more.
  const sentWithin = async (milliseconds: number) => {
    const before = server.counters.bytesSent
    await page.waitForTimeout(milliseconds)
    return server.counters.bytesSent - before
  }
  await expect.poll(() => sentWithin(500)).toBe(0)
  expect(await sentWithin(2000)).toBe(0)

  server.setWeather([])
  await job.resume()
  await job.banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  expect(server.counters.bytesSent).toBeLessThan(1.3 * archive.totalBytes)
})

spec('the whole program is killed, starts again, offers to resume, and every byte is equal', async (workshop) => {
  const archive = era5Archive(96 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: SLOW })
  const first = await workshop.start()
  const page = await workshop.open(first)
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.start()
  await jobPage(page).waitForPercent(30)
  await first.kill()
  const sentBefore = server.counters.bytesSent
  server.setWeather([])

  const second = await workshop.start()
  const again = await workshop.open(second)
  await again.getByText(`1 ${WORDS.zh.offerResume}`).waitFor()
  await again
    .getByRole('link', { name: /202510/ })
    .first()
    .click()
  await jobPage(again).banner('interrupted')
  await again.getByText(WORDS.zh.forgotten).waitFor()
  await jobPage(again).resume()
  await jobPage(again).banner('completed')
  expect(await archive.differences(server, workshop.destination)).toEqual([])
  expect(sentBefore).toBeGreaterThan(0.2 * archive.totalBytes)
  expect(server.counters.bytesSent).toBeLessThan(1.3 * archive.totalBytes)
})
