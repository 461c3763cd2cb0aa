import { App } from 'antd'
import { useCallback } from 'react'
import type { Settings } from '../../shared/settings.ts'
import { useClient } from '../client/use-client.tsx'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { useStoreHandle } from '../store/use-window-store.tsx'

/** Shows the change at once and takes it back, with the reason, when it could not be kept. */
export function useChangeSettings(): (change: Partial<Settings>) => void {
  const client = useClient()
  const store = useStoreHandle()
  const { message } = App.useApp()
  const { t } = useTranslation()
  return useCallback(
    async (change) => {
      const before = store.getState().settings
      const wanted = { ...before, ...change }
      store.setState({ settings: wanted })
      const outcome = await client.call('settings.write', wanted)
      if (outcome.ok) return
      // A later change may stand there by now: it is not ours to take back.
      if (store.getState().settings === wanted) store.setState({ settings: before })
      void message.error(`${t('settings.saveFailed')} ${describeFailure(t, outcome.failure).sentence}`)
    },
    [client, store, message, t],
  )
}
