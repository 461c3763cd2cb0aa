/** The icon that is checked in, and the packing of any other, read back by a library that is not ours. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Data } from 'resedit'
import { describe, expect, test } from 'vitest'
import { packIco, readIcoSizes } from './ico.ts'

const PNG_MAGIC = '89504e470d0a1a0a'
/** A PNG's width and height stand at these places of its first chunk. */
const sidesOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)]

describe('assets/icon.ico', () => {
  const ico = readFileSync(join(import.meta.dirname, '..', '..', 'assets', 'icon.ico'))

  test('has the small sizes of the title bar and the 256 px that electron-builder asks for', () => {
    expect(readIcoSizes(ico)).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256])
  })

  test('holds pictures of exactly the promised sizes', () => {
    const pictures = Data.IconFile.from(ico).icons.map((icon) => Buffer.from(icon.data.isRaw() ? icon.data.bin : []))
    expect(pictures.map((png) => png.subarray(0, 8).toString('hex'))).toEqual(pictures.map(() => PNG_MAGIC))
    expect(pictures.map(sidesOf)).toEqual(readIcoSizes(ico).map((size) => [size, size]))
  })
})

test('another reader finds every picture where the directory says', () => {
  const pictures = [16, 256].map((size) => ({
    size,
    png: Buffer.concat([Buffer.from(PNG_MAGIC, 'hex'), Buffer.alloc(size, size)]),
  }))
  const read = Data.IconFile.from(packIco(pictures)).icons
  expect(read.map((icon) => Buffer.from(icon.data.isRaw() ? icon.data.bin : []))).toEqual(
    pictures.map(({ png }) => png),
  )
})

test.each([
  ['a PNG', Buffer.from(PNG_MAGIC, 'hex')],
  ['a cursor file', Buffer.from([0, 0, 2, 0, 0, 0])],
])('%s is no icon file', (_name, bytes) => {
  expect(() => readIcoSizes(bytes)).toThrow('not an icon file')
})
