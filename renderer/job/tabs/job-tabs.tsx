/** The tables behind the figures. Only the open one is drawn. */
import { Tabs } from 'antd'
import { createContext, useContext, useMemo, useState } from 'react'
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
const TAB_NAMES = ['objects', 'connections', 'addresses', 'decisions', 'errors'] as const
type TabName = (typeof TAB_NAMES)[number]

export function JobTabs({ job, snapshot, events, commands }: JobTabsProps) {
  const { tabs } = useJobWords()
  const [open, setOpen] = useState<TabName>('objects')
  const errorCount = Object.values(snapshot?.errors ?? {}).reduce((sum, count) => sum + count, 0)
  const counts: Record<TabName, number> = {
    objects: job.objectsTotal,
    connections: snapshot?.connectionTable.length ?? 0,
    addresses: snapshot?.addressTable.length ?? 0,
    decisions: events.length,
    errors: errorCount,
  }
  // The tab bar renders when a count changes, not at every tick; the tabs' content reads the context.
  const { objects, connections, addresses, decisions, errors } = counts
  const frame = useMemo(() => {
    const shown: Record<TabName, number> = { objects, connections, addresses, decisions, errors }
    return (
      <Tabs
        className="lh-job-tabs"
        size="small"
        activeKey={open}
        onChange={(key) => setOpen(key as TabName)}
        destroyOnHidden
        items={TAB_NAMES.map((name) => ({
          key: name,
          label: (
            <>
              {tabs[name]} <span className="lh-tab-count">{shown[name] > 0 ? formatCount(shown[name]) : ''}</span>
            </>
          ),
          children: open === name ? <TabContent name={name} /> : null,
        }))}
      />
    )
  }, [tabs, open, objects, connections, addresses, decisions, errors])
  return <TabsContext value={{ job, snapshot, events, commands }}>{frame}</TabsContext>
}

const TabsContext = createContext<JobTabsProps | undefined>(undefined)

function TabContent({ name }: { name: TabName }) {
  const context = useContext(TabsContext)
  if (!context) throw new Error('TabContent belongs into JobTabs')
  const { job, snapshot, events, commands } = context
  switch (name) {
    case 'objects':
      return <ObjectsTab job={job} snapshot={snapshot} commands={commands} />
    case 'connections':
      return <ConnectionsTab snapshot={snapshot} />
    case 'addresses':
      return <AddressesTab snapshot={snapshot} />
    case 'decisions':
      return <DecisionsTab events={events} />
    case 'errors':
      return <ErrorsTab snapshot={snapshot} />
  }
}
