/**
 * Draws assets/icon.png and assets/icon.ico from the two svg files beside them, with an installed browser:
 * `node scripts/packaging/draw-icon.ts`. The results are checked in, so that packaging needs no browser.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'
import { ensureBrowser } from '../ensure-browser.ts'
import { type IconPicture, packIco } from './ico.ts'

const assets = join(import.meta.dirname, '..', '..', 'assets')
/** What Windows shows from the title bar to the largest tile, at 100 to 400 percent. */
const ICO_SIZES = [16, 20, 24, 32, 40, 48, 64, 128, 256]
const PNG_SIZE = 512
/** Below this the fine parts of the large drawing only blur. */
const LARGE_FROM_PX = 48

const large = readFileSync(join(assets, 'icon.svg'), 'utf8')
const small = readFileSync(join(assets, 'icon-small.svg'), 'utf8')
const { browser: executablePath } = ensureBrowser()
if (!executablePath) throw new Error('drawing the icon needs Chrome, Edge or Chromium')
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--force-color-profile=srgb'] })
try {
  const page = await browser.newPage()
  writeFileSync(join(assets, 'icon.png'), (await draw(page, large, PNG_SIZE)).png)
  const pictures: IconPicture[] = []
  for (const size of ICO_SIZES) pictures.push(await draw(page, size < LARGE_FROM_PX ? small : large, size))
  writeFileSync(join(assets, 'icon.ico'), packIco(pictures))
} finally {
  await browser.close()
}

async function draw(page: Page, svg: string, size: number): Promise<IconPicture> {
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
  return { size, png: Buffer.from(drawn.png, 'base64'), rgba: Buffer.from(drawn.rgba) }
}
