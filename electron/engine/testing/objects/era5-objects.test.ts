import { expect, it } from 'vitest'
import { createEra5Objects, ERA5_PREFIX } from './era5-objects.ts'

it.each([
  ['a gigabyte in objects of 40 MB', 1e9, 40e6],
  ['one small object', 1000, 40e6],
  ['a terabyte: the month has 496 objects, they grow', 1e12, 40e6],
  ['exactly a month', 496e6, 1e6],
])('%s: names of the archive, each once, and all the bytes', (_, totalBytes, objectBytes) => {
  const objects = createEra5Objects({ totalBytes, objectBytes })
  expect(objects.reduce((sum, { size }) => sum + size, 0)).toBe(totalBytes)
  expect(objects.every(({ size }) => size > 0)).toBe(true)
  expect(new Set(objects.map(({ key }) => key)).size).toBe(objects.length)
  expect(objects.length).toBeLessThanOrEqual(496)
  for (const { key } of objects) {
    expect(key.startsWith(ERA5_PREFIX)).toBe(true)
    const [, parameter, grid, from, to] =
      /e5\.oper\.an\.pl\.128_\d{3}_(\w+)\.(ll025sc|ll025uv)\.202510(\d\d)00_202510(\d\d)23\.nc$/.exec(key) ?? []
    expect(grid).toBe(parameter === 'u' || parameter === 'v' ? 'll025uv' : 'll025sc')
    expect(from).toBe(to)
    expect(Number(from)).toBeGreaterThanOrEqual(1)
    expect(Number(from)).toBeLessThanOrEqual(31)
  }
})
