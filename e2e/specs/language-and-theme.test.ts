/**
 * The settings: language and theme survive a reload and a restart,
 * constants that were reset come back, no axe violations.
 */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { WORDS } from '../model/words.ts'
import { colorScheme, setColorScheme, violations } from '../support/axe.ts'
import { spec } from '../support/spec.ts'

const language = (page: Page) => page.locator('html').getAttribute('lang')
/** The first choice on the settings page with this name. */
const choose = (page: Page, group: string, choice: string) =>
  page.getByRole('main').getByRole('radiogroup', { name: group }).getByText(choice, { exact: true }).click()

spec('language and theme chosen in the settings survive a reload and a restart of the program', async (workshop) => {
  const program = await workshop.start()
  const page = await workshop.open(program, { colorScheme: 'light' })
  await page.getByRole('button', { name: WORDS.zh.settings }).click()
  await page.getByRole('heading', { name: WORDS.zh.settings, level: 1 }).waitFor()
  expect(await language(page)).toBe('zh-CN')
  expect(await colorScheme(page)).toBe('light')

  await choose(page, WORDS.zh.settingsLanguage, 'English')
  await page.getByRole('heading', { name: WORDS.en.settings, level: 1 }).waitFor()
  await choose(page, WORDS.en.settingsTheme, WORDS.en.themeDark)
  await expect.poll(() => colorScheme(page)).toBe('dark')

  await page.reload()
  await page.getByRole('heading', { name: WORDS.en.settings, level: 1 }).waitFor()
  expect(await language(page)).toBe('en')
  expect(await colorScheme(page)).toBe('dark')

  await program.stop()
  const again = await workshop.open(await workshop.start(), { colorScheme: 'light' })
  await again.getByRole('heading', { name: WORDS.en.newDownload }).waitFor()
  expect(await language(again)).toBe('en')
  expect(await colorScheme(again)).toBe('dark')
})

spec('the settings have no axe violations, light and dark', async (workshop) => {
  const program = await workshop.start()
  const page = await workshop.open(program)
  await page.getByRole('button', { name: WORDS.zh.settings }).click()
  await page.getByRole('heading', { name: WORDS.zh.settings, level: 1 }).waitFor()
  // The button's tooltip is no part of the page.
  await page.mouse.move(0, 0)
  await page.getByRole('tooltip').waitFor({ state: 'hidden' })
  for (const scheme of ['light', 'dark'] as const) {
    await setColorScheme(page, scheme)
    expect(await violations(page)).toEqual([])
  }
})

spec('constants that were all reset come back with one press of the same button', async (workshop) => {
  const page = await workshop.open(await workshop.start())
  await page.getByRole('button', { name: WORDS.zh.settings }).click()
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const attempts = page.getByRole('row', { name: 'maxAttempts' }).getByRole('textbox')
  await attempts.fill('17')
  await attempts.press('Enter')
  await button(WORDS.zh.resetAll).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => attempts.inputValue()).not.toBe('17')
  await page.keyboard.press('Enter')
  await expect.poll(() => attempts.inputValue()).toBe('17')
  await button(WORDS.zh.undoReset).waitFor({ state: 'detached' })
})
