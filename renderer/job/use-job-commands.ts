/** What the user can do to a job. A command that fails is said in one sentence; nothing on the page changes then. */
import { App } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import type { CallName } from '../../shared/ipc-contract.ts'
import { useClient } from '../client/use-client.tsx'
import { writeDraft } from '../form/draft/draft-storage.ts'
import { specToDraft } from '../form/draft/spec-to-draft.ts'
import { describeFailure } from '../i18n/describe-failure.ts'
import { useTranslation } from '../i18n/index.ts'
import { focusMainAfterDialog } from '../shell/focus-main.ts'
import { goTo } from '../shell/route.ts'
import { useStoreHandle } from '../store/use-window-store.tsx'
import { fillText } from './words/fill-sentence.ts'
import { useJobWords } from './words/use-job-words.ts'

type PlainCommand = Extract<
  CallName,
  'jobs.pause' | 'jobs.resume' | 'jobs.cancel' | 'jobs.remove' | 'jobs.rebuildPool' | 'jobs.coolDown'
>

export type JobCommands = ReturnType<typeof useJobCommands>

export function useJobCommands(jobId: string) {
  const client = useClient()
  const store = useStoreHandle()
  const { message, modal } = App.useApp()
  const { t } = useTranslation()
  const words = useJobWords()
  /** The command on its way, so that it is not sent twice. */
  const [pending, setPending] = useState<string>()

  const send = useCallback(
    async (name: PlainCommand | 'jobs.retry' | 'jobs.reveal', more: { indexes?: number[]; index?: number } = {}) => {
      setPending(name)
      const outcome = await client.call(name, { jobId, ...more })
      setPending(undefined)
      if (!outcome.ok) {
        const failure = describeFailure(t, outcome.failure).sentence
        void message.error(fillText(words.page.callFailed, { failure }))
      }
      return outcome.ok
    },
    [client, jobId, message, t, words],
  )

  return useMemo(() => {
    const { head } = words
    return {
      pending,
      pause: () => void send('jobs.pause'),
      resume: () => void send('jobs.resume'),
      coolDown: () => void send('jobs.coolDown'),
      rebuildPool: () => void send('jobs.rebuildPool'),
      /** All failed objects, or the named one. */
      retry: (index?: number) => void send('jobs.retry', index === undefined ? {} : { indexes: [index] }),
      /** The form, filled in as it was for this job; what was typed there before gives way. */
      reuse() {
        const job = store.getState().jobs[jobId]
        if (!job) return
        writeDraft(window.sessionStorage, specToDraft(job.spec))
        goTo({ page: 'new' })
      },
      reveal: (index?: number) => void send('jobs.reveal', index === undefined ? {} : { index }),
      cancel: () =>
        void modal.confirm({
          title: head.cancelQuestion,
          content: head.cancelDetail,
          okText: head.cancelYes,
          cancelText: head.cancelNo,
          okButtonProps: { danger: true },
          // Enter twice must not end a job of hours.
          autoFocusButton: 'cancel',
          onOk: () => send('jobs.cancel'),
          afterClose: focusMainAfterDialog,
        }),
      remove: () =>
        void modal.confirm({
          title: head.removeQuestion,
          content: head.removeDetail,
          okText: head.removeYes,
          cancelText: head.removeNo,
          onOk: async () => {
            if (await send('jobs.remove')) goTo({ page: 'new' })
          },
          afterClose: focusMainAfterDialog,
        }),
    }
  }, [jobId, modal, pending, send, store, words])
}
