/** Errors of a bad day are explained in the window, and a report can be sent that gives nothing away. */
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { throttling } from '../../electron/engine/testing/weather/throttling.ts'
import { jobPage } from '../model/job-page.ts'
import { LOGS_WORDS, logsPage } from '../model/logs-page.ts'
import { newDownloadPage } from '../model/new-download-page.ts'
import { setColorScheme, violations } from '../support/axe.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const ACCESS_KEY = 'DISTINCTIVEACCESSKEY'
const SECRET_KEY = 'distinctive/secret+key/of/this/spec'

async function useKeys(page: Page): Promise<void> {
  await page.getByText('密钥', { exact: true }).click()
  await page.getByLabel('Access Key ID').fill(ACCESS_KEY)
  await page.getByLabel('Secret Access Key').fill(SECRET_KEY)
  await page.getByRole('button', { name: '保存密钥' }).click()
  await page.getByLabel('Secret Access Key').waitFor({ state: 'detached' })
}

spec('throttling is named from the error log in both languages, and the report holds no secret', async (workshop) => {
  const archive = era5Archive(60 * MEGABYTE)
  const weather = [...archive.options.weather, throttling({ requestsPerSecond: 3, burst: 1 })]
  const server = await workshop.serve({ ...archive.options, weather })
  const page = await workshop.open(await workshop.start(), {
    colorScheme: 'light',
    viewport: { width: 1280, height: 800 },
  })
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await useKeys(page)
  await form.start()
  await jobPage(page).banner('completed')

  const log = join(workshop.destination, '.longhaul', 'download_errors.log')
  const first = JSON.parse(readFileSync(log, 'utf8').split('\n')[0] ?? '')
  expect(first).toMatchObject({ class: 'throttled', httpStatus: 503, code: 'SlowDown', attempt: 1, action: 'retry' })
  expect(first.part).toMatch(/^\d+-\d+$/)

  // What an older program may have left in a log.
  const signed = `https://b.s3.amazonaws.com/k?X-Amz-Credential=${ACCESS_KEY}&X-Amz-Signature=abcdef`
  appendFileSync(log, `${JSON.stringify({ time: first.time, class: 'reset', detail: `${SECRET_KEY} ${signed}` })}\n`)
  const logs = logsPage(page)
  await logs.openReport()
  expect(await violations(page)).toEqual([])
  expect(await logs.readFile('job.json')).toContain('era5-mirror')
  const zip = unzipSync(readFileSync(await logs.saveReport(join(workshop.home, 'reports'))))
  const text = Object.entries(zip)
    .map(([name, data]) => `${name}\n${strFromU8(data)}`)
    .join('\n')
  expect(text).toContain('"class":"throttled"')
  expect(text).toContain('e5.oper.an.pl/202510/')
  expect(text).not.toMatch(/DISTINCTIVE|distinctive|X-Amz/)
  expect(text).not.toContain(workshop.home)

  await logs.hideNames()
  await expect.poll(() => logs.readFile('job.json')).not.toContain('era5-mirror')
  const hidden = unzipSync(readFileSync(await logs.saveReport(join(workshop.home, 'hidden'))))
  const hiddenText = Object.values(hidden)
    .map((data) => strFromU8(data))
    .join('\n')
  expect(hiddenText).not.toMatch(/era5-mirror|128_130_t|distinctive/i)
  await page.keyboard.press('Escape')

  await page.getByText('EN', { exact: true }).click()
  await setColorScheme(page, 'dark')
  const english = logsPage(page, 'en')
  await english.openReport()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Escape')

  await english.open()
  expect(await violations(page)).toEqual([])
  await english.analyse()
  const { throttling: cause, cure } = LOGS_WORDS.en
  await expect.poll(english.findings).toContain(cause)
  expect(await english.findings()).toContain(cure)
  expect(await violations(page)).toEqual([])
  expect(await page.locator('main').innerText()).not.toMatch(/\p{Script=Han}/u)

  await page.getByText('中', { exact: true }).click()
  await setColorScheme(page, 'light')
  await expect.poll(logs.findings).toContain(LOGS_WORDS.zh.throttling)
  expect(await logs.findings()).toContain(LOGS_WORDS.zh.cure)
  expect(await violations(page)).toEqual([])
})

spec('a log of a Python tool is read, a missing one is one sentence', async (workshop) => {
  const archive = era5Archive(12 * MEGABYTE)
  const server = await workshop.serve(archive.options)
  const page = await workshop.open(await workshop.start(), { viewport: { width: 900, height: 700 } })
  const form = newDownloadPage(page)
  await form.pasteAddress(archive.addressOn(server))
  await form.setFolder(workshop.destination)
  await form.start()
  await jobPage(page).banner('completed')
  const logs = logsPage(page)
  await logs.open()
  await logs.path().fill(join(workshop.home, 'none.log'))
  await logs.analyse()
  await page.getByText(LOGS_WORDS.zh.missing).waitFor()
  const line =
    'ERROR An error occurred (SlowDown) when calling the GetObject operation: Please reduce your request rate.'
  const lines = Array.from(
    { length: 40 },
    (_, minute) => `2025-10-01 12:${String(minute).padStart(2, '0')}:00,1 ${line}\r\n`,
  )
  writeFileSync(join(workshop.home, 'python.log'), lines.join(''))
  await logs.path().fill(join(workshop.home, 'python.log'))
  await logs.analyse()
  await page.getByText(LOGS_WORDS.zh.throttling).waitFor()
  expect(await logs.findings()).toContain('40')
  expect(await violations(page)).toEqual([])
})
