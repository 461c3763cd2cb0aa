/** Wrong input gets one clear sentence, and the form keeps what was typed. */
import { join } from 'node:path'
import { expect } from 'vitest'
import { newDownloadPage } from '../model/new-download-page.ts'
import { WORDS } from '../model/words.ts'
import { era5Archive, MEGABYTE } from '../support/era5.ts'
import { spec } from '../support/spec.ts'

const CASES: [what: string, address: (endpoint: string) => string, sentence: RegExp][] = [
  ['a bucket that does not exist', (endpoint) => `${endpoint}/no-such-bucket/a/`, /no-such-bucket/],
  ['a bucket that may not be read', (endpoint) => `${endpoint}/closed/a/`, /没有权限|拒绝/],
  ['a port where nobody listens', () => 'http://127.0.0.1:9/bucket/a/', /无法连接到 127\.0\.0\.1:9/],
  ['a host that does not exist', () => 'http://no.such.host.invalid/bucket/a/', /找不到主机 no\.such\.host\.invalid/],
]

spec('each wrong address is told in one sentence and stays in the form', async (workshop) => {
  const archive = era5Archive(10 * MEGABYTE)
  const server = await workshop.serve({
    ...archive.options,
    buckets: { ...archive.options.buckets, closed: [] },
    denied: ['closed'],
  })
  const program = await workshop.start()
  const page = await workshop.open(program)
  const form = newDownloadPage(page)
  for (const [, addressFor, sentence] of CASES) {
    const address = addressFor(server.endpointUrl)
    await form.pasteAddress(address)
    await page.getByRole('alert').or(page.locator('main')).getByText(sentence).first().waitFor()
    expect(await form.address()).toBe(address)
  }
})

spec('what the service says is wrong is said at its field, also where that was out of sight', async (workshop) => {
  const words = WORDS.zh
  const archive = era5Archive(10 * MEGABYTE)
  const server = await workshop.serve({
    ...archive.options,
    buckets: { ...archive.options.buckets, closed: [] },
    denied: ['closed'],
  })
  const page = await workshop.open(await workshop.start())
  const form = newDownloadPage(page)
  const wrong = page.locator('.lh-form-fields [aria-invalid]')
  const rows: [address: string, label: string, sentence: RegExp][] = [
    [`${server.endpointUrl}/no-such-bucket/a/`, words.bucket, /no-such-bucket 不存在/],
    [`${server.endpointUrl}/era5-mirror/no/such/`, words.prefix, /这个前缀下没有任何对象/],
    ['http://127.0.0.1:9/era5-mirror/', words.endpoint, /无法连接到 127\.0\.0\.1:9/],
  ]
  for (const [address, label, sentence] of rows) {
    await form.pasteAddress(address)
    const field = page.getByLabel(label, { exact: true })
    await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true')
    expect(await field.evaluate(noteOf)).toMatch(sentence)
    expect(await wrong.count()).toBe(1)
  }
  await form.pasteAddress(`${server.endpointUrl}/closed/`)
  const access = page.getByRole('group', { name: words.access })
  await expect.poll(() => access.evaluate(noteOf)).toMatch(/没有权限访问 closed/)
  await form.pasteAddress(archive.addressOn(server))
  await form.previewShows(archive.objects.length)
  expect(await wrong.count()).toBe(0)
})

const noteOf = (element: Element): string | undefined =>
  document.getElementById(element.getAttribute('aria-describedby') ?? '')?.textContent

spec('a folder in the home folder, a number that cannot be, and a bucket in the endpoint', async (workshop) => {
  const archive = era5Archive(10 * MEGABYTE)
  const server = await workshop.serve(archive.options)
  const page = await workshop.open(await workshop.start())
  const form = newDownloadPage(page)
  await form.setFolder('~/era5')
  expect(await form.folder()).toBe(join(workshop.home, 'era5'))

  await page.getByLabel(WORDS.zh.threads).fill('1001')
  await form.start()
  await page.getByRole('status').getByText('线程数在 1 到 256 之间').waitFor()
  expect(await page.getByLabel(WORDS.zh.threads).inputValue()).toBe('1001')
  // The slider has marks at powers of two alone; what is typed between two of them it shows where it is.
  await page.getByLabel(WORDS.zh.threads).fill('20')
  await expect.poll(() => page.getByRole('slider').getAttribute('aria-valuetext')).toBe('20')

  await form.pasteAddress('s3://era5-mirror/e5.oper.an.pl/202510/')
  await page.getByRole('button', { name: WORDS.zh.advanced }).click()
  await page.getByLabel(WORDS.zh.endpoint).fill(`${server.endpointUrl}/era5-mirror`)
  await page.getByRole('region', { name: WORDS.zh.preview }).getByText('服务地址带有路径 /era5-mirror').waitFor()
})

spec('keys that are not filled in are asked for where they are missing', async (workshop) => {
  const page = await workshop.open(await workshop.start())
  const form = newDownloadPage(page)
  await form.pasteAddress('s3://era5-mirror/')
  await page.getByText('密钥', { exact: true }).click()
  const isAskedFor = (name: string) =>
    expect.poll(() => page.getByLabel(name).evaluate((element) => element === document.activeElement)).toBe(true)
  await form.start()
  await isAskedFor('Access Key ID')
  await page.getByLabel('Access Key ID').fill('AKIDEXAMPLE')
  await form.start()
  await isAskedFor('Secret Access Key')
  await page.getByLabel('Secret Access Key').fill('secret')
  await page.getByText('先保存密钥，再开始').waitFor()
  await page.keyboard.press('Enter')
  await page.getByLabel('已保存的密钥').waitFor()
})

spec('Enter ends the typing in a field, as leaving it does', async (workshop) => {
  const page = await workshop.open(await workshop.start())
  await page.getByRole('button', { name: WORDS.zh.advanced }).click()
  await page.getByLabel(WORDS.zh.endpoint).fill('minio.example.org')
  await page.keyboard.press('Enter')
  await page.getByText('请写完整的地址，以 http:// 或 https:// 开头', { exact: true }).waitFor()
  await page.getByLabel(WORDS.zh.bucket, { exact: true }).fill('abc/d/')
  await page.keyboard.press('Enter')
  await expect.poll(() => page.getByLabel(WORDS.zh.prefix, { exact: true }).inputValue()).toBe('d/')
})

spec(
  'without its token the program says nothing',
  async (workshop) => {
    const program = await workshop.start()
    const bare = new URL(program.address)
    const answer = await fetch(new URL('/api/call/jobs.list', bare), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(answer.status).toBe(401)
  },
  { only: 'web' },
)
