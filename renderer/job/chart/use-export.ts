/** The picture of what is in sight, or the whole history as a table. */
import { App } from 'antd'
import { type RefObject, useCallback, useRef } from 'react'
import type { JobView } from '../../../shared/ipc-contract.ts'
import { useClient } from '../../client/use-client.tsx'
import type { Language } from '../../i18n/index.ts'
import { momentFormat } from '../../i18n/moment-format.ts'
import { jobName } from '../../shell/job-label.ts'
import { useThemeName } from '../../theme/theme-provider.tsx'
import { fillText } from '../words/fill-sentence.ts'
import { useJobWords } from '../words/use-job-words.ts'
import { chartPicture, saveBlob } from './export-chart.ts'
import type { Span } from './view-range.ts'

const INSTANT: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'short',
}

/** `span`: what is in sight, where the time axis is a clock. */
export function useExport(
  job: JobView,
  section: RefObject<HTMLElement | null>,
  span: Span | undefined,
): (format: 'png' | 'csv') => void {
  const client = useClient()
  const theme = useThemeName()
  const words = useJobWords()
  const { message } = App.useApp()
  const newest = useRef({ job, span })
  newest.current = { job, span }
  return useCallback(
    async (format: 'png' | 'csv') => {
      const { job, span } = newest.current
      const { jobId, spec, createdAt } = job
      const name = jobName(spec.source)
      if (format === 'png') {
        if (!section.current) return
        const title = `Longhaul · s3://${spec.source.bucket}/${spec.source.prefix}`
        const blob = await chartPicture(section.current, theme, title, spanText(span, words.language))
        if (blob) saveBlob(`longhaul-${name.replace(/[^\p{L}\p{N}._-]+/gu, '-')}-${createdAt.slice(0, 10)}.png`, blob)
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

/** `2026/01/01 08:30:00 UTC – 12:00:00 UTC`, `01 Jan 2026, ...`; of two jobs compared the moment they were. */
function spanText(span: Span | undefined, language: Language): string {
  const format = momentFormat(language, language === 'zh' ? INSTANT : { ...INSTANT, month: 'short' })
  return span ? format.formatRange(span.from * 1000, span.to * 1000) : format.format(new Date())
}
