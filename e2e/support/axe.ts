/** What axe finds on a page, and a page whose colours have arrived: axe judges what it sees at that moment. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export async function violations(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page }).analyze()
  return result.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target).join(', ')}`)
}

export const colorScheme = (page: Page): Promise<string> =>
  page.evaluate(() => document.documentElement.style.colorScheme)

/** As if the system had changed it; the program follows. */
export async function setColorScheme(page: Page, wanted: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: wanted })
  await expect.poll(() => colorScheme(page)).toBe(wanted)
  await page.evaluate(async () => {
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition)
    await Promise.allSettled(transitions.map(({ finished }) => finished))
  })
}
