/** What can be done with the charts: compare, export, all panels or few, and how they are operated. */
import { Button, Dropdown, Popover, Select } from 'antd'
import { memo, useMemo } from 'react'
import { nameJobs } from '../../shell/job-label.ts'
import { useJobs } from '../../store/use-window-store.tsx'
import { popupContainer } from '../popup-container.ts'
import { fillText } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { formatInstant, formatZone } from './plot-data.ts'

type ChartToolsProps = {
  jobId: string
  compared: string | undefined
  onCompare: (jobId: string | undefined) => void
  isExpanded: boolean
  onExpand: (expanded: boolean) => void
  onExport: (format: 'png' | 'csv') => void
}

export const ChartTools = memo(function ChartTools(props: ChartToolsProps) {
  const { chart } = useJobWords()
  return (
    <div className="lh-chart-tools">
      <CompareChoice {...props} />
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        getPopupContainer={popupContainer}
        menu={{
          items: [
            { key: 'png', label: chart.exportPng, onClick: () => props.onExport('png') },
            { key: 'csv', label: chart.exportCsv, onClick: () => props.onExport('csv') },
          ],
        }}
      >
        <Button size="small">{chart.export}</Button>
      </Dropdown>
      <Popover
        trigger="click"
        placement="bottomRight"
        destroyOnHidden
        getPopupContainer={popupContainer}
        content={
          <ul className="lh-chart-help">
            {chart.help.map((line) => (
              <li key={line}>{line}</li>
            ))}
            <li>{fillText(chart.helpTime, { zone: formatZone(new Date().getTimezoneOffset()) })}</li>
          </ul>
        }
      >
        <Button size="small" aria-label={chart.helpLabel}>
          ?
        </Button>
      </Popover>
      <Button size="small" aria-expanded={props.isExpanded} onClick={() => props.onExpand(!props.isExpanded)}>
        {props.isExpanded ? chart.collapse : chart.expand}
      </Button>
    </div>
  )
})

function CompareChoice({ jobId, compared, onCompare }: ChartToolsProps) {
  const { chart } = useJobWords()
  const jobs = useJobs()
  const options = useMemo(() => {
    const names = nameJobs(jobs)
    return jobs
      .filter((job) => job.jobId !== jobId)
      .map((job) => {
        const name = names.get(job.jobId) ?? ''
        return { value: job.jobId, name, label: `${name} · ${formatInstant(Date.parse(job.createdAt) / 1000, true)}` }
      })
  }, [jobs, jobId])
  if (options.length === 0) return null
  return (
    <Select
      size="small"
      className="lh-compare-choice"
      allowClear
      aria-label={chart.compare}
      placeholder={chart.compare}
      value={compared ?? null}
      options={options}
      optionLabelProp="name"
      popupMatchSelectWidth={false}
      getPopupContainer={popupContainer}
      onChange={(value: string | null | undefined) => onCompare(value ?? undefined)}
    />
  )
}
