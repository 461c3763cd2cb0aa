/** All panels in sight as one picture, with titles, legends and the theme's background; and files for the user to keep. */
import { COLORS, FONT_FAMILY, type ThemeName } from '../../theme/theme-config.ts'

const TITLE_PIXELS = 44
const HEAD_PIXELS = 24
const MARGIN = 16

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
  const width = Math.max(...parts.map(({ canvas }) => canvas.width / ratio)) + 2 * MARGIN
  const height = parts.reduce((sum, { canvas }) => sum + HEAD_PIXELS + canvas.height / ratio, TITLE_PIXELS + MARGIN)
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
  const write = (text: string, x: number, y: number, font: string, fill: string): number => {
    context.font = `${font} ${FONT_FAMILY}`
    context.fillStyle = fill
    context.fillText(text, x, y)
    return x + context.measureText(text).width
  }
  write(title, MARGIN, 16, '600 14px', color.text)
  write(subtitle, MARGIN, 34, '12px', color['text-muted'])
  let y = TITLE_PIXELS
  for (const { element, canvas } of parts) {
    let x = write(element.dataset.title ?? '', MARGIN, y + HEAD_PIXELS / 2, '600 12px', color.text) + 18
    for (const key of element.querySelectorAll<HTMLElement>('.lh-series-key')) {
      context.fillStyle = key.dataset.color ?? color.text
      context.fillRect(x, y + HEAD_PIXELS / 2 - 4, 8, 8)
      x = write(key.textContent ?? '', x + 13, y + HEAD_PIXELS / 2, '12px', color['text-muted']) + 14
    }
    context.drawImage(canvas, MARGIN, y + HEAD_PIXELS, canvas.width / ratio, canvas.height / ratio)
    y += HEAD_PIXELS + canvas.height / ratio
  }
  return new Promise((resolve) => picture.toBlob((blob) => resolve(blob ?? undefined), 'image/png'))
}

/** The browser asks where to, or puts it among its downloads. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The click has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
