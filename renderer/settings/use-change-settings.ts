import { App } from 'antd'
import { useCallback } from 'react'
import type { Settings } from '../../shared/settings.ts'
import { useClient } from '../client/use-client.tsx'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { useStoreHandle } from '../store/use-window-store.tsx'

/** Optimistic update: shows the change at once, and reverts it, with the reason, when it could not be saved. */
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
      // A later change of the same setting is not reverted.
      if (store.getState().settings === wanted) store.setState({ settings: before })
      void message.error(`${t('settings.saveFailed')} ${describeFailure(t, outcome.failure).sentence}`)
    },
    [client, store, message, t],
  )
}
