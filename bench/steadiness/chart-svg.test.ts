import { expect, it } from 'vitest'
import { chartSvg } from './chart-svg.ts'

const chart = (perSecond: number[], title = 'calm') =>
  chartSvg({ title, series: [{ name: 'Longhaul', color: 'ours', perSecond }], hourSeconds: 2, hours: 2, top: 40e6 })

it('draws the highest speed at the upper edge and none at the lower', () => {
  const points = /points="([^"]*)"/
    .exec(chart([40e6, 20e6, 0, 80e6]))?.[1]
    ?.split(' ')
    .map((point) => Number(point.split(',')[1]))
  expect(points).toEqual([48, 136, 224, 48])
})

it('averages more seconds than it has room for', () => {
  const points = /points="([^"]*)"/.exec(chart(Array.from({ length: 3600 }, (_, second) => (second % 2) * 40e6)))?.[1]
  const heights = points?.split(' ').map((point) => point.split(',')[1])
  expect(heights).toHaveLength(360)
  expect(new Set(heights)).toEqual(new Set(['136']))
})

it('marks the hours, the speeds in MB/s, and who is who', () => {
  const svg = chart([1, 2, 3, 4, 5])
  for (const text of ['0 h', '1 h', '2 h', '>10<', '>40<', 'Longhaul', 'MB/s']) expect(svg).toContain(text)
})

it('is well-formed whatever it is called', () => {
  expect(chart([1], 'a < b & "c"')).toContain('a &lt; b &amp; &quot;c&quot;')
  expect(chart([])).not.toContain('NaN')
})
