import { join } from 'node:path'
import { expect, test } from 'vitest'
import { licensesText, readShippedPackages, type ShippedPackage } from './write-licenses.ts'

const shipped = (name: string, text: string, license = 'MIT'): ShippedPackage => ({
  name,
  version: '1.0.0',
  license,
  text,
})

test('a text that several packages share stands once, under all their names', () => {
  const written = licensesText([shipped('b', 'Be kind.'), shipped('a', 'Be kind.'), shipped('c', 'Be fair.')])
  expect(written).toContain('a 1.0.0 (MIT)\nb 1.0.0 (MIT)\n\nBe kind.\n')
  expect(written.match(/Be kind\./g)).toHaveLength(1)
  expect(written).toContain('c 1.0.0 (MIT)\n\nBe fair.\n')
})

test('a package without a text is named with its license', () => {
  expect(licensesText([shipped('d', '', 'Apache-2.0')])).toContain(
    'd 1.0.0 (Apache-2.0)\n\nIts package names the license',
  )
})

test('what is bundled is found, what only builds or tests is not, and every one has a license', () => {
  const packages = readShippedPackages(join(import.meta.dirname, '..', '..'))
  const names = packages.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['react', 'antd', '@aws-sdk/client-s3', 'zod', 'http-parser-js']))
  expect(names).not.toEqual(expect.arrayContaining(['electron']))
  expect(names).not.toEqual(expect.arrayContaining(['vitest']))
  expect(packages.filter(({ license }) => license === 'unknown')).toEqual([])
})
