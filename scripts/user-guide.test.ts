/** The user guides name buttons and sentences of the window: those that are there, and in the language of the guide. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { en } from '../renderer/i18n/en.ts'
import { jobEn } from '../renderer/i18n/job-en.ts'
import { jobZh } from '../renderer/i18n/job-zh.ts'
import { zh } from '../renderer/i18n/zh.ts'

function textsOf(words: object): string[] {
  return Object.values(words).flatMap((value) =>
    typeof value === 'string' ? [value] : value !== null && typeof value === 'object' ? textsOf(value) : [],
  )
}

test.each([
  ['user-guide.zh-CN.md', { ...zh, jobZh }],
  ['user-guide.md', { ...en, jobEn }],
])('every bold word of %s is in the window', (file, words) => {
  const texts = new Set(textsOf(words))
  const guide = readFileSync(join(import.meta.dirname, '..', 'docs', file), 'utf8')
  const named = [...guide.matchAll(/\*\*(.+?)\*\*/gs)].map(([, text = '']) => text.replaceAll('\n', ' '))
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter((text) => !texts.has(text))).toEqual([])
})
