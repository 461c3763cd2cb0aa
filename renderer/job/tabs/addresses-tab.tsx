/** The servers behind the host's name, and how each one serves. */
import { useMemo } from 'react'
import { formatBytes, formatRate } from '../../../shared/format-units.ts'
import type { AddressView, MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { StateSign } from './state-sign.tsx'
import { type GridColumn, VirtualGrid } from './virtual-grid.tsx'

export function AddressesTab({ snapshot }: { snapshot: MetricsSnapshot | undefined }) {
  const { addresses } = useJobWords()
  const columns = useMemo(
    (): GridColumn<AddressView>[] => [
      { key: 'address', title: addresses.address, width: 'minmax(130px, 1fr)', render: (row) => row.address },
      {
        key: 'state',
        title: addresses.state,
        width: '110px',
        render: (row) => (
          <StateSign sign={row.quarantined ? 'resting' : 'ready'}>
            {row.quarantined ? addresses.resting : addresses.inUse}
          </StateSign>
        ),
      },
      {
        key: 'connections',
        title: addresses.connections,
        width: '84px',
        align: 'right',
        render: (row) => formatCount(row.connections),
      },
      {
        key: 'speed',
        title: addresses.speed,
        width: '84px',
        align: 'right',
        render: (row) => formatRate(row.bytesPerSecond),
      },
      { key: 'bytes', title: addresses.bytes, width: '80px', align: 'right', render: (row) => formatBytes(row.bytes) },
      {
        key: 'failures',
        title: addresses.failures,
        width: '70px',
        align: 'right',
        render: (row) => formatCount(row.failures),
      },
    ],
    [addresses],
  )
  const table = snapshot?.addressTable ?? []
  return (
    <VirtualGrid<AddressView>
      label={addresses.label}
      columns={columns}
      count={table.length}
      rowAt={(index) => table[index]}
      keyOf={(row) => row.address}
      empty={addresses.empty}
    />
  )
}
