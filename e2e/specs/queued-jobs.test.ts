/**
 * More jobs than are allowed at once: they wait in the side bar, and begin by themselves, or when their user says so.
 */
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const words = WORDS.zh

spec('of three jobs one is at work; the next begins when it ends, the last when its user says so', async (workshop) => {
  const archive = era5Archive(16 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.05 * MEGABYTE)] })
  const page = await workshop.open(await workshop.start())
  await page.getByRole('button', { name: words.settings }).click()
  await page.getByLabel(words.jobsAtOnce).fill('1')
  await page.getByLabel(words.jobsAtOnce).blur()

  const folders = ['first', 'second', 'third'].map((name) => `${workshop.destination}-${name}`)
  const form = newDownloadPage(page)
  for (const folder of folders) {
    await page.getByRole('link', { name: words.newDownload }).click()
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(folder)
    await form.start()
    await jobPage(page).banner(folder === folders[0] ? 'running' : 'queued')
  }
  expect(await page.locator('.lh-side-phase', { hasText: words.queued }).count()).toBe(2)
  // It has not been asked yet, and says nothing about what is there.
  await page.getByText(words.notListedYet).waitFor()

  // What was measured before, or never, is no live figure.
  expect(await page.locator('.lh-strip, .lh-verdict').count()).toBe(0)

  await page.getByRole('button', { name: words.startNow }).click()
  await expect.poll(() => page.locator('.lh-side-phase', { hasText: words.queued }).count()).toBe(1)
  server.setWeather([])
  await expect.poll(() => page.locator('.lh-side-phase', { hasText: words.completed }).count()).toBe(3)
  for (const folder of folders) expect(await archive.differences(server, folder)).toEqual([])

  await page.getByRole('button', { name: words.clearDone }).click()
  await page.getByRole('dialog').getByRole('button', { name: words.remove }).click()
  await expect.poll(() => page.locator('.lh-side-phase').count()).toBe(0)
  await page.getByRole('heading', { name: words.newDownload }).waitFor()
  for (const folder of folders) expect(await archive.differences(server, folder)).toEqual([])
})

spec('jobs that the program was torn from go on in the order they were begun', async (workshop) => {
  const archive = era5Archive(16 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.05 * MEGABYTE)] })
  const program = await workshop.start()
  const page = await workshop.open(program)
  await page.getByRole('button', { name: words.settings }).click()
  await page.getByLabel(words.jobsAtOnce).fill('1')
  await page.getByLabel(words.jobsAtOnce).blur()
  const form = newDownloadPage(page)
  for (const name of ['first', 'second', 'third']) {
    await page.getByRole('link', { name: words.newDownload }).click()
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(`${workshop.destination}-${name}`)
    await form.start()
    await jobPage(page).banner(name === 'first' ? 'running' : 'queued')
  }
  await program.kill()

  const again = await workshop.open(await workshop.start())
  await again.getByRole('button', { name: words.resumeFromBreak }).click()
  // What is at work stands before those that wait, though it is the oldest.
  await expect
    .poll(() => again.locator('.lh-side-phase').allInnerTexts())
    .toEqual([words.running, words.queued, words.queued])
  await again.locator('.lh-side-job').first().click()
  await again.getByTitle(`${workshop.destination}-first`).waitFor()

  // The job on the page is in sight, however many stand above it.
  await again.setViewportSize({ width: 1000, height: 320 })
  await again.locator('.lh-side-job').last().click()
  await again.reload()
  await expect
    .poll(() =>
      again.locator('.lh-side-job[aria-current="page"]').evaluate((link) => {
        const { top, bottom } = link.getBoundingClientRect()
        const list = link.closest('ul')?.getBoundingClientRect()
        return list !== undefined && top >= list.top - 1 && bottom <= list.bottom + 1
      }),
    )
    .toBe(true)
})
