/** The sign of a series in a legend: its colour with its dashes, or the block of its layer, and its name. */
import { useThemeName } from '../../theme/theme-provider.tsx'
import { seriesColor, seriesDash } from './panels.ts'

export function SeriesKey({ index, stacked = false, name }: { index: number; stacked?: boolean; name: string }) {
  const color = seriesColor(index, useThemeName(), stacked)
  const dash = seriesDash(index).join(' ')
  return (
    <li className="lh-series-key" data-color={color} data-dash={stacked ? undefined : dash}>
      <svg viewBox="0 0 20 10" aria-hidden="true" className="lh-series-sign">
        {stacked ? (
          <rect x="5" y="0" width="10" height="10" fill={color} />
        ) : (
          <path d="M0 5H20" stroke={color} strokeWidth="2" strokeDasharray={dash} />
        )}
      </svg>
      {name}
    </li>
  )
}
