/** The icon that is checked in, and the packing of any other, read back by a library that is not ours. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Data } from 'resedit'
import { describe, expect, test } from 'vitest'
import { packIco } from './ico.ts'

const PNG_MAGIC = '89504e470d0a1a0a'
const iconsOf = (ico: Buffer) => Data.IconFile.from(ico).icons.map((icon) => icon.data)
/** A PNG's width and height stand at these places of its first chunk. */
const sidesOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)]

describe('assets/icon.ico', () => {
  const icons = iconsOf(readFileSync(join(import.meta.dirname, '..', '..', 'assets', 'icon.ico')))

  test('has the sizes of the title bar as bitmaps, for every program that reads icons', () => {
    const bitmaps = icons.filter((icon) => icon.isIcon())
    // The height counts the picture and its mask.
    expect(bitmaps.map(({ bitmapInfo }) => [bitmapInfo.width, bitmapInfo.height / 2, bitmapInfo.bitCount])).toEqual(
      [16, 20, 24, 32, 40, 48, 64].map((size) => [size, size, 32]),
    )
  })

  test('has the large sizes as PNG, with the 256 px that electron-builder asks for', () => {
    const pngs = icons.filter((icon) => icon.isRaw()).map(({ bin }) => Buffer.from(bin))
    expect(pngs.map((png) => png.subarray(0, 8).toString('hex'))).toEqual([PNG_MAGIC, PNG_MAGIC])
    expect(pngs.map(sidesOf)).toEqual([
      [128, 128],
      [256, 256],
    ])
  })
})

test('a bitmap is stored from the bottom row up, blue before red; nothing is masked out', () => {
  const [red, green, blue, clear] = [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 255, 255],
    [0, 0, 0, 0],
  ] as const
  const rgba = Buffer.from([red, green, blue, clear].flat())
  const [icon] = iconsOf(packIco([{ size: 2, rgba, png: Buffer.alloc(0) }]))
  if (!icon?.isIcon()) throw new Error('not read as a bitmap')
  const bgra = ([r, g, b, a]: readonly number[]) => [b, g, r, a]
  expect([...new Uint8Array(icon.pixels)]).toEqual([blue, clear, red, green].flatMap(bgra))
  expect([...new Uint8Array(icon.masks ?? [])].every((byte) => byte === 0)).toBe(true)
})
