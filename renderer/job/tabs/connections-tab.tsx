/** Every connection of the pool: state, address, generation, age, speed, and what it works on. */
import { useMemo } from 'react'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import type { ConnectionState, ConnectionView, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { fillText } from '../words/fill-sentence.ts'
import { formatCount, formatCountdown } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { KeyName } from './key-name.tsx'
import { type Sign, StateSign } from './state-sign.tsx'
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx'

const SIGNS: Record<ConnectionState, Sign> = {
  connecting: 'connecting',
  warm: 'ready',
  active: 'active',
  draining: 'retiring',
  closed: 'closed',
}

export function ConnectionsTab({ snapshot }: { snapshot: MetricsSnapshot | undefined }) {
  const words = useJobWords()
  const { connections } = words
  const columns = useMemo(
    (): GridColumn<ConnectionView>[] => [
      { key: 'id', title: connections.id, width: '38px', align: 'right', render: (line) => line.id },
      {
        key: 'state',
        title: connections.state,
        width: '78px',
        render: (line) => <StateSign sign={SIGNS[line.state]}>{connections.states[line.state]}</StateSign>,
      },
      {
        key: 'address',
        title: connections.address,
        width: 'minmax(98px, var(--lh-address-column))',
        render: (line) => <span title={line.address}>{line.address}</span>,
      },
      {
        key: 'generation',
        title: connections.generation,
        width: '30px',
        align: 'right',
        wantsRoom: true,
        render: (line) => line.generation,
      },
      {
        key: 'age',
        title: connections.age,
        width: '54px',
        align: 'right',
        render: (line) => formatCountdown(line.ageSeconds),
      },
      {
        key: 'speed',
        title: connections.speed,
        width: '66px',
        align: 'right',
        render: (line) => formatRate(line.bytesPerSecond),
      },
      {
        key: 'requests',
        title: connections.requests,
        width: '58px',
        align: 'right',
        wantsRoom: true,
        render: (line) => formatCount(line.requests),
      },
      {
        key: 'bytes',
        title: connections.bytes,
        width: '58px',
        align: 'right',
        wantsRoom: true,
        render: (line) => formatBytes(line.bytes),
      },
      {
        key: 'key',
        title: connections.key,
        width: 'minmax(var(--lh-key-column), 1fr)',
        render: (line) => <KeyName text={line.key.slice(line.key.lastIndexOf('/') + 1)} title={line.key} />,
      },
    ],
    [connections],
  )
  const table = snapshot?.connectionTable ?? []
  return (
    <>
      {snapshot && (
        <div className="lh-tab-tools lh-muted lh-number">
          {fillText(connections.sockets, {
            opened: formatCount(snapshot.socketsOpened),
            closed: formatCount(snapshot.socketsClosed),
            open: formatCount(snapshot.socketsOpened - snapshot.socketsClosed),
          })}
        </div>
      )}
      <VirtualGrid<ConnectionView>
        label={connections.label}
        columns={columns}
        count={table.length}
        rowAt={(index) => table[index]}
        keyOf={(line) => line.id}
        empty={connections.empty}
      />
    </>
  )
}
