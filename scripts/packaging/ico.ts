/** Windows' icon file: pictures of several sizes behind one directory. Pure. */

export type IconPicture = {
  /** Width and height in pixels, 1 to 256. */
  size: number
  png: Buffer
}

const HEADER_BYTES = 6
const ENTRY_BYTES = 16

/** PNG inside, which every Windows since Vista reads. Format: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
export function packIco(pictures: IconPicture[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES + ENTRY_BYTES * pictures.length)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(pictures.length, 4)
  let offset = header.length
  pictures.forEach(({ size, png }, index) => {
    const entry = HEADER_BYTES + ENTRY_BYTES * index
    // One byte for each side; 256 is written as 0.
    header.writeUInt8(size % 256, entry)
    header.writeUInt8(size % 256, entry + 1)
    header.writeUInt16LE(1, entry + 4)
    header.writeUInt16LE(32, entry + 6)
    header.writeUInt32LE(png.length, entry + 8)
    header.writeUInt32LE(offset, entry + 12)
    offset += png.length
  })
  return Buffer.concat([header, ...pictures.map(({ png }) => png)])
}

/** The sides of the pictures in an icon file, in its order. Throws for anything else. */
export function readIcoSizes(ico: Buffer): number[] {
  if (ico.readUInt16LE(0) !== 0 || ico.readUInt16LE(2) !== 1) throw new Error('not an icon file')
  return Array.from(
    { length: ico.readUInt16LE(4) },
    (_, index) => ico.readUInt8(HEADER_BYTES + ENTRY_BYTES * index) || 256,
  )
}
