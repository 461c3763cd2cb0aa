/** Windows' icon file: pictures of several sizes behind one directory. Pure. */

export type IconPicture = {
  /** Width and height in pixels, 1 to 256. */
  size: number
  /** Four bytes a pixel, rows from the top. */
  rgba: Buffer
  /** The same as a PNG file. */
  png: Buffer
}

const HEADER_BYTES = 6
const ENTRY_BYTES = 16
const BITMAP_HEADER_BYTES = 40
/** Small pictures as bitmaps, which every Windows program reads; large ones as PNG, which keeps the file small. */
const LARGEST_BITMAP = 64

/** Format: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
export function packIco(pictures: IconPicture[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + ENTRY_BYTES * pictures.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  const images: Buffer[] = []
  let offset = header.length
  for (const [index, picture] of pictures.entries()) {
    const image = picture.size > LARGEST_BITMAP ? picture.png : bitmapOf(picture)
    const entry = HEADER_BYTES + ENTRY_BYTES * index
    // One byte for each side; 256 is written as 0.
    header.writeUInt8(picture.size % 256, entry)
    header.writeUInt8(picture.size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(image.length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    images.push(image)
    offset += image.length
  }
  return Buffer.concat([header, ...images])
}

/** A BITMAPINFOHEADER of double height, pixels as BGRA from the bottom row up, then a mask that hides nothing. */
function bitmapOf({ size, rgba }: IconPicture): Buffer {
  const maskBytes = Math.ceil(size / 32) * 4 * size
  const header = Buffer.alloc(BITMAP_HEADER_BYTES)
  header.writeUInt32LE(BITMAP_HEADER_BYTES, 0)
  header.writeInt32LE(size, 4)
  header.writeInt32LE(size * 2, 8)
  header.writeUInt16LE(1, 12)
  header.writeUInt16LE(32, 14)
  header.writeUInt32LE(rgba.length + maskBytes, 20)
  const rows = Array.from({ length: size }, (_, fromBottom) => {
    const at = (size - 1 - fromBottom) * size * 4
    const row = Buffer.from(rgba.subarray(at, at + size * 4))
    for (let pixel = 0; pixel < row.length; pixel += 4) row.subarray(pixel, pixel + 3).reverse()
    return row
  })
  return Buffer.concat([header, ...rows, Buffer.alloc(maskBytes)])
}
