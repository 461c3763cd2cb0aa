import { describe, expect, it } from 'vitest'
import { createGlobFilter } from './glob-filter.ts'
import { keyBelowPrefix, prefixFolder, subPrefixOf } from './key-below-prefix.ts'

describe('include and exclude', () => {
  it.each<[string[], string[], string, boolean]>([
    [[], [], 'a/b.nc', true],
    // A pattern without a slash is about the name, at any depth.
    [['*.nc'], [], 'b.nc', true],
    [['*.nc'], [], 'a/c/b.nc', true],
    [['*.nc'], [], 'b.txt', false],
    [['*.128_130_t.*'], [], '202510/e5.oper.an.pl.128_130_t.ll025sc.2025100100_2025100123.nc', true],
    // With one it is about the whole key below the prefix.
    [['a/*.nc'], [], 'a/b.nc', true],
    [['a/*.nc'], [], 'a/c/b.nc', false],
    [['a/**'], [], 'a/c/b.nc', true],
    [['**/c/*.nc'], [], 'a/c/b.nc', true],
    // Any of several; an exclude outweighs every include.
    [['*.nc', '*.txt'], [], 'b.txt', true],
    [['*.nc'], ['b*'], 'b.nc', false],
    [[], ['tmp/**'], 'tmp/b.nc', false],
    [[], ['tmp/**'], 'a/tmp/b.nc', true],
    // As shells do, but dots are no secret here.
    [['*'], [], '.hidden', true],
    [['file[0-9].nc'], [], 'file7.nc', true],
    [['{u,v}.nc'], [], 'v.nc', true],
    [['U.nc'], [], 'u.nc', false],
  ])('include %j, exclude %j: %s -> %s', (include, exclude, key, expected) => {
    expect(createGlobFilter(include, exclude)(key)).toBe(expected)
  })
})

describe('where a key lands below a prefix', () => {
  it.each([
    ['a/b/c', 'a/b/', 'c'],
    ['a/b/c', 'a/b', 'b/c'],
    ['a/b/c', 'a/b/c', 'c'],
    ['a/b/c', '', 'a/b/c'],
    ['a/b/c/d', 'a/b/', 'c/d'],
    ['a/bc/d', 'a/b', 'bc/d'],
    ['a/b/', 'a/b/', ''],
  ])('%s with prefix %j: %j', (key, prefix, expected) => {
    expect(keyBelowPrefix(key, prefix)).toBe(expected)
  })

  it.each([
    ['a/b', 'a/'],
    ['a', ''],
    ['a/b/', 'a/b/'],
  ])('the folder of prefix %j is %j, as is the sub-prefix of such a key', (prefix, expected) => {
    expect(prefixFolder(prefix)).toBe(expected)
    expect(subPrefixOf(prefix)).toBe(expected)
  })
})
