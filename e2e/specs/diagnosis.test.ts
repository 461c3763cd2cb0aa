/** A user whose download is slow learns why in less than a minute, without a terminal, and has a file to send. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { connectionSpeed } from '../../electron/engine/testing/weather/line.ts'
import type { Weather } from '../../electron/engine/testing/weather/weather.ts'
import { DIAGNOSIS_WORDS, diagnosisPage } from '../model/diagnosis-page.ts'
import { jobPage } from '../model/job-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { setColorScheme, violations } from '../support/axe.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const CHECKS = 23
/** Only the data is late: HEADs and listings are answered at once. */
const LATE_DATA: Weather = {
  name: 'late data',
  fate: ({ kind }) => (kind === 'get' ? { kind: 'delay', milliseconds: 5200 } : undefined),
}

const switchTo = (page: Page, language: 'zh' | 'en') =>
  page.getByText(language === 'zh' ? '中' : 'EN', { exact: true }).click()

spec(
  'the address in the form: a late first byte is named in both languages, with its advice, and saved',
  async (workshop) => {
    const archive = era5Archive(360 * MEGABYTE)
    const server = await workshop.serve({ ...archive.options, weather: [LATE_DATA] })
    const page = await workshop.open(await workshop.start(), { colorScheme: 'light' })
    const form = newDownloadPage(page)
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(workshop.destination)
    await form.previewShows(archive.objects.length)
    const diagnosis = diagnosisPage(page)
    await diagnosis.open()
    expect(await diagnosis.target()).toContain('s3://era5-mirror/')
    expect(await violations(page)).toEqual([])
    await diagnosis.run()
    await page.getByRole('button', { name: DIAGNOSIS_WORDS.zh.stop, exact: true }).waitFor()
    expect(await violations(page)).toEqual([])
    await diagnosis.finished()
    for (const [language, scheme] of [
      ['zh', 'light'],
      ['en', 'dark'],
    ] as const) {
      const [words, told] = [DIAGNOSIS_WORDS[language], diagnosisPage(page, language)]
      await switchTo(page, language)
      await setColorScheme(page, scheme)
      await told.finished()
      expect(await told.rows()).toBe(CHECKS)
      expect(await told.findings()).toContain(words.firstByte)
      expect(await told.row(words.firstByte)).toContain(words.unhealthy)
      expect(await violations(page)).toEqual([])
    }
    expect(await page.locator('main').innerText()).not.toMatch(/\p{Script=Han}/u)
    const text = await diagnosisPage(page, 'en').save()
    expect(text).toMatch(/诊断报告/)
    expect(text).toMatch(/Longhaul diagnosis/)
    expect(text).not.toContain(workshop.home)
  },
)

spec(
  'beside a running job: it is proposed, it goes on, and its own speed is what many connections reach',
  async (workshop) => {
    const archive = era5Archive(360 * MEGABYTE)
    // Over a minute for all of it: the job is still there when it is looked at.
    const server = await workshop.serve({ ...archive.options, weather: [connectionSpeed(0.3 * MEGABYTE)] })
    const page = await workshop.open(await workshop.start())
    const form = newDownloadPage(page)
    await form.pasteAddress(archive.addressOn(server))
    await form.setFolder(workshop.destination)
    await form.previewShows(archive.objects.length)
    await form.start()
    await jobPage(page).banner('running')
    // A job that has only just begun has no speed yet.
    await expect.poll(() => server.counters.bytesSent).toBeGreaterThan(24 * MEGABYTE)
    const diagnosis = diagnosisPage(page)
    await diagnosis.open()
    await diagnosis.run()
    await diagnosis.finished()
    expect(await diagnosis.row('多连接速度')).toContain('正在运行的任务')
    expect(await diagnosis.row('CLOSE_WAIT')).toContain('没有未关闭的响应')
    expect(await diagnosis.row(DIAGNOSIS_WORDS.zh.bucket)).toContain('可以列举')
    server.setWeather([])
    // Leaving the page loses nothing.
    await page.goBack()
    await jobPage(page).banner('completed')
    await diagnosis.open()
    expect(await diagnosis.rows()).toBe(CHECKS)
    expect(await archive.differences(server, workshop.destination)).toEqual([])
  },
)

spec('a denied bucket is a verdict; a diagnosis can be stopped', async (workshop) => {
  const archive = era5Archive(24 * MEGABYTE)
  const server = await workshop.serve({ ...archive.options, denied: ['closed'] })
  const page = await workshop.open(await workshop.start())
  const form = newDownloadPage(page)
  await form.pasteAddress(`${server.endpointUrl}/closed/x/`)
  await form.setFolder(workshop.destination)
  const diagnosis = diagnosisPage(page)
  await diagnosis.open()
  await diagnosis.run()
  await diagnosis.finished()
  expect(await diagnosis.row(DIAGNOSIS_WORDS.zh.bucket)).toContain(DIAGNOSIS_WORDS.zh.denied)
  await page.getByRole('button', { name: DIAGNOSIS_WORDS.zh.again }).click()
  await diagnosis.stop()
  await diagnosis.finished()
  expect(await page.locator('.lh-check-table').innerText()).toContain(DIAGNOSIS_WORDS.zh.stopped)
})
