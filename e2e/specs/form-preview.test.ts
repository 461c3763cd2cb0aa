/**
 * An s3:// address with the endpoint under Advanced, read anonymously: the preview counts before anything is fetched.
 */
import { expect } from 'vitest'
import { createEra5Objects, ERA5_BUCKET, ERA5_PREFIX } from '../../electron/engine/testing/objects/era5-objects.ts'
import { latency } from '../../electron/engine/testing/weather/line.ts'
import { WORDS } from '../model/words.ts'
import { spec } from '../support/spec.ts'

const words = WORDS.zh

spec('s3://bucket/prefix, endpoint and anonymous access: the preview shows count and size', async (workshop) => {
  const objects = createEra5Objects({ totalBytes: 40_000_000, objectBytes: 4_000_000 })
  const elsewhere = { key: 'e5.oper.an.pl/202511/not-asked-for.nc', size: 1 }
  const server = await workshop.serve({ buckets: { 'era5-mirror': [...objects, elsewhere] } })
  const program = await workshop.start()
  const page = await workshop.open(program)
  await page.getByLabel(words.address).fill(`s3://era5-mirror/${ERA5_PREFIX}`)
  await page.getByRole('radiogroup', { name: words.access }).getByText(words.anonymous, { exact: true }).click()
  await page.getByLabel(words.folder, { exact: true }).fill(workshop.destination)
  await page.getByRole('button', { name: words.advanced }).click()
  await page.getByLabel(words.endpoint).fill(server.endpointUrl)

  const preview = page.getByRole('region', { name: words.preview })
  await page.getByText(words.objectCount(String(objects.length))).waitFor()
  await preview.getByText(words.previewDone).waitFor()
  expect(await preview.getByRole('definition').allTextContents()).toEqual(
    expect.arrayContaining([String(objects.length), '40.0 MB']),
  )
  expect(await page.getByLabel(words.bucket, { exact: true }).inputValue()).toBe('era5-mirror')
  expect(await page.getByLabel(words.prefix, { exact: true }).inputValue()).toBe(ERA5_PREFIX)
  expect(server.counters.gets).toBe(0)
})

spec('while it counts, the line beside the button says that there is more', async (workshop) => {
  const archive = {
    count: 300_000,
    objectAt: (index: number) => ({ key: `a/${String(index).padStart(6, '0')}`, size: 1000 }),
  }
  const server = await workshop.serve({ buckets: { archive }, weather: [latency(200)] })
  const page = await workshop.open(await workshop.start())
  await page.getByLabel(words.address).fill(`${server.endpointUrl}/archive/a/`)
  await page.locator('.lh-start-line').getByText(words.atLeast).waitFor()
})

spec(
  'typed while the program is away: it stays, and nothing is said to be counted',
  async (workshop) => {
    const server = await workshop.serve({ buckets: { archive: [{ key: 'a/1', size: 1000 }] } })
    const program = await workshop.start()
    const page = await workshop.open(program)
    await page.getByLabel(words.address).fill(`${server.endpointUrl}/archive/a/`)
    const preview = page.getByRole('region', { name: words.preview })
    await preview.getByText(words.previewDone).waitFor()
    await program.kill()
    await page.getByText(words.lastKnown).waitFor()
    // Of what was counted before, it still is the truth.
    expect(await preview.getByText(words.previewDone).isVisible()).toBe(true)
    const prefix = page.getByLabel(words.prefix, { exact: true })
    await prefix.fill('a/typed-meanwhile/')
    await preview.getByText(words.programAway).waitFor()
    expect(await prefix.inputValue()).toBe('a/typed-meanwhile/')
    expect(await preview.getByText(words.previewDone).count()).toBe(0)
  },
  { only: 'web' },
)

/** The example narrows itself to three files; who brings an address of their own asks for all of it. */
spec("the example's own prefix on another endpoint is not narrowed by the example's filter", async (workshop) => {
  const objects = createEra5Objects({ totalBytes: 40_000_000, objectBytes: 4_000_000 })
  const server = await workshop.serve({ buckets: { [ERA5_BUCKET]: objects } })
  const program = await workshop.start()
  const page = await workshop.open(program)
  await page.getByLabel(words.address).fill(`${server.endpointUrl}/${ERA5_BUCKET}/${ERA5_PREFIX}`)
  await page.getByText(words.objectCount(String(objects.length))).waitFor()
})

spec(
  'a name of a thousand characters shows its start and its end, and all of it when it is pressed',
  async (workshop) => {
    const name = `first-${'abcdefghi_'.repeat(80)}-last.nc`
    const server = await workshop.serve({ buckets: { archive: [{ key: `a/${name}`, size: 1000 }] } })
    const page = await workshop.open(await workshop.start())
    await page.getByLabel(words.address).fill(`${server.endpointUrl}/archive/a/`)
    const cut = page.getByText(/^first-.{1,60}…/)
    expect((await cut.textContent())?.endsWith('-last.nc')).toBe(true)
    expect(await page.getByText(name, { exact: true }).isVisible()).toBe(false)
    await cut.click()
    await page.getByText(name, { exact: true }).waitFor()
  },
)
