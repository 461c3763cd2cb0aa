/** The kinds of marks in sight, with their number; each opens the list of its events in words. */
import { Button, Popover } from 'antd'
import { memo } from 'react'
import { popupContainer } from '../popup-container.ts'
import { eventSentence, fillText } from '../words/fill-sentence.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { countMarks, type Mark, type MarkCount } from './event-marks.ts'
import { MarkIcon } from './mark-shapes.tsx'
import { formatInstant, needDate } from './plot-data.ts'

const LISTED = 30

type MarkLegendProps = {
  marks: readonly Mark[]
  /** Unix seconds; undefined: all in sight are known. */
  uncountedBefore: number | undefined
}

export const MarkLegend = memo(function MarkLegend({ marks, uncountedBefore }: MarkLegendProps) {
  const { chart } = useJobWords()
  return (
    <ul className="lh-legend" aria-label={chart.marks}>
      {countMarks(marks).map((count) => (
        <li key={count.kind}>
          <LegendEntry count={count} uncountedBefore={uncountedBefore} />
        </li>
      ))}
    </ul>
  )
})

function LegendEntry({
  count: { kind, marks },
  uncountedBefore,
}: {
  count: MarkCount
  uncountedBefore: number | undefined
}) {
  const words = useJobWords()
  const name = words.markKinds[kind]
  const count = `${formatCount(marks.length)}${uncountedBefore === undefined ? '' : '+'}`
  const times = fillText(words.chart.times, { count })
  return (
    <Popover
      trigger="click"
      placement="bottom"
      content={<MarkList marks={marks} uncountedBefore={uncountedBefore} />}
      destroyOnHidden
      getPopupContainer={popupContainer}
    >
      <Button type="text" size="small" className="lh-legend-button" aria-label={`${name} ${times}`} title={name}>
        <MarkIcon kind={kind} />
        <span className="lh-legend-name">{name}</span>
        <span className="lh-muted">{count}</span>
      </Button>
    </Popover>
  )
}

/** Newest first. */
function MarkList({ marks, uncountedBefore }: MarkLegendProps) {
  const words = useJobWords()
  const newest = marks.slice(-LISTED).reverse()
  const [first] = marks
  const last = marks.at(-1)
  const withDate = first !== undefined && last !== undefined && needDate(first.at, last.at)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <ul className="lh-legend-list" tabIndex={0} aria-label={words.chart.marks}>
      {newest.map((mark) => (
        <li key={`${mark.event.time} ${mark.event.code} ${JSON.stringify(mark.event.reason)}`}>
          <time className="lh-muted lh-number" dateTime={mark.event.time}>
            {formatInstant(mark.at, withDate)}
          </time>{' '}
          {eventSentence(mark.event, words)}
        </li>
      ))}
      {marks.length > LISTED && (
        <li className="lh-muted">{fillText(words.chart.newestOnly, { count: String(LISTED) })}</li>
      )}
      {uncountedBefore !== undefined && (
        <li className="lh-muted">{fillText(words.chart.uncounted, { time: formatInstant(uncountedBefore, true) })}</li>
      )}
    </ul>
  )
}
