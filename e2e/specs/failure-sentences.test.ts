/**
 * The same mistakes, whole sentences, both languages; nothing of what was typed is lost, also when start was pressed.
 */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Language, WORDS, type Words } from '../model/words.ts'
import { spec } from '../support/spec.ts'

type Case = { what: string; address: string; endpoint: (url: string) => string; sentence: (words: Words) => string }
const ownEndpoint = (url: string) => url

const CASES: Case[] = [
  {
    what: 'no S3 address at all',
    address: 'ftp://example.org/data',
    endpoint: ownEndpoint,
    sentence: (words) => words.unreadableAddress,
  },
  {
    what: 'a bucket that is not there',
    address: 's3://no-such-bucket/a/',
    endpoint: ownEndpoint,
    sentence: (words) => words.missingBucket('no-such-bucket'),
  },
  {
    what: 'a bucket that may not be read',
    address: 's3://closed/a/',
    endpoint: ownEndpoint,
    sentence: (words) => words.denied('closed'),
  },
  {
    what: 'nobody listens there',
    address: 's3://open/a/',
    endpoint: () => 'http://127.0.0.1:9',
    sentence: (words) => words.unreachable,
  },
]

for (const language of ['zh', 'en'] as const) {
  spec(`a mistake is one clear sentence and the form keeps what was typed: ${language}`, async (workshop) => {
    const words = WORDS[language]
    const server = await workshop.serve({ buckets: { open: [], closed: [] }, denied: ['closed'] })
    const program = await workshop.start()
    const page = await workshop.open(program)
    await switchTo(page, language)
    await page.getByRole('button', { name: words.advanced }).click()
    for (const { what, address, endpoint, sentence } of CASES) {
      const typed = { address, endpoint: endpoint(server.endpointUrl), folder: workshop.destination }
      await page.getByLabel(words.endpoint, { exact: true }).fill(typed.endpoint)
      await page.getByLabel(words.address).fill(typed.address)
      await page.getByLabel(words.folder, { exact: true }).fill(typed.folder)
      await page.getByText(sentence(words)).first().waitFor()
      const shown = (await page.getByRole('main').textContent()) ?? ''
      expect(shown, `${what}: no stack trace`).not.toMatch(/\bat \S+ \(|Error:|undefined|\[object/)
      const kept = {
        address: await page.getByLabel(words.address).inputValue(),
        endpoint: await page.getByLabel(words.endpoint, { exact: true }).inputValue(),
        folder: await page.getByLabel(words.folder, { exact: true }).inputValue(),
      }
      expect(kept, what).toEqual(typed)
    }
    await page.reload()
    await page.getByRole('heading', { name: words.newDownload }).waitFor()
    expect(await page.getByLabel(words.address).inputValue()).toBe(CASES.at(-1)?.address)
  })
}

async function switchTo(page: Page, language: Language): Promise<void> {
  await page.getByText(language === 'zh' ? '中' : 'EN', { exact: true }).click()
  await page.getByRole('heading', { name: WORDS[language].newDownload }).waitFor()
}
