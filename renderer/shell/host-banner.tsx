import { DisconnectOutlined } from '@ant-design/icons'
import { useHostState } from '../client/use-client.tsx'
import { useTranslation } from '../i18n/index.ts'
import { useWindowState } from '../store/use-window-store.tsx'
import './host-banner.css'

/** Says that the program is out of reach; the page below keeps what it last knew. */
export function HostBanner() {
  const { t } = useTranslation()
  const state = useHostState()
  const isFilled = useWindowState(({ status }) => status === 'ready')
  return (
    // Always there, so that a screen reader hears the change.
    <div role="status" aria-live="polite">
      {state !== 'connected' && (
        <p className="lh-host-banner">
          <DisconnectOutlined aria-hidden="true" />
          <strong>{state === 'lost' ? t('shell.hostLost') : t('shell.hostRefused')}</strong>
          <span>
            {isFilled && t('shell.hostLastKnown')}
            {state === 'lost' ? t('shell.hostLostDetail') : t('shell.hostRefusedDetail')}
          </span>
        </p>
      )}
    </div>
  )
}
