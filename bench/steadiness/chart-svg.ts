/** One line chart as SVG, readable on light and on dark pages. Pure. */

export type Series = { name: string; color: 'ours' | 'first' | 'second'; perSecond: readonly number[] }

const WIDTH = 760
const HEIGHT = 258
const LEFT = 46
const RIGHT = 12
/** A line for the title and one for the legend. */
const TOP = 48
const BOTTOM = 34
const Y_STEPS = 4
/** As many points as the chart has room for; more seconds are averaged. */
const MOST_POINTS = 360

/** Colours that differ in lightness as well, of the Okabe-Ito palette. */
const STYLE = `
text{font:12px system-ui,sans-serif;fill:#444}.grid{stroke:#8884}.line{fill:none;stroke-width:1.8}
.ours{stroke:#0072b2}.first{stroke:#d55e00}.second{stroke:#8a8a8a;stroke-dasharray:5 3}
@media (prefers-color-scheme:dark){text{fill:#bbb}.ours{stroke:#56b4e9}.first{stroke:#e69f00}.second{stroke:#999}}`

export type ChartOptions = {
  title: string
  series: readonly Series[]
  hourSeconds: number
  hours: number
  /** Bytes per second at the upper edge. */
  top: number
}

export function chartSvg({ title, series, hourSeconds, hours, top }: ChartOptions): string {
  const seconds = Math.max(1, ...series.map(({ perSecond }) => perSecond.length))
  const x = (second: number) => round(LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT))
  const y = (bytesPerSecond: number) =>
    round(HEIGHT - BOTTOM - (Math.min(bytesPerSecond, top) / top) * (HEIGHT - TOP - BOTTOM))

  const grid = Array.from({ length: Y_STEPS + 1 }, (_, step) => {
    const value = (top * step) / Y_STEPS
    const at = y(value)
    return (
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>` +
      `<text x="${LEFT - 6}" y="${at + 4}" text-anchor="end">${round(value / 1e6)}</text>`
    )
  })
  const marks = Array.from({ length: hours + 1 }, (_, hour) => {
    const at = x(hour * hourSeconds)
    return `<text x="${at}" y="${HEIGHT - 12}" text-anchor="${hour === 0 ? 'start' : 'middle'}">${hour} h</text>`
  })
  const lines = series.map(({ color, perSecond }) => {
    const points = meansOf(perSecond, Math.ceil(seconds / MOST_POINTS))
      .map(({ second, mean }) => `${x(second)},${y(mean)}`)
      .join(' ')
    return `<polyline class="line ${color}" points="${points}"/>`
  })
  const legend = series.map(({ name, color }, index) => {
    const at = LEFT + index * 150
    return (
      `<line class="line ${color}" x1="${at}" x2="${at + 22}" y1="30" y2="30"/>` +
      `<text x="${at + 28}" y="34">${escapeText(name)}</text>`
    )
  })
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(title)}">` +
    `<style>${STYLE}</style><text x="6" y="18">MB/s</text><text x="${LEFT}" y="18">${escapeText(title)}</text>` +
    `${[...grid, ...marks, ...lines, ...legend].join('\n')}</svg>\n`
  )
}

/** Means of so many seconds each, at their middle. */
const meansOf = (perSecond: readonly number[], width: number) =>
  Array.from({ length: Math.ceil(perSecond.length / width) }, (_, index) => {
    const values = perSecond.slice(index * width, (index + 1) * width)
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length
    return { second: index * width + values.length / 2, mean }
  })

const round = (value: number): number => Math.round(value * 10) / 10

const escapeText = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
