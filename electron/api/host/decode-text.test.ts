import { expect, test } from 'vitest'
import { decodeText } from './decode-text.ts'

test.each([
  ['plain', Buffer.from('{"名": 1}')],
  ['with a mark in front', Buffer.from('\ufeff{"名": 1}')],
  ["from PowerShell's >", Buffer.from('\ufeff{"名": 1}', 'utf16le')],
])('text %s', (_title, bytes) => {
  expect(decodeText(bytes)).toBe('{"名": 1}')
})
