import { expect, it } from 'vitest'
import { findOddName } from './windows-names.ts'

it.each<[path: string, odd: string | undefined]>([
  ['D:\\era5\\202510', undefined],
  ['D:/era5/.cache/..', undefined],
  ['..\\here\\', undefined],
  ['\\\\nas\\share\\era5', undefined],
  ['\\\\?\\C:\\data', undefined],
  ['C:\\data\\con', 'con'],
  ['C:\\data\\NUL.txt\\x', 'NUL.txt'],
  ['C:\\com1', 'com1'],
  ['C:\\console', undefined],
  ['D:\\x.', 'x.'],
  ['D:\\x \\y', 'x '],
  ['D:\\what?', 'what?'],
  ['D:\\a:b', 'a:b'],
])('%s: %s', (path, odd) => {
  expect(findOddName(path)).toBe(odd)
})
