import { expect, it } from 'vitest'
import { shortOfFilesIn } from './disk-error.ts'

it.each([
  ['Worker initialization failure: EMFILE', 'EMFILE'],
  ['Cannot read package config package.json: too many open files.', 'EMFILE'],
  ['ENFILE: file table overflow, open', 'ENFILE'],
  ['ended with 1', undefined],
])('%s', (words, code) => {
  expect(shortOfFilesIn(words)).toBe(code)
})
