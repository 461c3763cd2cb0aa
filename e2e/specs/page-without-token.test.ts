/** The web host's page, opened by somebody who has the address but not the token. */
import { expect } from 'vitest'
import { WORDS } from '../model/words.ts'
import { spec } from '../support/spec.ts'

for (const [what, hash] of [
  ['no token', ''],
  ['a wrong token', '#token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
]) {
  spec(
    `the page says that it is refused, and shows no form: ${what}`,
    async (workshop) => {
      const program = await workshop.start()
      const page = await workshop.open(`${new URL(program.address).origin}/${hash}`)
      await page.getByText(WORDS.zh.tokenRefused).waitFor()
      expect(await page.getByLabel(WORDS.zh.address).count()).toBe(0)
      expect(await page.getByRole('button', { name: WORDS.zh.start }).count()).toBe(0)
      expect(await page.getByText(WORDS.zh.lastKnown).count()).toBe(0)
    },
    { only: 'web' },
  )
}

spec(
  'a page that was open when its token went says that what it shows is old',
  async (workshop) => {
    const page = await workshop.open(await workshop.start())
    await page.route('**/api/**', (route) => route.fulfill({ status: 401 }))
    await page.getByLabel(WORDS.zh.address).fill('s3://era5/')
    await page.getByText(WORDS.zh.tokenRefused).waitFor()
    await page.getByText(WORDS.zh.lastKnown).waitFor()
    expect(await page.getByRole('button', { name: WORDS.zh.start }).isDisabled()).toBe(true)
  },
  { only: 'web' },
)
