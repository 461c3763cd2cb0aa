/**
 * All panels in sight as one picture, with titles, legends and the theme's background; and files for the user to keep.
 */
import { COLORS, FONT_FAMILY, type ThemeName } from '../../theme/theme-config.ts'

const TITLE_PIXELS = 44
const HEAD_PIXELS = 24
const MARGIN = 16
const SIGN_PIXELS = 20

type Part = { element: HTMLElement; canvas: HTMLCanvasElement }
type Place = { left: number; top: number }

/** `section` holds plots of class `uplot`; each lies in an element of class `lh-picture` with its title and legend. */
export async function chartPicture(
  section: HTMLElement,
  theme: ThemeName,
  title: string,
  subtitle: string,
): Promise<Blob | undefined> {
  const parts = [...section.querySelectorAll<HTMLElement>('.lh-picture')].flatMap((element) => {
    const canvas = element.querySelector<HTMLCanvasElement>('.uplot canvas')
    return canvas ? [{ element, canvas }] : []
  })
  if (parts.length === 0) return undefined
  const ratio = window.devicePixelRatio
  const { places, width, height } = placeParts(parts, ratio)
  const picture = document.createElement('canvas')
  picture.width = Math.round(width * ratio)
  picture.height = Math.round(height * ratio)
  const context = picture.getContext('2d')
  if (!context) return undefined
  const color = COLORS[theme]
  context.scale(ratio, ratio)
  context.fillStyle = color.surface
  context.fillRect(0, 0, width, height)
  context.textBaseline = 'middle'
  // A long address in a narrow window is condensed rather than cut.
  const write = (text: string, x: number, y: number, font: string, fill: string): number => {
    context.font = `${font} ${FONT_FAMILY}`
    context.fillStyle = fill
    context.fillText(text, x, y, width - MARGIN - x)
    return x + context.measureText(text).width
  }
  write(title, MARGIN, 16, '600 14px', color.text)
  write(subtitle, MARGIN, 34, '12px', color['text-muted'])
  for (const [index, { element, canvas }] of parts.entries()) {
    const { left, top } = places[index] as Place
    const middle = top + HEAD_PIXELS / 2
    let x = write(element.dataset.title ?? '', left, middle, '600 12px', color.text) + 18
    for (const key of element.querySelectorAll<HTMLElement>('.lh-series-key')) {
      drawSign(context, key, x, middle)
      x = write(key.textContent ?? '', x + SIGN_PIXELS + 5, middle, '12px', color['text-muted']) + 14
    }
    context.drawImage(canvas, left, top + HEAD_PIXELS, canvas.width / ratio, canvas.height / ratio)
  }
  return new Promise((resolve) => picture.toBlob((blob) => resolve(blob ?? undefined), 'image/png'))
}

/** In the layout of the screen, including what is scrolled out of view. CSS pixels. */
function placeParts(parts: readonly Part[], ratio: number): { places: Place[]; width: number; height: number } {
  const lefts = parts.map(({ element }) => element.getBoundingClientRect().left)
  const leftmost = Math.min(...lefts)
  const places: Place[] = []
  let width = 0
  let top = TITLE_PIXELS
  let bottom = TITLE_PIXELS
  for (const [index, { canvas }] of parts.entries()) {
    const left = MARGIN + (lefts[index] as number) - leftmost
    const before = places.at(-1)
    if (before && left <= before.left) top = bottom
    places.push({ left, top })
    width = Math.max(width, left + canvas.width / ratio + MARGIN)
    bottom = Math.max(bottom, top + HEAD_PIXELS + canvas.height / ratio)
  }
  return { places, width, height: bottom + MARGIN }
}

/** As `SeriesKey` draws it: a line with its dashes, or the block of a layer. */
function drawSign(context: CanvasRenderingContext2D, { dataset }: HTMLElement, x: number, y: number): void {
  context.save()
  context.strokeStyle = dataset.color ?? ''
  context.lineWidth = dataset.dash === undefined ? 10 : 2
  context.setLineDash(dataset.dash ? dataset.dash.split(' ').map(Number) : [])
  context.beginPath()
  context.moveTo(dataset.dash === undefined ? x + SIGN_PIXELS / 4 : x, y)
  context.lineTo(dataset.dash === undefined ? x + (SIGN_PIXELS * 3) / 4 : x + SIGN_PIXELS, y)
  context.stroke()
  context.restore()
}

/** The browser asks where to, or puts it among its downloads. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // By the next turn of the event loop the click has started the download.
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
