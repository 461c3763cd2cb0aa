/** Draws assets/icon.png and assets/icon.ico from assets/icon.svg: `node scripts/packaging/draw-icon.ts`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { ensureBrowser } from '../ensure-browser.ts'

const assets = join(import.meta.dirname, '..', '..', 'assets')
/** Up to 64 px as bitmaps, which every Windows program can read; above as PNG, which keeps the file small. */
const ICO_SIZES = [16, 24, 32, 48, 64, 128, 256]
const LARGEST_BITMAP = 64
const PNG_SIZE = 512

type Drawing = { size: number; png: Buffer; /** Four bytes a pixel, rows from the top. */ rgba: Buffer }

const { browser: executablePath } = ensureBrowser()
if (!executablePath) {
  console.error('drawing needs Chrome, Edge or Chromium')
  process.exit(1)
}
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] })
try {
  const svg = readFileSync(join(assets, 'icon.svg'), 'utf8')
  writeFileSync(join(assets, 'icon.png'), (await draw(browser, svg, PNG_SIZE)).png)
  const drawings: Drawing[] = []
  for (const size of ICO_SIZES) drawings.push(await draw(browser, svg, size))
  writeFileSync(join(assets, 'icon.ico'), icoOf(drawings))
} finally {
  await browser.close()
}

async function draw(browser: Browser, svg: string, size: number): Promise<Drawing> {
  const page = await browser.newPage()
  // A string: this file is compiled for Node, the page has a DOM.
  const drawn = (await page.evaluate(`(async () => {
    const image = new Image(${size}, ${size})
    image.src = 'data:image/svg+xml;utf8,' + encodeURIComponent(${JSON.stringify(svg)})
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = ${size}
    const context = canvas.getContext('2d')
    context.drawImage(image, 0, 0, ${size}, ${size})
    const rgba = [...context.getImageData(0, 0, ${size}, ${size}).data]
    return { rgba, png: canvas.toDataURL('image/png').split(',')[1] }
  })()`)) as { rgba: number[]; png: string }
  await page.close()
  return { size, png: Buffer.from(drawn.png, 'base64'), rgba: Buffer.from(drawn.rgba) }
}

/** https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10): ICONDIR, its entries, then the images. */
function icoOf(drawings: Drawing[]): Buffer {
  const images = drawings.map((drawing) => (drawing.size > LARGEST_BITMAP ? drawing.png : bitmapOf(drawing)))
  const head = Buffer.alloc(6 + 16 * images.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(images.length, 4)
  let offset = head.length
  drawings.forEach(({ size }, index) => {
    const entry = 6 + 16 * index
    const length = images[index]?.length ?? 0
    // 0 stands for 256.
    head.writeUInt8(size % 256, entry)
    head.writeUInt8(size % 256, entry + 1)
    head.writeUInt16LE(1, entry + 4)
    head.writeUInt16LE(32, entry + 6)
    head.writeUInt32LE(length, entry + 8)
    head.writeUInt32LE(offset, entry + 12)
    offset += length
  })
  return Buffer.concat([head, ...images])
}

/** BITMAPINFOHEADER of double height, pixels as BGRA from the bottom row up, then a mask that hides nothing. */
function bitmapOf({ size, rgba }: Drawing): Buffer {
  const maskBytes = Math.ceil(size / 32) * 4 * size
  const header = Buffer.alloc(40)
  header.writeUInt32LE(40, 0)
  header.writeInt32LE(size, 4)
  header.writeInt32LE(size * 2, 8)
  header.writeUInt16LE(1, 12)
  header.writeUInt16LE(32, 14)
  header.writeUInt32LE(rgba.length + maskBytes, 20)
  const rows: Buffer[] = []
  for (let row = size - 1; row >= 0; row--) {
    const line = Buffer.from(rgba.subarray(row * size * 4, (row + 1) * size * 4))
    for (let at = 0; at < line.length; at += 4) line.subarray(at, at + 3).reverse()
    rows.push(line)
  }
  return Buffer.concat([header, ...rows, Buffer.alloc(maskBytes)])
}
