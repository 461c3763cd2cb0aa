/** A folder is chosen, not only typed: from the user's own, drives and mounts down to where it is to be. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { WORDS } from '../model/words.ts'
import { spec } from '../support/spec.ts'

const words = WORDS.zh

spec(
  'the default folder of the settings is chosen, and is still there after a reload',
  async (workshop) => {
    mkdirSync(join(workshop.home, 'archive', 'era5'), { recursive: true })
    const program = await workshop.start()
    const page = await workshop.open(program)
    await page.getByRole('button', { name: words.settings }).click()
    const folder = page.getByLabel(words.defaultFolder)
    await page.getByRole('button', { name: words.chooseFolder }).click()

    const dialog = page.getByRole('dialog')
    const open = (name: string) => dialog.getByRole('button', { name: words.openFolder(name), exact: true }).click()
    await open('/')
    await expect.poll(() => dialog.getByLabel(words.path).inputValue()).toBe('/')
    await open(words.home)
    await open('archive')
    await open('era5')
    const chosen = join(workshop.home, 'archive', 'era5')
    await expect.poll(() => dialog.getByLabel(words.path).inputValue()).toBe(chosen)
    await dialog.getByRole('button', { name: words.chooseThisFolder }).click()
    expect(await folder.inputValue()).toBe(chosen)

    await page.reload()
    await expect.poll(() => folder.inputValue()).toBe(chosen)
    await page.getByText(`${words.emptyIs} ${join(workshop.home, 'Downloads', 'longhaul')}`).waitFor()
  },
  { only: 'web' },
)

spec(
  'a path from the home folder is kept as the full path, of a certificate file as well',
  async (workshop) => {
    const page = await workshop.open(await workshop.start())
    await page.getByRole('button', { name: words.settings }).click()
    const file = page.getByLabel(words.certificateFile)
    await file.fill('~/ca.pem')
    await file.press('Enter')
    const expected = join(workshop.home, 'ca.pem')
    await expect.poll(() => file.inputValue()).toBe(expected)

    await page.reload()
    await expect.poll(() => file.inputValue()).toBe(expected)
  },
  { only: 'web' },
)
