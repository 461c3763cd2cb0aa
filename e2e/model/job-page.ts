/** The page of one job. */
import type { Page } from 'playwright-core'

const percentOf = (text: string): number => Number(/([\d.]+)\s*%/.exec(text)?.[1] ?? Number.NaN)

export const jobPage = (page: Page) => ({
  pause: () => page.getByRole('button', { name: '暂停' }).click(),
  resume: () => page.getByRole('button', { name: '继续', exact: true }).first().click(),
  /** Waits for a banner by its kind: `running`, `paused`, `completed`, `interrupted` ... */
  banner: (kind: string) => page.locator(`.lh-banner[data-kind="${kind}"]`).waitFor({ timeout: 90_000 }),
  /** What the head says is done, 0-100. */
  async percent(): Promise<number> {
    return percentOf((await page.locator('main').textContent()) ?? '')
  },
  /** Resolves when the head says so much is done. */
  async waitForPercent(wanted: number): Promise<void> {
    for (;;) {
      if ((await this.percent()) >= wanted) return
      await page.waitForTimeout(100)
    }
  },
  chart: () => page.locator('.uplot canvas').first(),
})
