/** The page of one job. */
import type { Page } from 'playwright-core'
import { WORDS } from './words.ts'

const percentOf = (text: string): number => Number(/([\d.]+)\s*%/.exec(text)?.[1] ?? Number.NaN)

export const jobPage = (page: Page) => ({
  pause: () => page.getByRole('button', { name: '暂停' }).click(),
  resume: () => page.getByRole('button', { name: '继续', exact: true }).first().click(),
  /** Waits for a banner by its kind: `running`, `paused`, `completed`, `interrupted` ... */
  banner: (kind: string) => page.locator(`.lh-banner[data-kind="${kind}"]`).waitFor(),
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
  /** Opens the dialog, fills it in and applies it; an empty limit is none. */
  async setLimits({ threads, rateLimit }: { threads?: number; rateLimit: string }): Promise<void> {
    await page.getByRole('button', { name: WORDS.zh.limits }).click()
    const dialog = page.getByRole('dialog', { name: WORDS.zh.limitsTitle })
    if (threads !== undefined) await dialog.getByLabel(WORDS.zh.threads).fill(String(threads))
    await dialog.getByLabel(WORDS.zh.rateLimit).fill(rateLimit)
    await dialog.getByRole('button', { name: WORDS.zh.apply }).click()
  },
  /** `12/16`: connections at work and allowed. */
  concurrency: async () => (await page.locator('.lh-strip dd').first().textContent())?.trim(),
  chart: () => page.locator('.uplot canvas').first(),
  /** How many measurements the chart holds: it is a slider over them, for keyboards. */
  chartPoints: async () =>
    Number(await page.getByRole('slider', { name: WORDS.zh.chart }).getAttribute('aria-valuemax')),
  /** Bytes per second as the head shows it; NaN while there is none. */
  async rate(): Promise<number> {
    const [, number = '', unit = ''] =
      /([\d.]+)\s*([kMG]?)B\/s/.exec((await page.locator('.lh-job-rate').textContent()) ?? '') ?? []
    return Number(number || Number.NaN) * ({ k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1)
  },
})
