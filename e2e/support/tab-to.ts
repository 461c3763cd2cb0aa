/** Moves by the Tab key alone until the wanted control has the focus. */
import type { Locator, Page } from 'playwright-core'

/** More stops than any page has. */
const MOST_STOPS = 80

export async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab')
    if (await wanted.evaluate((element) => element === document.activeElement)) return
  }
  throw new Error(`Tab never reaches ${wanted}`)
}
