import { expect, test } from 'vitest'
import { COLORS, type ColorName, type ThemeName } from './theme-config.ts'

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const SURFACES: ColorName[] = ['background', 'surface', 'raised', 'hover', 'selected']
const pairs: [ThemeName, ColorName, ColorName, number][] = (['light', 'dark'] as const).flatMap((name) => [
  ...(['text', 'text-muted', 'accent'] as const).flatMap((color) =>
    SURFACES.map((surface): [ThemeName, ColorName, ColorName, number] => [name, color, surface, 4.5]),
  ),
  ...(['healthy', 'healing', 'trouble'] as const).flatMap((color) =>
    ([...SURFACES, `${color}-soft`] as ColorName[]).map((surface): [ThemeName, ColorName, ColorName, number] => [
      name,
      color,
      surface,
      4.5,
    ]),
  ),
  // Outlines of controls: WCAG 1.4.11.
  ...(['surface', 'background'] as const).map((surface): [ThemeName, ColorName, ColorName, number] => [
    name,
    'border-control',
    surface,
    3,
  ]),
])

test.each(pairs)('%s: %s on %s reaches %d : 1', (name, foreground, background, least) => {
  expect(contrast(COLORS[name][foreground], COLORS[name][background])).toBeGreaterThanOrEqual(least)
})
