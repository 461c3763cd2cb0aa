/** The tables behind the figures. Only the open one is drawn. */
import { Tabs } from 'antd'
import type { ReactNode } from 'react'
import { useState } from 'react'
import type { EngineEvent } from '../../../shared/engine-event.ts'
import type { JobView } from '../../../shared/ipc-contract.ts'
import type { MetricsSnapshot } from '../../../shared/metrics-snapshot.ts'
import type { JobCommands } from '../use-job-commands.ts'
import { formatCount } from '../words/format-live.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { AddressesTab } from './addresses-tab.tsx'
import { ConnectionsTab } from './connections-tab.tsx'
import { DecisionsTab } from './decisions-tab.tsx'
import { ErrorsTab } from './errors-tab.tsx'
import { ObjectsTab } from './objects-tab.tsx'
import './job-tabs.css'

type JobTabsProps = {
  job: JobView
  snapshot: MetricsSnapshot | undefined
  events: readonly EngineEvent[]
  commands: JobCommands
}
type TabName = 'objects' | 'connections' | 'addresses' | 'decisions' | 'errors'

export function JobTabs({ job, snapshot, events, commands }: JobTabsProps) {
  const { tabs } = useJobWords()
  const [open, setOpen] = useState<TabName>('objects')
  const errorCount = Object.values(snapshot?.errors ?? {}).reduce((sum, count) => sum + count, 0)
  const counts: Record<TabName, number | undefined> = {
    objects: job.objectsTotal,
    connections: snapshot?.connectionTable.length,
    addresses: snapshot?.addressTable.length,
    decisions: events.length,
    errors: errorCount,
  }
  const contents: Record<TabName, () => ReactNode> = {
    objects: () => <ObjectsTab job={job} snapshot={snapshot} commands={commands} />,
    connections: () => <ConnectionsTab snapshot={snapshot} />,
    addresses: () => <AddressesTab snapshot={snapshot} />,
    decisions: () => <DecisionsTab events={events} />,
    errors: () => <ErrorsTab snapshot={snapshot} />,
  }
  return (
    <Tabs
      className="lh-job-tabs"
      size="small"
      activeKey={open}
      onChange={(key) => setOpen(key as TabName)}
      destroyOnHidden
      items={(Object.keys(contents) as TabName[]).map((name) => ({
        key: name,
        label: (
          <>
            {tabs[name]} <span className="lh-tab-count">{counts[name] ? formatCount(counts[name]) : ''}</span>
          </>
        ),
        children: open === name ? contents[name]() : null,
      }))}
    />
  )
}
