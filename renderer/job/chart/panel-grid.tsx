/** All panels below the speed; each can be hidden and shown again, which is remembered. */
import { useState } from 'react'
import { useJobWords } from '../words/use-job-words.ts'
import { PanelChart } from './panel-chart.tsx'
import type { Panel, PanelName } from './panels.ts'
import type { SpeedHistory } from './speed-history.ts'
import type { ChartView } from './use-chart-view.ts'
import './panel-grid.css'

const STORAGE_KEY = 'longhaul.hiddenPanels'

type PanelGridProps = {
  panels: readonly Panel[]
  /** What is in sight. */
  stretch: SpeedHistory
  view: ChartView
  syncKey: string
}

export function PanelGrid({ panels, stretch, view, syncKey }: PanelGridProps) {
  const { chart } = useJobWords()
  const [hidden, setHidden] = useState(readHidden)
  const change = (next: readonly string[]) => {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(next))
    setHidden(next)
  }
  const isHidden = (name: PanelName) => hidden.includes(name)
  const away = panels.filter(({ name }) => isHidden(name))
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section className="lh-dash" tabIndex={0} aria-label={chart.expand}>
      <div className="lh-dash-panels">
        {panels
          .filter(({ name }) => !isHidden(name))
          .map((panel) => (
            <div
              key={panel.name}
              className="lh-picture"
              data-title={`${chart.panels[panel.name]} ${panel.unit}`.trim()}
            >
              <PanelChart
                panel={panel}
                stretch={stretch}
                view={view}
                syncKey={syncKey}
                onHide={() => change([...hidden, panel.name])}
              />
            </div>
          ))}
      </div>
      {away.length > 0 && (
        <p className="lh-dash-away">
          {away.map(({ name }) => (
            <button type="button" key={name} onClick={() => change(hidden.filter((each) => each !== name))}>
              + {chart.panels[name]}
            </button>
          ))}
        </p>
      )}
    </section>
  )
}

function readHidden(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]')
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : []
  } catch {
    return []
  }
}
