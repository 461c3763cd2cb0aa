/**
 * What each panel of the dashboard draws. A series is told by
 * its colour, its dashes and its name, never by colour alone.
 */
import type { JobWords } from '../../i18n/job-zh.ts'
import type { ThemeName } from '../../theme/theme-config.ts'
import { type Column, ERROR_COLUMNS, layerOf, type MeasuredName, type SpeedHistory } from './speed-history.ts'

export type PanelName = 'speed' | 'errors' | 'connections' | 'firstByte' | 'dns' | 'disk' | 'memory' | 'lag'
export type Panel = {
  name: PanelName
  unit: 'MB/s' | '/s' | '' | 'ms' | 'MB'
  /** From bottom to top where they are stacked. */
  series: readonly MeasuredName[]
  stacked: boolean
  /** Series whose peaks and dips the thinning must keep. */
  keeps: readonly MeasuredName[]
  /** Shown value = measured value times this. */
  scale: number
}

const panel = (
  name: PanelName,
  unit: Panel['unit'],
  series: readonly MeasuredName[],
  more: Partial<Panel> = {},
): Panel => ({
  name,
  unit,
  series,
  stacked: false,
  keeps: series,
  scale: 1,
  ...more,
})

export const SPEED_PANEL = panel('speed', 'MB/s', ['bytesPerSecond'], { scale: 1e-6 })
/** The same of two jobs. */
export const COMPARE_PANEL = panel('speed', 'MB/s', ['bytesPerSecond', 'bytesPerSecond'], { scale: 1e-6 })
/** Below the speed. */
export const PANELS: readonly Panel[] = [
  panel('errors', '/s', ERROR_COLUMNS, { stacked: true, keeps: ['errorsPerSecond'] }),
  panel('connections', '', ['connectionsActive', 'connectionsConnecting', 'connectionsIdle', 'connectionsCloseWait']),
  panel('firstByte', 'ms', ['firstByteMsP50', 'firstByteMsP95']),
  panel('dns', 'ms', ['dnsMs']),
  panel('disk', 'ms', ['diskWriteMs']),
  panel('memory', 'MB', ['rssBytes'], { scale: 1e-6 }),
  panel('lag', 'ms', ['loopLagMs']),
]

/** After Okabe and Ito, made darker or lighter until they stand out from the surface by 3 : 1. */
const PALETTE: Record<ThemeName, readonly string[]> = {
  light: ['#0a5fb4', '#b35900', '#0b7a5e', '#a2418f', '#7a6a00', '#b3261e', '#3580b5', '#59636e'],
  dark: ['#66aef5', '#f0a24a', '#45c9a0', '#e08fd0', '#d9c74a', '#ff8a80', '#a9d8fa', '#a0aab5'],
}
const DASHES: readonly number[][] = [[], [7, 3], [2, 3], [9, 3, 2, 3]]

/**
 * Of the palette, for the layers of errors: throttling has the
 * red of its mark; none of the common ones the green of health.
 */
const STACK_ORDER: readonly number[] = [5, 3, 1, 4, 0, 6, 2, 7]

export const seriesColor = (index: number, theme: ThemeName, stacked: boolean): string =>
  PALETTE[theme][(stacked ? STACK_ORDER[index % 8] : index % 8) as number] as string
export const seriesDash = (index: number): number[] => DASHES[index % DASHES.length] as number[]

/** A history written by an older version has fewer series: panels without any are left out. */
export const measuredPanels = (history: SpeedHistory): readonly Panel[] =>
  PANELS.filter(({ series }) => series.some((name) => history[name].some((value) => value !== null)))

/**
 * What uPlot draws, in the panel's unit; stacked layers from the top down, so that each one covers what is above it.
 */
export function panelColumns({ series, stacked, scale }: Panel, history: SpeedHistory): (number | null)[][] {
  const scaled = series.map((name) => history[name].map((value) => (value === null ? null : value * scale)))
  if (!stacked) return scaled
  const sums = scaled.map((_, top) =>
    history.time.map((__, index) => {
      const layers = scaled.slice(0, top + 1).map((column) => column[index] ?? null)
      return layers.includes(null) ? null : (layers as number[]).reduce((sum, value) => sum + value, 0)
    }),
  )
  return sums.reverse()
}

export function seriesName(name: MeasuredName, words: JobWords): string {
  const layer = name.startsWith('errors:') ? layerOf(name as (typeof ERROR_COLUMNS)[number]) : undefined
  if (layer === 'other') return words.chart.otherErrors
  return layer ? words.failures[layer].name : (words.chart.series[name as keyof JobWords['chart']['series']] ?? name)
}

/** `31.8 MB/s`; a dash where nothing was measured. */
export function formatSeries({ scale, unit, name }: Panel, value: Column[number] | undefined): string {
  if (value === null || value === undefined) return '–'
  const digits = name === 'connections' || name === 'memory' ? 0 : 1
  return `${(value * scale).toFixed(digits)}${unit === '/s' ? '/s' : unit && ` ${unit}`}`
}
