/** The objects of a job: state, progress, speed; search, filter; retry and show in folder. */
import { FolderOpenOutlined, RedoOutlined } from '@ant-design/icons'
import { Button, Input, Select } from 'antd'
import { memo, useDeferredValue, useMemo, useState } from 'react'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { hasEnded, isHeld, type JobPhase } from '../../../shared/job-state.ts'
import type { ConnectionView, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { OBJECT_STATES, type ObjectFilter, type ObjectRow } from '../../../shared/object-row.ts'
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
  // Rows move with the snapshots; a job that stands still is read again when its phase changes.
  const rows = useObjectRows({ jobId: job.jobId, filter, search }, snapshot ?? job.phase)
  const columns = useColumns(job, snapshot, commands)
  const isWhole = rows.total === undefined || rows.total >= job.objectsTotal
  // Only a run in memory knows every object by name.
  const rests = hasEnded(job.phase) || isHeld(job.phase)
  const isForgotten = rests && filter === 'all' && search === '' && !isWhole
  const isCut =
    rests && (filter === 'all' || filter === 'failed') && search === '' && (rows.total ?? 0) < job.objectsFailed
  const isListing = job.phase === 'listing' || job.phase === 'starting'
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
        key={`${filter} ${search}`}
        label={objects.label}
        columns={columns}
        count={rows.total ?? 0}
        rowAt={rows.rowAt}
        keyOf={(row) => row.index}
        onSight={rows.onSight}
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
    </>
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
        <Button size="small" icon={<RedoOutlined aria-hidden="true" />} onClick={() => commands.retry()}>
          {objects.retryAll} ({formatCount(failed)})
        </Button>
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

function useColumns(job: JobView, snapshot: MetricsSnapshot | undefined, commands: JobCommands) {
  const words = useJobWords()
  const canReveal = useAppInfo()?.nativeDialogs === true
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
      { key: 'size', title: objects.size, width: '58px', align: 'right', render: sizeOf },
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
                onClick={() => commands.retry(row.index)}
              />
            )}
            {canReveal && (row.state === 'done' || row.state === 'skipped') && (
              <RowButton
                label={fillText(objects.revealNamed, { key: row.key })}
                title={objects.reveal}
                icon={<FolderOpenOutlined aria-hidden="true" />}
                canTab={isCurrent}
                onClick={() => commands.reveal(row.index)}
              />
            )}
          </>
        ),
      },
    ]
  }, [words, prefix, speeds, isMoving, canReveal, commands])
}

type RowButtonProps = { label: string; title: string; icon: React.ReactNode; canTab: boolean; onClick: () => void }

function RowButton({ label, title, icon, canTab, onClick }: RowButtonProps) {
  return (
    // antd's button would be the most expensive thing in a row that is made while scrolling.
    <button
      type="button"
      className="lh-row-button"
      aria-label={label}
      title={title}
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
