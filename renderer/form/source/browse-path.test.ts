import { describe, expect, test } from 'vitest'
import { areBucketsHidden, crumbsOf, folderOf, nameBelow } from './browse-path.ts'

describe('browsing', () => {
  test.each([
    ['', []],
    ['a/', ['a/']],
    ['a/b/c', ['a/', 'a/b/']],
    ['/a/', ['/', '/a/']],
  ])('trail of "%s"', (prefix, expected) => expect(crumbsOf(prefix).map((crumb) => crumb.prefix)).toEqual(expected))

  test('a whole key is browsed at its folder', () => expect(folderOf('a/b/file.nc')).toBe('a/b/'))
  test('names are told below the place', () => expect(nameBelow('a/b/', 'a/')).toBe('b/'))
})

test.each([
  ['denied', true],
  ['redirect-refused', true],
  ['dns', false],
] as const)('a list of all buckets that is %s asks for the name of one: %s', (failure, expected) => {
  expect(areBucketsHidden({ class: failure })).toBe(expected)
})
