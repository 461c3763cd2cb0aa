import { expect, test } from 'vitest'
import { expandHome, isAbsolutePath, parentPath } from './path-text.ts'

test.each([
  ['/data', true],
  ['D:\\era5', true],
  ['d:/era5', true],
  ['\\\\nas\\era5', true],
  ['era5', false],
  ['~/era5', false],
  ['D:era5', false],
])('absolute path %s: %s', (path, expected) => expect(isAbsolutePath(path)).toBe(expected))

test.each([
  ['~/era5', '/home/wang', '/home/wang/era5'],
  ['~\\era5', 'C:\\Users\\wang', 'C:\\Users\\wang\\era5'],
  ['~/era5', '/', '/era5'],
  ['~/era5', '', '~/era5'],
  ['~', '/home/wang', '~'],
  ['~li/era5', '/home/wang', '~li/era5'],
  ['/data/~/era5', '/home/wang', '/data/~/era5'],
])('%s in the home folder %s is %s', (path, home, expected) => expect(expandHome(path, home)).toBe(expected))

test.each([
  ['/data/era5', '/data/'],
  ['/data/era5/', '/data/'],
  ['/data', '/'],
  ['/', undefined],
  ['D:\\era5\\202510', 'D:\\era5\\'],
  ['D:\\era5', 'D:\\'],
  ['D:\\', undefined],
])('above %s is %s', (path, expected) => expect(parentPath(path)).toBe(expected))
