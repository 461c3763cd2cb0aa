/** The readout at the cursor: every measured figure of that instant, and the events near it. */
import { formatRate } from '../../../shared/format-units.ts'
import type { JobWords } from '../../i18n/job-zh.ts'
import { eventSentence } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import type { Mark } from './event-marks.ts'
import { MarkIcon } from './mark-shapes.tsx'
import { formatSeries, PANELS, seriesName } from './panels.ts'
import { placeReadout } from './place-readout.ts'
import { formatInstant, needDate, type PlotData } from './plot-data.ts'
import { AXIS_WIDTH } from './plot-options.ts'

/** More lines would cover the curve. */
const MAX_EVENTS = 3

type ChartReadoutProps = {
  data: PlotData
  index: number
  /** Unix seconds, where the cursor is in a gap. */
  gapAt: number | undefined
  marks: readonly Mark[]
  /** The text of the outage that the cursor is in. */
  outage: string | undefined
  /** Of the cursor within the plot, CSS pixels. */
  left: number
  /** Of the whole chart. */
  width: number
}

export function ChartReadout({ data, index, gapAt, marks, outage, left, width }: ChartReadoutProps) {
  const words = useJobWords()
  const reading = readingAt(data, index, words, gapAt)
  if (!reading) return null
  return (
    <div className="lh-readout" style={placeReadout(AXIS_WIDTH + left, width)} aria-hidden="true">
      <div className="lh-readout-main">
        <span>{reading.instant}</span>
        <strong>{reading.speed ?? words.chart.noData}</strong>
      </div>
      {reading.speed !== undefined && (
        <dl className="lh-readout-grid">
          {reading.figures.map(({ name, value }) => (
            <div key={name}>
              <dt className="lh-muted">{name}</dt>
              <dd className="lh-number">{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {(outage !== undefined || marks.length > 0) && (
        <ul>
          {outage !== undefined && (
            <li>
              <MarkIcon kind="network" /> <span>{outage}</span>
            </li>
          )}
          {marks.slice(-MAX_EVENTS).map((mark) => (
            <li key={`${mark.event.time} ${mark.event.code}`}>
              <MarkIcon kind={mark.kind} /> <span>{eventSentence(mark.event, words)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** Every series of that instant; error classes only where there were errors. */
function readingAt({ history, from, to }: PlotData, index: number, words: JobWords, gapAt?: number) {
  if (gapAt !== undefined) return { instant: formatInstant(gapAt, needDate(from, to)), speed: undefined, figures: [] }
  const time = history.time[index]
  if (time === undefined) return undefined
  const speed = history.bytesPerSecond[index] ?? undefined
  const ofPanels = PANELS.flatMap((panel) =>
    panel.series
      .filter((name) => !panel.stacked || (history[name][index] ?? 0) > 0)
      .map((name) => ({
        name: panel.series.length > 1 ? seriesName(name, words) : words.chart.panels[panel.name],
        value: formatSeries(panel, history[name][index]),
      })),
  )
  const figures = [
    { name: words.chart.concurrency, value: String(Math.round(history.concurrency[index] ?? 0)) },
    { name: words.chart.errors, value: `${(history.errorsPerSecond[index] ?? 0).toFixed(1)}/s` },
    ...ofPanels,
  ]
  return {
    instant: formatInstant(time, needDate(from, to)),
    speed: speed === undefined ? undefined : formatRate(speed),
    figures,
  }
}

/** `14:32:10, 31.8 MB/s, 并发 16`, and the events there. */
export function readingInWords(
  data: PlotData,
  index: number,
  marks: readonly Mark[],
  words: JobWords,
  outage?: string,
  gapAt?: number,
): string {
  const reading = readingAt(data, index, words, gapAt)
  if (!reading) return words.chart.empty
  const figures = reading.speed
    ? [reading.speed, ...reading.figures.map(({ name, value }) => `${name} ${value}`)]
    : [words.chart.noData]
  const events = marks.slice(-MAX_EVENTS).map((mark) => words.eventNames[mark.event.code])
  return [reading.instant, ...figures, ...(outage ? [outage] : []), ...events].join(words.punctuation.comma)
}
