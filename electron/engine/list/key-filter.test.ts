import { expect, it } from 'vitest'
import { createKeyFilter, type KeyVerdict } from './key-filter.ts'

type Globs = Partial<{ include: string[]; exclude: string[] }>

it.each<[sentence: string, prefix: string, globs: Globs, keys: [string, KeyVerdict][]]>([
  [
    'all below a prefix',
    'a/',
    {},
    [
      ['a/1.nc', 'wanted'],
      ['a/b/2.txt', 'wanted'],
    ],
  ],
  [
    '... as the globs want it',
    'a/',
    { include: ['*.nc'] },
    [
      ['a/1.nc', 'wanted'],
      ['a/b/2.txt', 'excluded'],
    ],
  ],
  [
    'a prefix that is one whole key means that object alone',
    'a/1.nc',
    {},
    [
      ['a/1.nc', 'wanted'],
      ['a/1.nc.md5', 'beyond'],
    ],
  ],
  [
    '... whatever the globs say',
    'a/1.nc',
    { exclude: ['*.nc'] },
    [
      ['a/1.nc', 'wanted'],
      ['a/1.nc.md5', 'beyond'],
    ],
  ],
  [
    '... the key of a folder means what lies in it',
    'a/',
    {},
    [
      ['a/', 'wanted'],
      ['a/1.nc', 'wanted'],
    ],
  ],
  [
    'a beginning of keys is no key',
    'a/1',
    {},
    [
      ['a/1.nc', 'wanted'],
      ['a/1/2.nc', 'wanted'],
    ],
  ],
])('%s', (_, prefix, globs, keys) => {
  const filter = createKeyFilter(prefix, { include: [], exclude: [], ...globs })
  expect(keys.map(([key]) => [key, filter.judge(key)])).toEqual(keys)
})
