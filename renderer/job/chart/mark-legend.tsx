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

export const MarkLegend = memo(function MarkLegend({ marks }: { marks: readonly Mark[] }) {
  const { chart } = useJobWords()
  return (
    <ul className="lh-legend" aria-label={chart.marks}>
      {countMarks(marks).map((count) => (
        <li key={count.kind}>
          <LegendEntry count={count} />
        </li>
      ))}
    </ul>
  )
})

function LegendEntry({ count: { kind, marks } }: { count: MarkCount }) {
  const words = useJobWords()
  const name = words.markKinds[kind]
  const times = fillText(words.chart.times, { count: formatCount(marks.length) })
  return (
    <Popover
      trigger="click"
      placement="bottom"
      content={<MarkList marks={marks} />}
      destroyOnHidden
      getPopupContainer={popupContainer}
    >
      <Button type="text" size="small" className="lh-legend-button" aria-label={`${name} ${times}`} title={name}>
        <MarkIcon kind={kind} />
        <span className="lh-legend-name">{name}</span>
        <span className="lh-muted">{formatCount(marks.length)}</span>
      </Button>
    </Popover>
  )
}

/** Newest first. */
function MarkList({ marks }: { marks: readonly Mark[] }) {
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
    </ul>
  )
}
