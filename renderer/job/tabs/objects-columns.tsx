/** The columns of a job's objects: what a row shows, and its buttons. */
import { FolderOpenOutlined, RedoOutlined } from '@ant-design/icons'
import { useMemo } from 'react'
import type { FailureClass } from '../../../shared/failure.ts'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { JobPhase } from '../../../shared/job-state.ts'
import type { ConnectionView, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { ObjectRow, ObjectSort } from '../../../shared/object-row.ts'
import { useHostState } from '../../client/use-client.tsx'
import { useAppInfo } from '../../store/use-window-store.tsx'
import type { JobCommands } from '../use-job-commands.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatField, formatPercent, UNKNOWN } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chooseRowState } from './choose-row-state.ts'
import { KeyName } from './key-name.tsx'
import { type Sign, StateSign } from './state-sign.tsx'
import type { GridColumn } from './virtual-grid.tsx'

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

/** A click on the title goes one step further: by this column, the other way round, as listed. */
function columnSort(by: ObjectSort['by'], sorting: Sorting | undefined): Pick<GridColumn<ObjectRow>, 'sort'> {
  if (!sorting) return {}
  const { sort, onSort } = sorting
  const isBy = sort?.by === by
  const next = !isBy ? { by, isReversed: false } : sort.isReversed ? undefined : { by, isReversed: true }
  return { sort: { isBy, isReversed: isBy && sort.isReversed, onSort: () => onSort(next) } }
}

/** `sorting`: absent while the table cannot be sorted. */
export function useObjectColumns(
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
              <span title={words.failures[row.failure as FailureClass]?.meaning}>
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
