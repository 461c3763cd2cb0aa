/** The objects of a job: state, progress, speed; search, filter; retry and show in folder. */
import { FolderOpenOutlined, RedoOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import type { FailureClass } from '../../../shared/failure.ts'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded, isHeld, type JobPhase } from '../../../shared/job-state.ts'
import type { ConnectionView, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { OBJECT_STATES, type ObjectFilter, type ObjectRow, type ObjectSort } from '../../../shared/object-row.ts'
import { useHostState } from '../../client/use-client.tsx'
import { NeedsProgram } from '../../shell/needs-program.tsx'
import { useAppInfo } from '../../store/use-window-store.tsx'
import type { JobCommands } from '../use-job-commands.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount, formatField, formatPercent, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chooseRowState } from './choose-row-state.ts'
import { KeyName } from './key-name.tsx'
import { type Sign, StateSign } from './state-sign.tsx'
import { useObjectRows } from './use-object-rows.ts'
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx'

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
  // Millions that still come in would be put in order again every second.
  const canSort = !isListing && snapshot?.listingComplete !== false
  const sort = canSort ? chosenSort : undefined
  const question = `${filter} ${sort?.by} ${sort?.isReversed} ${search}`
  const reading = read?.question === question ? read : undefined
  // Rows move with the snapshots; a job that stands still is read again when its phase changes.
  const rows = useObjectRows({ jobId: job.jobId, filter, search, sort }, snapshot ?? job.phase)
  const sorting = useMemo(() => (canSort ? { sort: chosenSort, onSort: setSort } : undefined), [canSort, chosenSort])
  const columns = useColumns(job, snapshot, commands, sorting)
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
        commands={commands}
      />
      <VirtualGrid<ObjectRow>
        // A new question starts at its top.
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
  commands: JobCommands
}

/** Rests while only rows change. */
const ObjectTools = memo(function ObjectTools(props: ObjectToolsProps) {
  const { typed, onType, filter, onFilter, total, isForgotten, isCut, failed, commands } = props
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
      {failed > 0 && (
        <NeedsProgram>
          <Button size="small" icon={<RedoOutlined aria-hidden="true" />} onClick={() => commands.retry()}>
            {objects.retryAll} ({formatCount(failed)})
          </Button>
        </NeedsProgram>
      )}
    </div>
  )
})

/** In the other phases what has been begun waits. */
const MOVING: readonly JobPhase[] = ['listing', 'running', 'finishing']

const SIGNS: Record<ReturnType<typeof chooseRowState>, Sign> = {
  waiting: 'waiting',
  partial: 'waiting',
  active: 'active',
  verifying: 'checking',
  done: 'done',
  skipped: 'done',
  failed: 'failed',
}

type Sorting = { sort: ObjectSort | undefined; onSort(sort: ObjectSort | undefined): void }

/** Its order, the other way round, as listed. */
function columnSort(by: ObjectSort['by'], sorting: Sorting | undefined): Pick<GridColumn<ObjectRow>, 'sort'> {
  if (!sorting) return {}
  const { sort, onSort } = sorting
  const isBy = sort?.by === by
  const next = !isBy ? { by, isReversed: false } : sort.isReversed ? undefined : { by, isReversed: true }
  return { sort: { isBy, isReversed: isBy && sort.isReversed, onSort: () => onSort(next) } }
}

