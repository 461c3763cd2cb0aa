/** The picture of what is in sight, or the whole history as a table. */
import { App } from 'antd'
import { type RefObject, useCallback, useRef } from 'react'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { useClient } from '../../client/use-client.tsx'
import { jobName } from '../../shell/job-label.ts'
import { useThemeName } from '../../theme/theme-provider.tsx'
import { fillText } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chartPicture, saveBlob } from './export-chart.ts'

export function useExport(job: JobView, section: RefObject<HTMLElement | null>): (format: 'png' | 'csv') => void {
  const client = useClient()
  const theme = useThemeName()
  const words = useJobWords()
  const { message } = App.useApp()
  const newest = useRef(job)
  newest.current = job
  return useCallback(
    async (format: 'png' | 'csv') => {
      const { jobId, spec, createdAt } = newest.current
      const name = jobName(spec.source)
      if (format === 'png') {
        if (!section.current) return
        const title = `Longhaul · s3://${spec.source.bucket}/${spec.source.prefix}`
        const blob = await chartPicture(section.current, theme, title, new Date().toLocaleString(words.language))
        if (blob) saveBlob(`longhaul-${name.replace(/[^\w.-]+/g, '-')}-${createdAt.slice(0, 10)}.png`, blob)
        else void message.info(words.chart.empty)
        return
      }
      const outcome = await client.call('jobs.historyCsv', { jobId })
      if (outcome.ok)
        saveBlob(outcome.value.fileName, new Blob([outcome.value.text], { type: 'text/csv;charset=utf-8' }))
      else void message.error(fillText(words.page.callFailed, { failure: words.failures[outcome.failure.class].name }))
    },
    [client, theme, words, message, section],
  )
}
