/** What stands in the main part before there is anything to show. */
import { Button } from 'antd'
import { useHostState } from '../client/use-client.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useStoreHandle, useWindowState } from '../store/use-window-store.tsx'
import { FailureNote } from './failure-note.tsx'
import './start-pages.css'

/** Our own skeleton bars: antd's would cost styling at run time before the form appears. */
export function LoadingPage() {
  const { t } = useTranslation()
  return (
    <div className="lh-start-page" aria-busy="true">
      <h1 className="lh-spoken">{t('shell.loading')}</h1>
      <div className="lh-start-bars" aria-hidden="true" />
    </div>
  )
}

export function StartFailedPage() {
  const { t } = useTranslation()
  const store = useStoreHandle()
  const failure = useWindowState((state) => state.startFailure)
  // With a refused token a retry does not help; the banner above says what does.
  const isRefused = useHostState() === 'refused'
  return (
    <div className="lh-start-page">
      <h1 className="lh-start-title">{t('shell.startFailed')}</h1>
      {!isRefused && (
        <>
          {failure && <FailureNote failure={failure} />}
          <Button type="primary" onClick={() => void store.refresh()}>
            {t('shell.again')}
          </Button>
        </>
      )}
    </div>
  )
}
