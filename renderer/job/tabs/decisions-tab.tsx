/** What was decided, when, and why, in words; newest first. The current row is told in full below the table. */
import { Input, Select } from 'antd'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import { markKindOf } from '../chart/event-marks.ts'
import { MarkIcon } from '../chart/mark-shapes.tsx'
import { formatInstant, needDate } from '../chart/plot-data.ts'
import { eventSentence, restOfReason } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chooseDecisions, type DecisionGroup, formatEntryCount } from './decision-groups.ts'
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx'

export const DecisionsTab = memo(function DecisionsTab({ events }: { events: readonly EngineEvent[] }) {
  const words = useJobWords()
  const { decisions } = words
  const [group, setGroup] = useState<DecisionGroup | 'all'>('all')
  const [typed, setTyped] = useState('')
  const search = useDeferredValue(typed.trim())
  const [read, setRead] = useState<EngineEvent>()
  const chosen = useMemo(() => chooseDecisions(events, group, search, words), [events, group, search, words])
  const columns = useMemo((): GridColumn<EngineEvent>[] => {
    const secondsOf = (event: EngineEvent | undefined) => Date.parse(event?.time ?? '') / 1000
    const withDate = events.length > 0 && needDate(secondsOf(events[0]), secondsOf(events.at(-1)))
    return [
      {
        key: 'time',
        title: decisions.time,
        width: withDate ? '104px' : '64px',
        render: (event) => (
          <time className="lh-muted" dateTime={event.time}>
            {formatInstant(secondsOf(event), withDate)}
          </time>
        ),
      },
      { key: 'event', title: decisions.event, width: '128px', render: (event) => <EventName event={event} /> },
      {
        key: 'reason',
        title: decisions.reason,
        width: 'minmax(200px, 1fr)',
        // Whole for a mouse that rests on it; for keys and fingers below the table.
        render: (event) => (
          <span title={[eventSentence(event, words), restOfReason(event, words)].filter(Boolean).join('\n')}>
            {eventSentence(event, words)}
          </span>
        ),
      },
    ]
  }, [decisions, events, words])
  const rest = read ? restOfReason(read, words) : ''
  return (
    <>
      <div className="lh-tab-tools">
        <Input
          size="small"
          allowClear
          placeholder={decisions.search}
          aria-label={decisions.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Select<DecisionGroup | 'all'>
          size="small"
          aria-label={decisions.filter}
          value={group}
          onChange={setGroup}
          options={[
            { value: 'all', label: decisions.all },
            ...Object.entries(decisions.groups).map(([value, label]) => ({ value: value as DecisionGroup, label })),
          ]}
        />
        <span className="lh-muted lh-number">{formatEntryCount(chosen.length, events.length, decisions)}</span>
      </div>
      <VirtualGrid<EngineEvent>
        key={`${group} ${search}`}
        label={decisions.label}
        columns={columns}
        count={chosen.length}
        rowAt={(index) => chosen[index]}
        keyOf={(event) => `${event.time} ${event.code} ${JSON.stringify(event.reason)}`}
        current={read ? chosen.indexOf(read) : -1}
        onCurrent={(index) => setRead(chosen[index])}
        empty={events.length === 0 ? decisions.empty : decisions.emptyFilter}
      />
      {read && (
        <p className="lh-decision lh-breakable" aria-live="polite">
          {eventSentence(read, words)}
          {rest && <span className="lh-muted"> ({rest})</span>}
        </p>
      )}
    </>
  )
})

function EventName({ event }: { event: EngineEvent }) {
  const words = useJobWords()
  const kind = markKindOf(event)
  return (
    <span className="lh-state">
      <span className="lh-decision-sign">{kind && <MarkIcon kind={kind} />}</span>
      {words.eventNames[event.code]}
    </span>
  )
}