function useColumns(
  job: JobView,
  snapshot: MetricsSnapshot | undefined,
  commands: JobCommands,
  sorting: Sorting | undefined,
) {
  const words = useJobWords()
  const canReveal = useAppInfo()?.nativeDialogs === true
  const isOut = useHostState() !== 'connected'
  const { prefix } = job.spec.source
  const speeds = useMemo(() => speedByKey(snapshot?.connectionTable ?? []), [snapshot])
  const isMoving = MOVING.includes(job.phase)
  return useMemo((): GridColumn<ObjectRow>[] => {
    const { objects } = words
    const shownState = (row: ObjectRow) => chooseRowState(row, isMoving && speeds.has(row.key))
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    return [
      {
        key: 'key',
        title: objects.key,
        width: 'minmax(160px, 1fr)',
        render: ({ key }) => <KeyName text={key.startsWith(folder) ? key.slice(folder.length) : key} title={key} />,
      },
      {
        key: 'size',
        title: objects.size,
        width: '62px',
        align: 'right',
        ...columnSort('size', sorting),
        render: sizeOf,
      },
      {
        key: 'progress',
        title: objects.progress,
        width: 'var(--lh-progress-column)',
        wantsWidth: true,
        render: (row) => <RowProgress row={row} />,
      },
      {
        key: 'speed',
        title: words.chart.speed,
        width: '68px',
        align: 'right',
        wantsWidth: true,
        render: (row) => (shownState(row) === 'active' ? formatRate(speeds.get(row.key) ?? 0) : ''),
      },
      {
        key: 'state',
        title: objects.state,
        width: 'var(--lh-state-column)',
        ...columnSort('state', sorting),
        render: (row) => (
          <StateSign sign={SIGNS[shownState(row)]}>
            {row.failure && row.state === 'failed' ? (
              <span title={`${objects.states.failed}: ${row.failure}`}>
                {formatField('failure', row.failure, words)}
              </span>
            ) : (
              <>
                <span className={isBegun(row) ? 'lh-row-word' : undefined}>{objects.states[shownState(row)]}</span>
                {isBegun(row) && <span className="lh-row-share lh-number">{formatPercent(shareOf(row), 0)}</span>}
              </>
            )}
          </StateSign>
        ),
      },
      {
        key: 'actions',
        title: objects.actions,
        isTitleHidden: true,
        width: '26px',
        align: 'right',
        render: (row, isCurrent) => (
          <>
            {row.state === 'failed' && (
              <RowButton
                label={fillText(objects.retryNamed, { key: row.key })}
                title={objects.retry}
                icon={<RedoOutlined aria-hidden="true" />}
                canTab={isCurrent}
                isOut={isOut}
                onClick={() => commands.retry(row.index)}
              />
            )}
            {canReveal && (row.state === 'done' || row.state === 'skipped') && (
              <RowButton
                label={fillText(objects.revealNamed, { key: row.key })}
                title={objects.reveal}
                icon={<FolderOpenOutlined aria-hidden="true" />}
                canTab={isCurrent}
                isOut={isOut}
                onClick={() => commands.reveal(row.index)}
              />
            )}
          </>
        ),
      },
    ]
  }, [words, prefix, speeds, isMoving, canReveal, isOut, commands, sorting])
}

type RowButtonProps = {
  label: string
  title: string
  icon: React.ReactNode
  canTab: boolean
  /** The program is out of reach; the banner says so. */
  isOut: boolean
  onClick: () => void
}

function RowButton({ label, title, icon, canTab, isOut, onClick }: RowButtonProps) {
  return (
    // antd's button would be the most expensive thing in a row that is made while scrolling.
    <button
      type="button"
      className="lh-row-button"
      aria-label={label}
      title={title}
      disabled={isOut}
      tabIndex={canTab ? 0 : -1}
      onClick={onClick}
    >
      {icon}
    </button>
  )
}

/** Of an object that failed in an earlier run only the name is kept. */
const sizeOf = ({ state, size }: ObjectRow): string => (state === 'failed' && size === 0 ? UNKNOWN : formatBytes(size))

/** Where there is no room for a bar, the share stands beside the sign, in place of the state's word. */
const isBegun = ({ state, bytesDone }: ObjectRow): boolean => state === 'active' && bytesDone > 0

const shareOf = ({ size, bytesDone, state }: ObjectRow): number =>
  size > 0 ? Math.min(1, bytesDone / size) : state === 'done' ? 1 : 0

function RowProgress({ row }: { row: ObjectRow }) {
  const share = shareOf(row)
  return (
    <span className="lh-row-progress" data-state={row.state}>
      <span className="lh-row-bar">
        <span style={{ width: `${share * 100}%` }} />
      </span>
      <span className="lh-number">{formatPercent(share, 0)}</span>
    </span>
  )
}

/** Connections that work on one object, added up. */
function speedByKey(connections: readonly ConnectionView[]): Map<string, number> {
  const speeds = new Map<string, number>()
  for (const { key, bytesPerSecond } of connections) speeds.set(key, (speeds.get(key) ?? 0) + bytesPerSecond)
  return speeds
}
