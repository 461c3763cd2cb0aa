import { WarningFilled } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from '../i18n/index.ts'
import { useAppInfo } from '../store/use-window-store.tsx'
import './host-banner.css'

/** Says that jobs are missing in the list, because their files could not be read, and how to go on with them. */
export function DamagedJobs() {
  const { t } = useTranslation()
  const paths = useAppInfo()?.damagedJobs ?? []
  const [isRead, setRead] = useState(false)
  if (isRead || paths.length === 0) return null
  const sentence = t('shell.damagedJobs', { count: paths.length })
  return (
    <section className="lh-host-banner" aria-label={sentence} title={paths.join('\n')}>
      <WarningFilled aria-hidden="true" />
      <strong>{sentence}</strong>
      <span>{t('shell.damagedJobsDetail')}</span>
      <span className="lh-resume-buttons">
        <Button size="small" onClick={() => setRead(true)}>
          {t('shell.understood')}
        </Button>
      </span>
    </section>
  )
}
