/** The objects of a job: state, progress, speed; search, filter; retry and show in folder. */
import { RedoOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import type { FailureClass } from '../../../shared/failure.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded, isHeld } from '../../../shared/job-state.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { OBJECT_STATES, type ObjectFilter, type ObjectRow, type ObjectSort } from '../../../shared/object-row.ts'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import type { JobCommands } from '../use-job-commands.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { useObjectColumns } from './objects-columns.tsx'
import { useObjectRows } from './use-object-rows.ts'
import { VirtualGrid } from './virtual-grid.tsx'

type ObjectsTabProps = { job: JobView; snapshot: MetricsSnapshot | undefined; commands: JobCommands }

export function ObjectsTab({ job, snapshot, commands }: ObjectsTabProps) {
  const words = useJobWords()
  const { objects } = words
  const [filter, setFilter] = useState<ObjectFilter>('all')
  const [typed, setTyped] = useState('')
  const search = useDeferredValue(typed.trim())
  const [chosenSort, setSort] = useState<ObjectSort>()
  const [read, setRead] = useState<{ question: string; place: number; row: ObjectRow | undefined }>()
  const isListing = job.phase === 'listing' || job.phase === 'starting'
  // While the listing runs, millions of rows would be sorted again every second.
  const canSort = !isListing && snapshot?.listingComplete !== false
  const sort = canSort ? chosenSort : undefined
  const question = `${filter} ${sort?.by} ${sort?.isReversed} ${search}`
  const reading = read?.question === question ? read : undefined
  // Rows change with each snapshot; those of a job that does not run, with its phase.
  const rows = useObjectRows({ jobId: job.jobId, filter, search, sort }, snapshot ?? job.phase)
  const sorting = useMemo(() => (canSort ? { sort: chosenSort, onSort: setSort } : undefined), [canSort, chosenSort])
  const columns = useObjectColumns(job, snapshot, commands, sorting)
  // The object that was chosen, also when another one has moved to its place.
  const wholeRow = reading && (reading.row ?? rows.rowAt(reading.place))
  const isWhole = rows.total === undefined || rows.total >= job.objectsTotal
  // Only a run in memory knows every object by name.
  const rests = hasEnded(job.phase) || isHeld(job.phase)
  const isForgotten = rests && filter === 'all' && search === '' && !isWhole
  const isCut =
    rests && (filter === 'all' || filter === 'failed') && search === '' && (rows.total ?? 0) < job.objectsFailed
  return (
    <>
      <ObjectTools
        typed={typed}
        onType={setTyped}
        filter={filter}
        onFilter={setFilter}
        total={rows.total}
        isForgotten={isForgotten}
        isCut={isCut}
        failed={job.objectsFailed}
        isAtWork={!hasEnded(job.phase)}
        commands={commands}
      />
      <VirtualGrid<ObjectRow>
        // A new query starts at the top of the list.
        key={question}
        label={objects.label}
        columns={columns}
        count={rows.total ?? 0}
        rowAt={rows.rowAt}
        keyOf={(row) => row.index}
        onSight={rows.onSight}
        current={reading?.place ?? 0}
        onCurrent={(place) => setRead({ question, place, row: rows.rowAt(place) })}
        empty={
          rows.failure ? (
            <>
              {objects.unreadable}{' '}
              <Button size="small" onClick={rows.reload}>
                {objects.again}
              </Button>
            </>
          ) : rows.total === undefined ? (
            objects.loading
          ) : isListing ? (
            objects.emptyListing
          ) : job.phase === 'queued' && job.objectsTotal === 0 ? (
            objects.emptyQueued
          ) : job.objectsTotal === 0 ? (
            objects.none
          ) : isForgotten ? (
            objects.forgotten
          ) : (
            objects.empty
          )
        }
      />
      {wholeRow && <WholeRow row={wholeRow} />}
    </>
  )
}

/** What has no room in the table, or shows only below a mouse: the whole key, and what a failure means. */
function WholeRow({ row: { key, failure, state } }: { row: ObjectRow }) {
  const { failures, punctuation } = useJobWords()
  const said = state === 'failed' ? failures[failure as FailureClass] : undefined
  return (
    <p className="lh-decision lh-breakable" aria-live="polite">
      <bdi>{key}</bdi>
      {said && (
        <span className="lh-trouble">
          {' '}
          · {said.name}
          {punctuation.colon}
          {said.meaning}
        </span>
      )}
    </p>
  )
}

type ObjectToolsProps = {
  typed: string
  onType: (text: string) => void
  filter: ObjectFilter
  onFilter: (filter: ObjectFilter) => void
  total: number | undefined
  isForgotten: boolean
  /** A summary names only so many of those that failed. */
  isCut: boolean
  failed: number
  isAtWork: boolean
  commands: JobCommands
}

/** Memoised: rows change once a tick, these tools do not. */
const ObjectTools = memo(function ObjectTools(props: ObjectToolsProps) {
  const { typed, onType, filter, onFilter, total, isForgotten, isCut, failed, isAtWork, commands } = props
  const { objects } = useJobWords()
  return (
    <div className="lh-tab-tools">
      <Input
        size="small"
        allowClear
        placeholder={objects.search}
        aria-label={objects.search}
        value={typed}
        onChange={(event) => onType(event.target.value)}
      />
      <Select<ObjectFilter>
        size="small"
        aria-label={objects.filter}
        value={filter}
        onChange={onFilter}
        options={(['all', ...OBJECT_STATES] as const).map((value) => ({ value, label: objects.states[value] }))}
      />
      <span className="lh-muted lh-number" aria-live="polite" title={isForgotten ? objects.forgotten : undefined}>
        {total === undefined || (isForgotten && total === 0)
          ? ''
          : fillText(isCut ? objects.countNamed : isForgotten ? objects.countFailed : objects.count, {
              count: formatCount(total),
              failed: formatCount(failed),
            })}
      </span>
      {/* Afterwards it is the first button of the head. */}
      {failed > 0 && isAtWork && (
        <NeedsProgram>
          <Button size="small" icon={<RedoOutlined aria-hidden="true" />} onClick={() => commands.retry()}>
            {objects.retryAll} ({formatCount(failed)})
          </Button>
        </NeedsProgram>
      )}
    </div>
  )
})
